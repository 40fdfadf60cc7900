"""The part of authentication that only a request for an organisation needs."""

from __future__ import annotations

from dataclasses import replace

from renderiq.domain.rate_limits import RateLimitStatus
from renderiq.domain.retention import RetentionChoice, effective_retention
from renderiq.domain.sessions import is_valid_after
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.http.guards import ORGANIZATION_HEADER, Principal, Provide, RequestContext, RequestRejectedError
from renderiq.http.rate_limiting import address_principal, admit
from renderiq.http.request import Request
from renderiq.ids import is_uuid
from renderiq.stores.principals import ended_sessions, organization_principal, user_principal
from renderiq.wiring.base import configuration
from renderiq.wiring.memberships import memberships


def require_membership(request: Request, context: RequestContext, limit: int, provide: Provide) -> RequestContext:
    """Admits a member, or a key of the organisation, that is below the rate limit of the organisation.

    One read tells whether the caller is a member and which sessions have ended, and one write counts the request for
    all members together. The header is trusted only after that read. A request that is rejected before is counted for
    its user, or a key's by IP address, so that nobody uses up the limit of an organisation that is not theirs. Rejects
    with ``INVALID_INPUT``, ``INVALID_TOKEN``, ``INSUFFICIENT_PERMISSIONS`` or ``RATE_LIMIT_EXCEEDED``.
    """
    principal = context.principal
    if principal is None:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    try:
        admitted = _admitted(request, principal, context, provide)
    except ApiError as error:
        is_key = principal.session_id is None
        counted = address_principal(context.address) if is_key else user_principal(principal.user_id)
        raise RequestRejectedError(error, admit(counted, limit, context, provide).rate) from error
    organization_id = admitted.owner_id
    most = admitted.membership.organization.requests_per_minute if admitted.membership else limit
    try:
        rate = admit(organization_principal(organization_id), most, context, provide).rate
    except RequestRejectedError as rejection:
        raise RequestRejectedError(rejection.error, _named(rejection.rate)) from rejection
    return replace(context, principal=admitted, rate=_named(rate))


def _admitted(request: Request, principal: Principal, context: RequestContext, provide: Provide) -> Principal:
    named = request.headers.get(ORGANIZATION_HEADER, "").strip().lower()
    if named and not is_uuid(named):
        raise invalid_field("X-Renderiq-Organization", "must be a UUID")
    if principal.session_id is None:
        return _admitted_key(named, principal, context, provide)
    table = provide(configuration).principals_table
    key = {"principal": user_principal(principal.user_id)}
    membership, item = provide(memberships).find_with(named, principal.user_id, context.now, table=table, keys=key)
    revoked, valid_after = ended_sessions(item)
    if principal.session_id in revoked or not is_valid_after(principal.session_id, valid_after):
        raise ApiError(ErrorCode.INVALID_TOKEN, "This session was signed out.")
    if membership is None:
        raise ApiError(ErrorCode.INSUFFICIENT_PERMISSIONS, "You are not a member of this organization.")
    # The item has what holds for the user, so it decides whatever the policy leaves open.
    own = RetentionChoice.of(item.get("retention", {}))
    return replace(
        principal,
        membership=membership,
        retention=effective_retention(membership.organization.policy.retention, own),
    )


def _admitted_key(named: str, principal: Principal, context: RequestContext, provide: Provide) -> Principal:
    if principal.key_owner is None or named not in ("", principal.key_owner):
        raise ApiError(
            ErrorCode.INSUFFICIENT_PERMISSIONS, "An API key acts only for the user or the organization that it is of."
        )
    membership = provide(memberships).find(principal.key_owner, None, context.now)
    if membership is None:
        raise ApiError(ErrorCode.INVALID_API_KEY)
    if not membership.organization.policy.admits_address(context.address):
        raise ApiError(
            ErrorCode.INSUFFICIENT_PERMISSIONS, "The organization does not accept its keys from this address."
        )
    retention = effective_retention(membership.organization.policy.retention, None)
    return replace(principal, membership=membership, retention=retention)


def _named(rate: RateLimitStatus | None) -> RateLimitStatus | None:
    """Returns the status under the name by which the headers tell that it is the limit of the organisation."""
    return replace(rate, name="organization") if rate else None
