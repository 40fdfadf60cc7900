"""/projects/{projectId}: one project; rename it, redraw its cover, delete it with all its renders."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import (
    CanReadProjects,
    Images,
    ProjectId,
    Projects,
    ProjectsAtWork,
    Removals,
    Session,
    ThisVisit,
)
from renderiq.http.project_form import ProjectChangesForm
from renderiq.http.responses import Ok
from renderiq.models.projects import ProjectDeleted, ProjectOut

app = create_app()


@app.get("/projects/<project_id>")
def show(caller: CanReadProjects, project_id: ProjectId, projects: Projects, images: Images) -> Ok[ProjectOut]:
    return Ok(ProjectOut.of(projects.get(caller.user_id, project_id), link=images.link))


@app.patch("/projects/<project_id>")
def update(
    caller: Session,
    project_id: ProjectId,
    form: ProjectChangesForm,
    visit: ThisVisit,
    desk: ProjectsAtWork,
    images: Images,
) -> Ok[ProjectOut]:
    project = desk.change(caller.user_id, project_id, form.changes, form.cover, now=visit.now)
    return Ok(ProjectOut.of(project, link=images.link))


@app.delete("/projects/<project_id>")
def delete(caller: Session, project_id: ProjectId, visit: ThisVisit, cleanup: Removals) -> Ok[ProjectDeleted]:
    cleanup.remove(caller.user_id, project_id, now=visit.now)
    return Ok(ProjectDeleted(id=project_id))


lambda_handler = entrypoint(app)
