"""Ending all memberships of a user whose account is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.access import Role
from renderiq.domain.organizations import Actor, Membership
from renderiq.errors import ApiError, ErrorCode
from renderiq.services.organization_deletion import OrganizationDeletion
from renderiq.services.organizations import OrganizationService


@dataclass(frozen=True, slots=True)
class Leaving:
    """Lets a user leave every organisation. What belongs to an organisation stays with it."""

    organizations: OrganizationService
    deletion: OrganizationDeletion

    def leave_all(self, user_id: str, actor: Actor, *, now: datetime) -> None:
        """Ends every membership. An organisation that nobody else is a member of is deleted.

        Raises ``RESOURCE_CONFLICT`` for the last owner of an organisation with other members; nothing is changed then.
        """
        memberships = self.organizations.of_user(user_id, now=now)
        for each in memberships:
            if _is_last_owner(each) and each.organization.members > 1:
                raise ApiError(
                    ErrorCode.RESOURCE_CONFLICT,
                    f"You are the last owner of the organization {each.organization.name}, which has other members. "
                    "Make one of them an owner, or delete the organization, and then delete your account.",
                    organizationId=each.organization.organization_id,
                )
        for each in memberships:
            if _is_last_owner(each):
                self.deletion.request(each.organization.organization_id, actor, now=now)
            else:
                self.organizations.remove_member(each, user_id, actor, now=now)


def _is_last_owner(membership: Membership) -> bool:
    return membership.role is Role.OWNER and membership.organization.owners == 1
