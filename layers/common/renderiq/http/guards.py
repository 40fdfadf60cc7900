"""Guards: what decides whether a request may go on before its body is read.

The guards that authenticate and count requests are in ``authentication.py``. A function that needs none of them, such
as /health, does not import them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from renderiq.domain.access import ACCESS, Permission, is_allowed, lowest_role
from renderiq.domain.keys import USER_SCOPES, Scope
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.request import Request
from renderiq.platform import Client, detect
from renderiq.wiring.base import time_source

if TYPE_CHECKING:
    from renderiq.domain.credits import Spender
    from renderiq.domain.organizations import Membership
    from renderiq.domain.rate_limits import RateLimitStatus
    from renderiq.domain.retention import Retention

T = TypeVar("T")

ORGANIZATION_HEADER: Final = "x-renderiq-organization"
"""Names the organisation for which a request acts."""


class Provide(Protocol):
    """Returns what a function of the composition root builds, or what a test put in its place."""

    def __call__(self, dependency: Callable[..., T]) -> T:
        """Calls the dependency, or its override in ``dependency_overrides``."""
        ...


def _default_retention() -> Retention:
    # Not at the top: a function without authentication has no caller.
    from renderiq.domain.retention import DEFAULT_RETENTION

    return DEFAULT_RETENTION


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller and what its credentials allow. ``session_id`` is None for an API key.

    ``user_id`` is who acts: a user, or for a key of an organisation ``key#<key id>``. ``membership`` is that in the
    organisation for which the request acts; None for a user who acts for themselves.
    """

    user_id: str
    session_id: str | None
    scopes: frozenset[Scope] = USER_SCOPES
    membership: Membership | None = None
    key_owner: str | None = None
    """The organisation whose key this is, before the guard has read it."""
    retention: Retention = field(default_factory=_default_retention)
    """For how long what the caller stores is kept."""

    @property
    def owner_id(self) -> str:
        """Whose projects, renders, credits and other things the request is about: the organisation, or the user."""
        return self.membership.organization.organization_id if self.membership else self.user_id

    @property
    def created_by(self) -> str | None:
        """Who has made what the request makes, if an organisation owns it."""
        return self.user_id if self.membership else None

    @property
    def spender(self) -> Spender | None:
        """Who pays with the credits of an organisation; None for a user who acts for themselves."""
        if self.membership is None:
            return None
        # Not at the top: most requests are of users who act for themselves.
        from renderiq.domain.credits import Spender

        return Spender(self.user_id, self.membership.monthly_cap, is_member=self.membership.member is not None)

    def available(self, balance: int) -> int:
        """Returns the credits of a balance that the caller may spend now: a member of an organisation has a cap."""
        member = self.membership.member if self.membership else None
        cap = self.membership.monthly_cap if self.membership else None
        return balance if cap is None or member is None else max(0, min(balance, cap - member.spent_this_month))

    def require_engine(self, engine: str) -> None:
        """Raises ``INSUFFICIENT_PERMISSIONS`` if the policy of the organisation does not allow the engine."""
        if self.membership and not self.membership.organization.policy.admits_engine(engine):
            allowed = sorted(self.membership.organization.policy.engines or ())
            raise ApiError(
                ErrorCode.INSUFFICIENT_PERMISSIONS,
                f"The organization does not allow the engine {engine}.",
                engine=engine,
                allowedEngines=allowed,
            )

    def may(self, permission: Permission) -> bool:
        """Returns whether the caller has the permission."""
        role = self.membership.role if self.membership else None
        return is_allowed(permission, role=role, scopes=self.scopes)

    def check_may_change(self, created_by: str | None) -> None:
        """Raises ``INSUFFICIENT_PERMISSIONS`` if a member may not change what another one has made."""
        if self.membership and created_by != self.user_id:
            self.require(Permission.CHANGE_SHARED)

    def require(self, permission: Permission) -> None:
        """Raises ``INSUFFICIENT_PERMISSIONS`` unless the caller has the permission."""
        if self.may(permission):
            return
        if self.membership and self.membership.role:
            raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, requiredRole=lowest_role(permission))
        scope = ACCESS[permission].scope
        details: dict[str, Any] = {"requiredScope": scope} if scope else {}
        raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, **details)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What the guards know about one request.

    ``address`` is the IP address of the peer that API Gateway saw. ``principal`` is None on public endpoints, and
    ``rate`` is None on endpoints that are not counted.
    """

    client: Client
    address: str
    now: datetime
    principal: Principal | None = None
    rate: RateLimitStatus | None = None


class RequestRejectedError(Exception):
    """A guard rejected the request. ``rate`` is the caller's rate limit status, if the request was counted."""

    def __init__(self, error: ApiError, rate: RateLimitStatus | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.rate = rate


Guard = Callable[[Request, Provide], RequestContext]


def allow_anonymous(request: Request, provide: Provide) -> RequestContext:
    """Admits every request, counts none, and makes no call to AWS."""
    now = provide(time_source)()
    return RequestContext(detect(request.headers), request.address, now)
