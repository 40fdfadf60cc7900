"""The guard that authenticates the caller and counts its requests against a rate limit."""

from __future__ import annotations

from dataclasses import replace

from renderiq.domain.keys import PREFIX as KEY_PREFIX
from renderiq.domain.keys import USER_SCOPES, Scope
from renderiq.domain.sessions import is_valid_after
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.guards import (
    ORGANIZATION_HEADER,
    Principal,
    Provide,
    RequestContext,
    RequestRejectedError,
    allow_anonymous,
)
from renderiq.http.rate_limiting import address_principal, admit, platform_limit
from renderiq.http.request import Request
from renderiq.stores.principals import user_principal
from renderiq.tokens import verify_access_token
from renderiq.wiring.base import configuration
from renderiq.wiring.keys import key_service
from renderiq.wiring.secrets import secrets


def require_authentication(request: Request, provide: Provide) -> RequestContext:
    """Admits a caller with a valid access token or API key that is below its platform's rate limit.

    One write counts the request and returns the revoked sessions; an API key costs one more call. A request for an
    organisation is admitted by ``require_membership`` and costs one more read. Requests without valid credentials are
    counted by IP address, which makes guessing slow. Rejects with ``AUTH_REQUIRED``, ``INVALID_TOKEN``,
    ``TOKEN_EXPIRED``, the errors of ``KeyService.authenticate``, or ``RATE_LIMIT_EXCEEDED``.
    """
    context = allow_anonymous(request, provide)
    limit = platform_limit(context, provide)
    try:
        principal = _authenticate(request, context, provide)
    except ApiError as error:
        admission = admit(address_principal(context.address), limit, context, provide)
        raise RequestRejectedError(error, admission.rate) from error
    if principal.key_owner or request.headers.get(ORGANIZATION_HEADER, "").strip():
        # Not at the top: most requests are of users who act for themselves.
        from renderiq.http.organization_guard import require_membership

        return require_membership(request, replace(context, principal=principal), limit, provide)
    admission = admit(user_principal(principal.user_id), limit, context, provide)
    if admission.is_closed:
        code = ErrorCode.INVALID_TOKEN if principal.session_id else ErrorCode.API_KEY_REVOKED
        raise RequestRejectedError(ApiError(code, "The account was deleted."), admission.rate)
    ended = principal.session_id in admission.revoked_sessions or (
        principal.session_id and not is_valid_after(principal.session_id, admission.sessions_valid_after)
    )
    if ended:
        raise RequestRejectedError(ApiError(ErrorCode.INVALID_TOKEN, "This session was signed out."), admission.rate)
    principal = replace(principal, retention=admission.retention)
    return replace(context, principal=principal, rate=admission.rate)


def _authenticate(request: Request, context: RequestContext, provide: Provide) -> Principal:
    """Returns the caller that X-Api-Key or Authorization names.

    A blank X-Api-Key counts as absent. If the key is not valid, a valid Authorization counts, because HTTP clients
    add default headers to every request.
    """
    api_key, authorization = request.headers.get("x-api-key", "").strip(), request.headers.get("authorization", "")
    if not api_key:
        return _identify(_bearer(authorization), context, provide)
    try:
        return _identify_key(api_key, context, provide)
    except ApiError as rejection:
        try:
            return _identify(_bearer(authorization), context, provide)
        except ApiError:
            raise rejection from None


def _identify(credential: str, context: RequestContext, provide: Provide) -> Principal:
    if credential.startswith(KEY_PREFIX):
        return _identify_key(credential, context, provide)
    secret_id = provide(configuration).token_secret_id
    signing_keys = provide(secrets).signing_keys(secret_id, for_token=credential)
    claims = verify_access_token(credential, keys=signing_keys, now=context.now)
    return Principal(claims.user_id, claims.session_id, frozenset(Scope) if claims.is_operator else USER_SCOPES)


def _identify_key(credential: str, context: RequestContext, provide: Provide) -> Principal:
    key = provide(key_service).authenticate(credential, now=context.now)
    if key.created_by:
        return Principal(f"key#{key.key_id}", None, key.scopes, key_owner=key.user_id)
    return Principal(key.user_id, None, key.scopes)


def _bearer(header: str) -> str:
    scheme, _, credential = header.strip().partition(" ")
    if not scheme:
        raise ApiError(ErrorCode.AUTH_REQUIRED)
    if scheme.lower() != "bearer" or not credential.strip():
        raise ApiError(ErrorCode.INVALID_TOKEN, "The Authorization header must be: Bearer <access token or API key>.")
    return credential.strip()
