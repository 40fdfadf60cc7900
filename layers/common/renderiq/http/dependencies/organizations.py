"""Parameters of the organisation endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from renderiq.domain.access import ACCESS, Permission, is_allowed, lowest_role
from renderiq.domain.keys import Scope
from renderiq.domain.organizations import Actor, Membership
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.http.dependencies.actors import acting
from renderiq.http.dependencies.base import PathId, principal, request_context
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.organizations import (
    AcceptIn,
    AuditQuery,
    InvitationIn,
    MemberChangesIn,
    OrganizationChangesIn,
    OrganizationIn,
)
from renderiq.services.organizations import OrganizationService
from renderiq.wiring.memberships import memberships
from renderiq.wiring.organizations import organization_service

ORGANIZATION: Final = PathId("organization_id")
"""The organisation that a path names."""


@dataclass(frozen=True, slots=True)
class OrganizationCaller:
    """A caller who may do something in the organisation that the path names."""

    membership: Membership
    actor: Actor
    scopes: frozenset[Scope]

    @property
    def organization_id(self) -> str:
        """The id of the organisation."""
        return self.membership.organization.organization_id

    def require(self, permission: Permission) -> None:
        """Raises ``INSUFFICIENT_PERMISSIONS`` unless the caller has a further permission."""
        if not is_allowed(permission, role=self.membership.role, scopes=self.scopes):
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredRole=lowest_role(permission))


@dataclass(frozen=True, slots=True)
class RequiresRole:
    """A permission in the organisation that the path names. The table ``ACCESS`` says which roles have it."""

    permission: Permission

    @property
    def scope(self) -> Scope | None:
        """The scope that a key of the organisation needs; None if no key has the permission."""
        return ACCESS[self.permission].scope

    def check(self, request: Request) -> OrganizationCaller:
        """Returns the caller. Raises ``NOT_FOUND`` for who is no member, and ``INSUFFICIENT_PERMISSIONS``.

        The membership is read from the store, unless the guard has read it for this request.
        """
        caller = principal(request)
        if caller.session_id is None and not (self.scope in caller.scopes and caller.membership):
            details: dict[str, Any] = {"requiredScope": self.scope} if self.scope else {}
            raise ApiError(
                ErrorCode.INSUFFICIENT_PERMISSIONS,
                "That needs a session of a member, or a key of the organization with the scope.",
                **details,
            )
        organization_id = ORGANIZATION.read(request)
        membership = caller.membership
        if membership is None or membership.organization.organization_id != organization_id:
            if caller.session_id is None:
                raise not_found("organization")
            membership = memberships().find(organization_id, caller.user_id, request_context(request).now)
        if membership is None:
            raise not_found("organization")
        found = OrganizationCaller(membership, acting(request), caller.scopes)
        found.require(self.permission)
        return found


Organizations = Annotated[OrganizationService, Depends(organization_service)]
InOrganization = Annotated[OrganizationCaller, Depends(RequiresRole(Permission.READ_ORGANIZATION).check)]
CanChangeOrganization = Annotated[OrganizationCaller, Depends(RequiresRole(Permission.CHANGE_ORGANIZATION).check)]
CanManageMembers = Annotated[OrganizationCaller, Depends(RequiresRole(Permission.MANAGE_MEMBERS).check)]
CanReadAudit = Annotated[OrganizationCaller, Depends(RequiresRole(Permission.READ_AUDIT).check)]
MemberId = Annotated[str, Depends(PathId("user_id").read)]
InvitationId = Annotated[str, Depends(PathId("invitation_id").read)]
OrganizationBody = Annotated[OrganizationIn, Depends(BodyOf(OrganizationIn).read)]
OrganizationChangesBody = Annotated[OrganizationChangesIn, Depends(BodyOf(OrganizationChangesIn).read)]
MemberChangesBody = Annotated[MemberChangesIn, Depends(BodyOf(MemberChangesIn, keep_empty=True).read)]
InvitationBody = Annotated[InvitationIn, Depends(BodyOf(InvitationIn).read)]
AcceptBody = Annotated[AcceptIn, Depends(BodyOf(AcceptIn).read)]
AuditRange = Annotated[AuditQuery, Depends(QueryOf(AuditQuery).read)]
