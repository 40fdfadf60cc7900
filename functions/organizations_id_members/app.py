"""/organizations/{organizationId}/members: list the members."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.organizations import InOrganization, Organizations
from renderiq.http.responses import Ok
from renderiq.models.organizations import MemberList

app = create_app()


@app.get("/organizations/<organization_id>/members", operation_id="listMembers")
@error_responses(ErrorCode.NOT_FOUND)
def index(caller: InOrganization, context: Context, organizations: Organizations) -> Ok[MemberList]:
    """List the members of an organization, in the order of joining."""
    return Ok(MemberList.of(organizations.members(caller.organization_id, now=context.now)))


lambda_handler = entrypoint(app)
