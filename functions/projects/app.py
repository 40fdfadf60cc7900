"""/projects: keep renders together, list the collections."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import (
    CanCreateRenders,
    CanReadProjects,
    Images,
    ProjectPageQuery,
    Projects,
    ProjectsAtWork,
    ThisVisit,
)
from renderiq.http.project_form import ProjectForm
from renderiq.http.responses import Created, Ok
from renderiq.models.projects import ProjectOut, ProjectPage

app = create_app()


@app.post("/projects")
def create(
    caller: CanCreateRenders, form: ProjectForm, visit: ThisVisit, desk: ProjectsAtWork, images: Images
) -> Created[ProjectOut]:
    plan = form.asked.plan(client=visit.client)
    project = desk.create(caller.user_id, plan, form.cover, now=visit.now)
    return Created(ProjectOut.of(project, link=images.link))


@app.get("/projects")
def index(caller: CanReadProjects, query: ProjectPageQuery, projects: Projects, images: Images) -> Ok[ProjectPage]:
    found = projects.page(
        caller.user_id, limit=query.limit, offset=query.offset, before=query.cursor, platform=query.platform
    )
    return Ok(ProjectPage.of(found, query, link=images.link))


lambda_handler = entrypoint(app)
