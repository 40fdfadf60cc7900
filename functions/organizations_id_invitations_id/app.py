"""/organizations/{organizationId}/invitations/{invitationId}: withdraw an invitation."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.organizations import (
    CanManageMembers,
    InvitationId,
    Organizations,
)
from renderiq.http.responses import Ok
from renderiq.models.organizations import InvitationWithdrawn

app = create_app()


@app.delete("/organizations/<organization_id>/invitations/<invitation_id>", operation_id="deleteInvitation")
@error_responses(ErrorCode.NOT_FOUND)
def withdraw(
    caller: CanManageMembers,
    invitation_id: InvitationId,
    context: Context,
    organizations: Organizations,
) -> Ok[InvitationWithdrawn]:
    """Withdraw an open invitation."""
    organizations.withdraw(caller.membership, invitation_id, caller.actor, now=context.now)
    return Ok(InvitationWithdrawn(invitation_id=invitation_id))


lambda_handler = entrypoint(app)
