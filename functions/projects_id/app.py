"""/projects/{projectId}: read a project, change it, delete it with all its renders."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanReadProjects, Context, Session
from renderiq.http.dependencies.project_cleanup import Cleanup
from renderiq.http.dependencies.projects import ProjectId, Projects
from renderiq.http.project_form import ProjectChangesForm
from renderiq.http.responses import Ok
from renderiq.models.projects import ProjectDeleted, ProjectOut

app = create_app()


@app.get("/projects/<project_id>", operation_id="getProject")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: CanReadProjects, project_id: ProjectId, projects: Projects) -> Ok[ProjectOut]:
    """Get a project."""
    return Ok(ProjectOut.of(projects.get(caller.owner_id, project_id), link=projects.link))


@app.patch("/projects/<project_id>", operation_id="updateProject")
@error_responses(ErrorCode.NOT_FOUND)
def update(
    caller: Session, project_id: ProjectId, form: ProjectChangesForm, context: Context, projects: Projects
) -> Ok[ProjectOut]:
    """Change a project.

    A field that is absent is kept.
    """
    project = projects.change(caller.owner_id, project_id, form.changes, form.cover, now=context.now)
    return Ok(ProjectOut.of(project, link=projects.link))


@app.delete("/projects/<project_id>", operation_id="deleteProject")
@error_responses(ErrorCode.NOT_FOUND)
def delete(caller: Session, project_id: ProjectId, context: Context, cleanup: Cleanup) -> Ok[ProjectDeleted]:
    """Delete a project.

    Its renders are deleted too, with their images; a worker deletes them if there are many. Renders that have not
    started are cancelled and their credits refunded.
    """
    cleanup.delete(caller.owner_id, project_id, now=context.now, check=caller.check_may_change)
    return Ok(ProjectDeleted(id=project_id))


lambda_handler = entrypoint(app)
