"""Errors as OAuth clients read them (RFC 6749, section 5.2; RFC 8628, section 3.5)."""

from __future__ import annotations

import json
from typing import Final

from renderiq.errors import ApiError, ErrorCode
from renderiq.http.responses import Response, error_response

_OWN_NAMES: Final = {
    ErrorCode.AUTHORIZATION_PENDING,
    ErrorCode.SLOW_DOWN,
    ErrorCode.ACCESS_DENIED,
    ErrorCode.EXPIRED_TOKEN,
    ErrorCode.INVALID_GRANT,
    ErrorCode.UNSUPPORTED_GRANT_TYPE,
}
_SERVER_ERRORS: Final = 500


def oauth_error_response(error: ApiError, request_id: str) -> Response:
    """Returns the envelope of failure, in which ``error`` is the name that OAuth gives it.

    ``error_description`` is the sentence. The other fields are those of every error.
    """
    response = error_response(error, request_id)
    body = json.loads(response.body) | {"error": _name(error), "error_description": error.message}
    response.body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response.headers |= {"Cache-Control": "no-store"}
    return response


def _name(error: ApiError) -> str:
    if error.code in _OWN_NAMES:
        return error.code.name.lower()
    if error.code.retryable:
        return "server_error" if error.code is ErrorCode.INTERNAL_ERROR else "temporarily_unavailable"
    return "server_error" if error.code.status >= _SERVER_ERRORS else "invalid_request"
