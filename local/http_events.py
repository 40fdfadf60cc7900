"""API Gateway's payload format 2.0: from an HTTP request to an event, and from a handler's result to an HTTP response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from local.template import ACCOUNT

Headers = tuple[tuple[str, str], ...]

_TEXT_TYPES: Final = frozenset({"application/json", "application/javascript", "application/xml"})
_TEXT_SUFFIXES: Final = ("+json", "+xml")


class MalformedResponseError(Exception):
    """API Gateway would not accept the handler's result."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as received.

    ``path`` is percent-decoded, as in the events of HTTP APIs. ``client`` is the TCP peer's address. ``domain`` is the
    API's host and port.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    client: str
    domain: str


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response to send. ``headers`` may contain a name several times."""

    status: int
    headers: Headers
    body: bytes

    def with_headers(self, headers: Headers) -> "HttpResponse":
        """A copy with more headers."""
        return replace(self, headers=self.headers + headers)


def to_event(request: HttpRequest, route_key: str, path_parameters: Mapping[str, str]) -> dict[str, Any]:
    """The event for a handler. Like API Gateway's, it has no keys for absent parts of the request."""
    headers = _joined((name.lower(), value) for name, value in request.headers)
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    forwarded = [headers["x-forwarded-for"]] if "x-forwarded-for" in headers else []
    headers |= {
        "x-forwarded-for": ", ".join([*forwarded, request.client]),
        "x-forwarded-port": request.domain.rpartition(":")[2],
        "x-forwarded-proto": "http",
    }
    now = datetime.now(UTC)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": request.domain,
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query:
        event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request.body, headers.get("content-type", ""))
    return event


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """The event's body, and whether it is base64. Urlencoded forms and bodies without a content type are base64 too."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(_TEXT_SUFFIXES):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def from_result(result: Any) -> HttpResponse:
    """The response for the client. Raises ``MalformedResponseError`` if API Gateway would respond with a 500."""
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return HttpResponse(200, (("content-type", "application/json"),), text.encode())
    try:
        status = int(result["statusCode"])
        headers = tuple(
            (str(name).lower(), _header_value(value)) for name, value in (result.get("headers") or {}).items()
        )
        cookies = tuple(("set-cookie", str(cookie)) for cookie in result.get("cookies") or ())
        body = _response_body(result.get("body"), bool(result.get("isBase64Encoded")))
    except (TypeError, ValueError, AttributeError) as error:
        raise MalformedResponseError(str(error)) from error
    if not 100 <= status <= 599:
        raise MalformedResponseError(f"statusCode is {status}")
    if "content-type" not in dict(headers):
        headers = (*headers, ("content-type", "text/plain;charset=UTF-8"))
    return HttpResponse(status, headers + cookies, body)


def _header_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError(f"a header is {value!r}")


def _response_body(body: Any, is_base64: bool) -> bytes:
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("body is not text")
    try:
        return base64.b64decode(body, validate=True) if is_base64 else body.encode()
    except binascii.Error as error:
        raise ValueError("body is not base64") from error
