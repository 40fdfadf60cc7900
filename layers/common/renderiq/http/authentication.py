"""The guards that authenticate the caller and count its requests against a rate limit."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from renderiq.domain.keys import PREFIX as KEY_PREFIX
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.guards import Principal, Provide, RequestContext, RequestRejectedError, allow_anonymous
from renderiq.platform import Platform
from renderiq.settings import Settings
from renderiq.stores.principals import Admission, user_principal
from renderiq.tokens import verify_access_token
from renderiq.wiring.base import configuration
from renderiq.wiring.keys import key_service
from renderiq.wiring.principals import principals
from renderiq.wiring.secrets import secrets


@dataclass(frozen=True, slots=True)
class RateLimitedByAddress:
    """A guard for public endpoints: counts requests by IP address.

    ``limit`` returns requests a minute from the settings; without it the platform's limit counts.
    """

    limit: Callable[[Settings], int] | None = None

    def __call__(self, event: APIGatewayProxyEventV2, provide: Provide) -> RequestContext:
        """Rejects with ``RATE_LIMIT_EXCEEDED``."""
        context = allow_anonymous(event, provide)
        limit = self.limit(provide(configuration)) if self.limit else _platform_limit(context, provide)
        admission = _admit(address_principal(context.address), limit, context, provide)
        return replace(context, rate=admission.rate)


def require_authentication(event: APIGatewayProxyEventV2, provide: Provide) -> RequestContext:
    """Admits a caller with a valid access token or API key that is below its platform's rate limit.

    One write counts the request and returns the revoked sessions; an API key costs one more call. Requests without
    valid credentials are counted by IP address, which makes guessing slow. Rejects with ``AUTH_REQUIRED``,
    ``INVALID_TOKEN``, ``TOKEN_EXPIRED``, the errors of ``KeyService.authenticate``, or ``RATE_LIMIT_EXCEEDED``.
    """
    context = allow_anonymous(event, provide)
    limit = _platform_limit(context, provide)
    try:
        principal = _authenticate(event, context, provide)
    except ApiError as error:
        admission = _admit(address_principal(context.address), limit, context, provide)
        raise RequestRejectedError(error, admission.rate) from error
    admission = _admit(user_principal(principal.user_id), limit, context, provide)
    if principal.session_id in admission.revoked_sessions:
        raise RequestRejectedError(ApiError(ErrorCode.INVALID_TOKEN, "This session was signed out."), admission.rate)
    return replace(context, principal=principal, rate=admission.rate)


def limit_sign_ins(email: str, limit: int, context: RequestContext, provide: Provide) -> None:
    """Counts a sign-in with this e-mail address, which is stored as a hash. Raises ``RATE_LIMIT_EXCEEDED``."""
    _admit(f"email#{hashlib.sha256(email.encode()).hexdigest()}", limit, context, provide)


def address_principal(address: str) -> str:
    """Returns the key that an IP address is counted under. For IPv6 that is its /64, the block of one household."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return f"ip#{ipaddress.ip_network(f'{address}/64', strict=False)}"
    return f"ip#{getattr(parsed, 'ipv4_mapped', None) or parsed}"


def _authenticate(event: APIGatewayProxyEventV2, context: RequestContext, provide: Provide) -> Principal:
    credential = event.headers.get("x-api-key", "").strip() or _bearer(event.headers.get("authorization", ""))
    if credential.startswith(KEY_PREFIX):
        key = provide(key_service).authenticate(credential, now=context.now)
        return Principal(key.user_id, None, key.scopes)
    if "x-api-key" in event.headers:
        raise ApiError(ErrorCode.INVALID_API_KEY)
    secret_id = provide(configuration).token_secret_id
    signing_keys = provide(secrets).signing_keys(secret_id, for_token=credential)
    claims = verify_access_token(credential, keys=signing_keys, now=context.now)
    return Principal(claims.user_id, claims.session_id)


def _bearer(header: str) -> str:
    scheme, _, credential = header.strip().partition(" ")
    if not scheme:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    if scheme.lower() != "bearer" or not credential.strip():
        raise ApiError(ErrorCode.INVALID_TOKEN, "The Authorization header must be: Bearer <access token or API key>.")
    return credential.strip()


def _platform_limit(context: RequestContext, provide: Provide) -> int:
    limits: dict[Any, int] = provide(configuration).rate_limits
    return limits.get(context.client.platform, limits[Platform.UNKNOWN])


def _admit(principal_key: str, limit: int, context: RequestContext, provide: Provide) -> Admission:
    admission = provide(principals).admit(principal_key, limit, context.now)
    if not admission.admitted:
        rate = admission.rate
        raise RequestRejectedError(
            ApiError(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                f"At most {limit} requests a minute. Try again in {rate.retry_after} s.",
                retry_after=rate.retry_after,
            ),
            rate,
        )
    return admission
