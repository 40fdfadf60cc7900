"""The envelope, for success and failure."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from renderiq.domain.rate_limits import Rate
from renderiq.errors import ApiError, ErrorCode
from renderiq.models.wire import WireModel

_JSON = "application/json"
# Shipped plugins look for these beside ``error`` and not inside ``details``.
_ALSO_ON_TOP = {ErrorCode.INSUFFICIENT_CREDITS: ("requiredCredits", "availableCredits")}


def ok(data: WireModel, *, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response[str]:
    """``{"success": true, "data": …}``."""
    return _json(status, {"success": True, "data": data.to_json()}, headers)


def flat(body: WireModel, *, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """The body as it is, for the endpoints that answer without the envelope."""
    return _json(status, body.to_json(), {"Cache-Control": "no-store"})


def failure(error: ApiError, request_id: str) -> Response[str]:
    body: dict[str, Any] = {
        "success": False,
        "error": error.message,
        "errorCode": error.code.name,
        "requestId": request_id,
        "retryable": error.code.retryable,
    }
    if error.details:
        body["details"] = error.details
    body |= {name: error.details[name] for name in _ALSO_ON_TOP.get(error.code, ()) if name in error.details}
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.code.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "allow" in error.details:
        headers["Allow"] = ", ".join(error.details["allow"])
    return _json(error.code.status, body, headers)


def rate_headers(rate: Rate, now: float) -> dict[str, str]:
    """The older ``X-RateLimit-*`` and the IETF draft's fields (draft-ietf-httpapi-ratelimit-headers)."""
    until_reset = max(0, rate.reset_at - int(now))
    return {
        "X-RateLimit-Limit": str(rate.limit),
        "X-RateLimit-Remaining": str(rate.remaining),
        "X-RateLimit-Reset": str(rate.reset_at),
        "RateLimit-Policy": f'"minute";q={rate.limit};w=60',
        "RateLimit": f'"minute";r={rate.remaining};t={until_reset}',
    }


def _json(status: HTTPStatus, body: dict[str, Any], headers: dict[str, str] | None) -> Response[str]:
    return Response(
        status_code=status.value,
        content_type=_JSON,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers=dict(headers or {}),
    )
