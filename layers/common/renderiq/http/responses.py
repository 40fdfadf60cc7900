"""The envelope of success and failure. An endpoint's return type states status, envelope and body in the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

from aws_lambda_powertools.event_handler import Response

from renderiq.domain.rate_limits import RateLimitStatus
from renderiq.errors import ApiError, ErrorCode
from renderiq.models.wire import WireModel

_JSON = "application/json"
# Plugins in the field read these at the top level, and not inside ``details``.
_TOP_LEVEL_DETAILS = {ErrorCode.INSUFFICIENT_CREDITS: ("requiredCredits", "availableCredits")}


Body = TypeVar("Body", bound=WireModel)


class Ok(Response[str], Generic[Body]):
    """200 with ``{"success": true, "data": …}``. It may not be cached, because it is private to the user."""

    status: ClassVar = HTTPStatus.OK

    def __init__(self, data: Body, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            self.status,
            _JSON,
            _dumped(self.wrapped(data.to_json())),
            {"Cache-Control": "no-store", **(headers or {})},
        )

    @classmethod
    def wrapped(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "data": data}


class Created(Ok[Body]):
    status = HTTPStatus.CREATED


class Accepted(Ok[Body]):
    status = HTTPStatus.ACCEPTED


class Flat(Ok[Body]):
    """200 with the body itself, for the endpoints that answer without the envelope."""

    @classmethod
    def wrapped(cls, data: dict[str, Any]) -> dict[str, Any]:
        return data


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
    body |= {name: error.details[name] for name in _TOP_LEVEL_DETAILS.get(error.code, ()) if name in error.details}
    headers: dict[str, str | list[str]] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.code.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "allow" in error.details:
        headers["Allow"] = ", ".join(error.details["allow"])
    return Response(error.code.status, _JSON, _dumped(body), headers)


def rate_headers(rate: RateLimitStatus, now: float) -> dict[str, str]:
    """The older ``X-RateLimit-*`` and the IETF draft's fields (draft-ietf-httpapi-ratelimit-headers)."""
    until_reset = max(0, rate.reset_at - int(now))
    return {
        "X-RateLimit-Limit": str(rate.limit),
        "X-RateLimit-Remaining": str(rate.remaining),
        "X-RateLimit-Reset": str(rate.reset_at),
        "RateLimit-Policy": f'"minute";q={rate.limit};w=60',
        "RateLimit": f'"minute";r={rate.remaining};t={until_reset}',
    }


def _dumped(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
