"""Responses with the envelope of success or failure. A route's return type declares its status, envelope and body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

from renderiq.domain.rate_limits import RateLimitStatus
from renderiq.errors import ApiError, ErrorCode
from renderiq.models.responses import JsonModel

_JSON = "application/json"
# Plugins in the field read these at the top level, and not inside ``details``.
_TOP_LEVEL_DETAILS = {ErrorCode.INSUFFICIENT_CREDITS: ("requiredCredits", "availableCredits")}


Model = TypeVar("Model", bound=JsonModel)


class Response:
    """What a route returns: the status, the body, and headers. ``compress`` allows gzip if the client accepts it."""

    __slots__ = ("body", "compress", "content_type", "headers", "status_code")

    def __init__(
        self,
        status_code: int,
        content_type: str,
        body: str,
        headers: Mapping[str, str],
        *,
        compress: bool = False,
    ) -> None:
        self.status_code = status_code
        self.content_type = content_type
        self.body = body
        self.headers = dict(headers)
        self.compress = compress

    def to_payload(self, accepted_encodings: str = "") -> dict[str, Any]:
        """Returns the response as API Gateway takes it (payload format 2.0)."""
        headers = {**self.headers, **({"Content-Type": self.content_type} if self.content_type else {})}
        payload: dict[str, Any] = {
            "statusCode": int(self.status_code),
            "headers": headers,
            "body": self.body,
            "isBase64Encoded": False,
            "cookies": [],
        }
        if self.compress and "gzip" in accepted_encodings:
            headers["Content-Encoding"] = "gzip"
            payload |= {"body": _compressed(self.body), "isBase64Encoded": True}
        return payload


class Ok(Response, Generic[Model]):
    """200 with ``{"success": true, "data": …}``. Caches may not store it, because it is private to a user."""

    status: ClassVar = HTTPStatus.OK

    def __init__(self, data: Model, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            self.status,
            _JSON,
            _to_text(self.envelope(data.to_json())),
            {"Cache-Control": "no-store", **(headers or {})},
        )

    @classmethod
    def envelope(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Returns the body of the response."""
        return {"success": True, "data": data}


class Cacheable(Ok[Model]):
    """As ``Ok``, but the same for all users: caches may keep it for five minutes and revalidate it by its ``ETag``.

    It is 304 without a body if ``known``, the ETags of the request, has its ETag (RFC 9110, section 13.1.2).
    """

    def __init__(self, data: Model, *, known: frozenset[str]) -> None:
        super().__init__(data)
        tag = f'"{hashlib.sha256(self.body.encode()).hexdigest()[:32]}"'
        self.headers |= {"Cache-Control": "public, max-age=300", "ETag": tag}
        if tag in known or "*" in known:
            self.status_code, self.body, self.content_type = HTTPStatus.NOT_MODIFIED, "", ""


class Created(Ok[Model]):
    """201, otherwise as ``Ok``."""

    status = HTTPStatus.CREATED


class Accepted(Ok[Model]):
    """202, otherwise as ``Ok``."""

    status = HTTPStatus.ACCEPTED


class Flat(Ok[Model]):
    """200 with the data itself as the body, for the endpoints that respond without the envelope."""

    @classmethod
    def envelope(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Returns the data unchanged."""
        return data


class Redirect(Response):
    """302 to another URL, which is valid for a minute. Caches may not store it."""

    def __init__(self, url: str) -> None:
        super().__init__(HTTPStatus.FOUND, "text/plain", "", {"Location": url, "Cache-Control": "no-store"})


def error_response(error: ApiError, request_id: str) -> Response:
    """Returns the envelope of failure, with the headers that belong to the error."""
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
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.code.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if "allow" in error.details:
        headers["Allow"] = ", ".join(error.details["allow"])
    return Response(error.code.status, _JSON, _to_text(body), headers)


def rate_limit_headers(rate: RateLimitStatus, now: float) -> dict[str, str]:
    """Returns the ``X-RateLimit-*`` headers and those of draft-ietf-httpapi-ratelimit-headers.

    ``now`` is in seconds since the epoch.
    """
    until_reset = max(0, rate.reset_at - int(now))
    return {
        "X-RateLimit-Limit": str(rate.limit),
        "X-RateLimit-Remaining": str(rate.remaining),
        "X-RateLimit-Reset": str(rate.reset_at),
        "RateLimit-Policy": f'"minute";q={rate.limit};w=60',
        "RateLimit": f'"minute";r={rate.remaining};t={until_reset}',
    }


def _compressed(text: str) -> str:
    # Not at the top: only the page with the contract is compressed.
    import gzip
    from base64 import b64encode

    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _to_text(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, such as one in the name of a rejected field, cannot be sent.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
