"""/projects: create a project, list projects."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, CanReadProjects, Context
from renderiq.http.dependencies.idempotency import IdempotencyKey
from renderiq.http.dependencies.projects import ProjectPageQuery, Projects
from renderiq.http.project_form import ProjectForm
from renderiq.http.responses import Created, Ok
from renderiq.models.projects import ProjectOut, ProjectPage

app = create_app()


@app.post("/projects", operation_id="createProject")
@error_responses(
    ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS, ErrorCode.QUOTA_EXCEEDED, ErrorCode.IDEMPOTENCY_KEY_REUSED
)
def create(
    caller: CanCreateRenders,
    form: ProjectForm,
    idempotency_key: IdempotencyKey,
    context: Context,
    projects: Projects,
) -> Created[ProjectOut]:
    """Create a project.

    The slug is made from the name and is unique among the projects of a user. A user has at most 1,000 projects.

    A request that is repeated with its ``Idempotency-Key`` within 30 days returns the same project, or
    ``NOT_FOUND`` if it was deleted meanwhile.
    """
    new_project = form.body.new_project(client=context.client)
    project = projects.create(
        caller.owner_id,
        new_project,
        form.cover,
        idempotency_key=idempotency_key,
        now=context.now,
        created_by=caller.created_by,
    )
    return Created(ProjectOut.of(project, link=projects.link))


@app.get("/projects", operation_id="listProjects")
def index(caller: CanReadProjects, query: ProjectPageQuery, projects: Projects) -> Ok[ProjectPage]:
    """List projects, from new to old.

    Read the next page with ``cursor`` or with ``offset``. Only ``cursor`` neither repeats nor skips a project if
    others are created meanwhile.
    """
    listing = projects.page(
        caller.owner_id, limit=query.limit, offset=query.offset, before=query.cursor, platform=query.platform
    )
    return Ok(ProjectPage.of(listing, query, link=projects.link))


lambda_handler = entrypoint(app)
