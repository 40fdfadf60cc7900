"""/organizations/{organizationId}/invitations: invite somebody, list the open invitations."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.organizations import (
    CanManageMembers,
    InvitationBody,
    Organizations,
)
from renderiq.http.responses import Created, Ok
from renderiq.models.organizations import InvitationCreated, InvitationList

app = create_app()


@app.post("/organizations/<organization_id>/invitations", operation_id="createInvitation")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS, ErrorCode.QUOTA_EXCEEDED)
def create(
    caller: CanManageMembers,
    body: InvitationBody,
    context: Context,
    organizations: Organizations,
) -> Created[InvitationCreated]:
    """Invite an e-mail address.

    ``token`` is returned only here; no e-mail is sent. Pass it on: the account with this address accepts it with
    ``POST /invitations/accept``, once and within 14 days. Only an owner can invite an owner.
    """
    invitation, token = organizations.invite(caller.membership, body.email, body.role, caller.actor, now=context.now)
    return Created(InvitationCreated.with_token(invitation, token))


@app.get("/organizations/<organization_id>/invitations", operation_id="listInvitations")
@error_responses(ErrorCode.NOT_FOUND)
def index(caller: CanManageMembers, context: Context, organizations: Organizations) -> Ok[InvitationList]:
    """List the open invitations, from new to old.

    Tokens are not shown.
    """
    return Ok(InvitationList.of(organizations.invitations(caller.organization_id, now=context.now)))


lambda_handler = entrypoint(app)
