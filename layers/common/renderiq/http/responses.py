"""Responses with the envelope of success or failure. A route's return type declares its status, envelope and body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from renderiq.errors import ApiError, ErrorCode
from renderiq.models.responses import JsonModel

if TYPE_CHECKING:
    from renderiq.domain.rate_limits import RateLimitStatus

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
    """As ``Ok``, but caches may keep it for five minutes and revalidate it by its ``ETag``.

    It is 304 without a body if ``known``, the ETags of the request, has its ETag (RFC 9110, section 13.1.2). One that
    is ``immutable`` may be kept for a year, and one that is ``private`` in the cache of its user only.
    """

    def __init__(self, data: Model, *, known: frozenset[str], immutable: bool = False, private: bool = False) -> None:
        super().__init__(data)
        tag = _entity_tag(self.body.encode())
        self.headers |= {"Cache-Control": _cache_control(immutable=immutable, private=private), "ETag": tag}
        if tag in known or "*" in known:
            self.status_code, self.body, self.content_type = HTTPStatus.NOT_MODIFIED, "", ""


class Picture(Response):
    """200 with an image that is the same for all users. ``immutable`` and ``known`` are those of ``Cacheable``."""

    def __init__(self, data: bytes, content_type: str, *, known: frozenset[str], immutable: bool) -> None:
        # Not at the top: few functions answer with bytes.
        from base64 import b64encode

        tag = _entity_tag(data)
        headers = {
            "Cache-Control": _cache_control(immutable=immutable),
            "ETag": tag,
            "X-Content-Type-Options": "nosniff",
        }
        super().__init__(HTTPStatus.OK, content_type, b64encode(data).decode(), headers)
        if tag in known or "*" in known:
            self.status_code, self.body, self.content_type = HTTPStatus.NOT_MODIFIED, "", ""

    def to_payload(self, accepted_encodings: str = "") -> dict[str, Any]:
        """Returns the response as API Gateway takes it, which decodes the base64."""
        return super().to_payload(accepted_encodings) | {"isBase64Encoded": bool(self.body)}


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


class Csv(Response):
    """200 with a table, which browsers save under ``file_name``. Caches may not store it."""

    def __init__(self, table: str, file_name: str) -> None:
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{file_name}"'}
        super().__init__(HTTPStatus.OK, "text/csv; charset=utf-8", table, headers)


class JsonLines(Response):
    """200 with one JSON object per line, which browsers save under ``file_name``. Caches may not store it.

    ``cursor`` is that of the next page, or None.
    """

    def __init__(self, lines: str, file_name: str, cursor: str | None) -> None:
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{file_name}"'}
        if cursor:
            headers["X-Next-Cursor"] = cursor
        super().__init__(HTTPStatus.OK, "application/x-ndjson", lines, headers)


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
        "RateLimit-Policy": f'"{rate.name}";q={rate.limit};w=60',
        "RateLimit": f'"{rate.name}";r={rate.remaining};t={until_reset}',
    }


def _entity_tag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _cache_control(*, immutable: bool, private: bool = False) -> str:
    who = "private" if private else "public"
    return f"{who}, max-age=31536000, immutable" if immutable else f"{who}, max-age=300"


def _compressed(text: str) -> str:
    # Not at the top: only the page with the contract is compressed.
    import gzip
    from base64 import b64encode

    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _to_text(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, such as one in the name of a rejected field, cannot be sent.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
