"""What happens before a body is read: which plugin calls, who it is, and whether it may call again yet."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from renderiq import wiring
from renderiq.domain.keys import PREFIX as KEY_PREFIX
from renderiq.domain.keys import Scope
from renderiq.domain.rate_limits import Rate
from renderiq.errors import ApiError, ErrorCode
from renderiq.platform import Client, Platform, detect
from renderiq.services.keys import accept_key
from renderiq.settings import Settings
from renderiq.stores.principals import Admission, user_principal
from renderiq.tokens import verify_access_token

T = TypeVar("T")


class Provide(Protocol):
    """Gives what a composition root function makes, or what a test put in its place."""

    def __call__(self, dependency: Callable[..., T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Identified:
    """Who is calling, and what the credentials allow. ``session_id`` is None where they are an API key."""

    user_id: str
    session_id: str | None
    scopes: frozenset[Scope] = frozenset(Scope)

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as the guards saw it. ``address`` is the peer that API Gateway saw."""

    client: Client
    address: str
    now: datetime
    caller: Identified | None = None
    rate: Rate | None = None


class RefusedError(Exception):
    """A guard's no: the error to answer, and where the caller stands if it was counted."""

    def __init__(self, error: ApiError, rate: Rate | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.rate = rate


Guard = Callable[[APIGatewayProxyEventV2, Provide], Visit]


def open_door(event: APIGatewayProxyEventV2, provide: Provide) -> Visit:
    """Lets everybody in and counts nobody: no call to AWS is made."""
    now = provide(wiring.time_source)()
    return Visit(detect(event.headers), event.request_context.http.source_ip, now)


@dataclass(frozen=True, slots=True)
class CountedByAddress:
    """Lets everybody in whose address has not used up its minute: as ``limit`` has it, or the platform's."""

    limit: Callable[[Settings], int] | None = None

    def __call__(self, event: APIGatewayProxyEventV2, provide: Provide) -> Visit:
        """Refuses with ``RATE_LIMIT_EXCEEDED``."""
        visit = open_door(event, provide)
        limit = self.limit(provide(wiring.configuration)) if self.limit else _limit(visit, provide)
        admission = _admit(address_principal(visit.address), limit, visit, provide)
        return Visit(visit.client, visit.address, visit.now, rate=admission.rate)


def signed_in(event: APIGatewayProxyEventV2, provide: Provide) -> Visit:
    """Lets in whoever holds a live access token or API key and has not used up the platform's minute.

    One write counts the request and tells of revoked sessions; a key costs one more call. Whoever is not signed in is
    counted by address, so that guessing is slow. Refuses with ``AUTH_REQUIRED``, ``INVALID_TOKEN``, ``TOKEN_EXPIRED``,
    the errors of ``accept_key``, or ``RATE_LIMIT_EXCEEDED``.
    """
    visit = open_door(event, provide)
    try:
        caller = _identify(event, visit, provide)
    except ApiError as error:
        stranger = _admit(address_principal(visit.address), _limit(visit, provide), visit, provide)
        raise RefusedError(error, stranger.rate) from error
    admission = _admit(user_principal(caller.user_id), _limit(visit, provide), visit, provide)
    if caller.session_id in admission.revoked_sessions:
        raise RefusedError(ApiError(ErrorCode.INVALID_TOKEN, "This session was signed out."), admission.rate)
    return Visit(visit.client, visit.address, visit.now, caller, admission.rate)


def admit_email(email: str, limit: int, visit: Visit, provide: Provide) -> None:
    """Counts a sign-in for one address, which is stored as a hash. Raises ``RATE_LIMIT_EXCEEDED``."""
    _admit(f"email#{hashlib.sha256(email.encode()).hexdigest()}", limit, visit, provide)


def address_principal(address: str) -> str:
    """An IPv6 caller is its /64: that is what one household or office is given."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return f"ip#{ipaddress.ip_network(f'{address}/64', strict=False)}"
    return f"ip#{getattr(parsed, 'ipv4_mapped', None) or parsed}"


def _identify(event: APIGatewayProxyEventV2, visit: Visit, provide: Provide) -> Identified:
    credential = event.headers.get("x-api-key", "").strip() or _bearer(event.headers.get("authorization", ""))
    if credential.startswith(KEY_PREFIX):
        key = accept_key(credential, keys=provide(wiring.keys), now=visit.now)
        return Identified(key.user_id, None, key.scopes)
    if "x-api-key" in event.headers:
        raise ApiError(ErrorCode.INVALID_API_KEY)
    secret_id = provide(wiring.configuration).token_secret_id
    signing = provide(wiring.secrets).signing_keys(secret_id, for_token=credential)
    claims = verify_access_token(credential, keys=signing, now=visit.now)
    return Identified(claims.user_id, claims.session_id)


def _bearer(header: str) -> str:
    scheme, _, credential = header.strip().partition(" ")
    if not scheme:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    if scheme.lower() != "bearer" or not credential.strip():
        raise ApiError(ErrorCode.INVALID_TOKEN, "The Authorization header must be: Bearer <access token or API key>.")
    return credential.strip()


def _limit(visit: Visit, provide: Provide) -> int:
    limits: dict[Any, int] = provide(wiring.configuration).rate_limits
    return limits.get(visit.client.platform, limits[Platform.UNKNOWN])


def _admit(principal: str, limit: int, visit: Visit, provide: Provide) -> Admission:
    admission = provide(wiring.principals).admit(principal, limit, visit.now)
    if not admission.admitted:
        rate = admission.rate
        raise RefusedError(
            ApiError(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                f"At most {limit} requests a minute. Try again in {rate.retry_after} s.",
                retry_after=rate.retry_after,
            ),
            rate,
        )
    return admission
