"""/projects: keep renders together, list the collections."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

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
from renderiq.http.responses import ok
from renderiq.models.projects import ProjectOut, ProjectPage

app = create_app()


@app.post("/projects")
def create(
    caller: CanCreateRenders, form: ProjectForm, visit: ThisVisit, desk: ProjectsAtWork, images: Images
) -> Response[str]:
    plan = form.asked.plan(client=visit.client)
    project = desk.create(caller.user_id, plan, form.cover, now=visit.now)
    return ok(ProjectOut.of(project, link=images.link), status=HTTPStatus.CREATED)


@app.get("/projects")
def index(caller: CanReadProjects, query: ProjectPageQuery, projects: Projects, images: Images) -> Response[str]:
    found = projects.page(
        caller.user_id, limit=query.limit, offset=query.offset, before=query.cursor, platform=query.platform
    )
    return ok(ProjectPage.of(found, query, link=images.link))


lambda_handler = entrypoint(app)
