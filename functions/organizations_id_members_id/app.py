"""/organizations/{organizationId}/members/{userId}: change a member, remove a member, leave."""

from renderiq.domain.access import Permission
from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context
from renderiq.http.dependencies.organizations import (
    CanManageMembers,
    InOrganization,
    MemberChangesBody,
    MemberId,
    Organizations,
)
from renderiq.http.responses import Ok
from renderiq.models.organizations import MemberOut, MemberRemoved

app = create_app()


@app.patch("/organizations/<organization_id>/members/<user_id>", operation_id="updateMember")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT, ErrorCode.ALREADY_EXISTS)
def update(
    caller: CanManageMembers,
    user_id: MemberId,
    body: MemberChangesBody,
    context: Context,
    organizations: Organizations,
) -> Ok[MemberOut]:
    """Change the role or the monthly cap of a member.

    Only an owner can make an owner, or take that role away. The last owner cannot give the role up.
    """
    changed = organizations.change_member(caller.membership, user_id, body.changes(), caller.actor, now=context.now)
    return Ok(MemberOut.of(changed))


@app.delete("/organizations/<organization_id>/members/<user_id>", operation_id="deleteMember")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def remove(
    caller: InOrganization,
    user_id: MemberId,
    context: Context,
    organizations: Organizations,
) -> Ok[MemberRemoved]:
    """Remove a member, or leave the organization.

    Members may remove themselves; owners and administrators others. What a member has made stays in the organization.
    The last owner cannot leave. A key needs the scope ``org:admin`` to remove a member.
    """
    if caller.actor.actor_id != user_id:
        caller.require(Permission.MANAGE_MEMBERS)
    organizations.remove_member(caller.membership, user_id, caller.actor, now=context.now)
    return Ok(MemberRemoved(user_id=user_id))


lambda_handler = entrypoint(app)
