"""/organizations: create an organisation, list those of the caller."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.actors import Acting
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.organizations import OrganizationBody, Organizations
from renderiq.http.responses import Created, Ok
from renderiq.models.organizations import OrganizationList, OrganizationOut

app = create_app()


@app.post("/organizations", operation_id="createOrganization")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS)
def create(
    caller: Session, body: OrganizationBody, context: Context, actor: Acting, organizations: Organizations
) -> Created[OrganizationOut]:
    """Create an organization.

    The caller becomes its owner. A user owns at most one organization, and may be a member of several.
    """
    made = organizations.create(caller.user_id, body.name, actor, now=context.now)
    return Created(OrganizationOut.of(made.organization, made.role))


@app.get("/organizations", operation_id="listOrganizations")
def index(caller: Session, context: Context, organizations: Organizations) -> Ok[OrganizationList]:
    """List the organizations of the caller.

    An organization that the caller has joined or left a moment ago may be missing or still be listed.
    """
    return Ok(OrganizationList.of(organizations.of_user(caller.user_id, now=context.now)))


lambda_handler = entrypoint(app)
