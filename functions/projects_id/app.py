"""/projects/{projectId}: read a project, change it, delete it with all its renders."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanReadProjects, Context, Session
from renderiq.http.dependencies.project_cleanup import Cleanup
from renderiq.http.dependencies.projects import ProjectId, Projects
from renderiq.http.project_form import ProjectChangesForm
from renderiq.http.responses import Ok
from renderiq.models.projects import ProjectDeleted, ProjectOut

app = create_app()


@app.get("/projects/<project_id>")
def show(caller: CanReadProjects, project_id: ProjectId, projects: Projects) -> Ok[ProjectOut]:
    return Ok(ProjectOut.of(projects.get(caller.user_id, project_id), link=projects.link))


@app.patch("/projects/<project_id>")
def update(
    caller: Session, project_id: ProjectId, form: ProjectChangesForm, context: Context, projects: Projects
) -> Ok[ProjectOut]:
    project = projects.change(caller.user_id, project_id, form.changes, form.cover, now=context.now)
    return Ok(ProjectOut.of(project, link=projects.link))


@app.delete("/projects/<project_id>")
def delete(caller: Session, project_id: ProjectId, context: Context, cleanup: Cleanup) -> Ok[ProjectDeleted]:
    cleanup.delete(caller.user_id, project_id, now=context.now)
    return Ok(ProjectDeleted(id=project_id))


lambda_handler = entrypoint(app)
