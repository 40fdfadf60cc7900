"""HTTP requests to the API without a network: the event of API Gateway in, the handler's response out."""

from __future__ import annotations

import base64
import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.support import contract
from tests.support.functions import handler, lambda_context
from tests.support.leaks import THIS_RUN


@dataclass(frozen=True)
class Response:
    """What a handler returned to API Gateway."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return jsonlib.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def code(self) -> tuple[int, str]:
        """The HTTP status and the error code."""
        return self.status, self.json["errorCode"]


def event(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    json: Any = None,
    body: bytes | str | None = None,
    address: str = "203.0.113.7",
) -> dict[str, Any]:
    """Returns the event that API Gateway's HTTP API sends (payload 2.0). ``address`` is the client's IP address."""
    sent = {"host": "api.example.com", "content-length": "0", **(headers or {})}
    if json is not None:
        body = jsonlib.dumps(json)
        sent.setdefault("content-type", "application/json")
    is_base64 = isinstance(body, bytes)
    return {
        "version": "2.0",
        "routeKey": f"ANY {path}",
        "rawPath": f"/api/plugins{path}",
        "rawQueryString": urlencode(query or {}),
        "headers": sent,
        "queryStringParameters": {name: str(value) for name, value in (query or {}).items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "http": {"method": method, "path": f"/api/plugins{path}", "protocol": "HTTP/1.1", "sourceIp": address},
            "requestId": str(uuid4()),
            "routeKey": f"ANY {path}",
            "stage": "$default",
            "timeEpoch": 0,
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": is_base64,
    }


def call(function: str, method: str, path: str, **request: Any) -> Response:
    """Calls a handler with ``event(method, path, **request)`` and checks its response against the contract."""
    response = call_unchecked(function, method, path, **request)
    contract.validate_response(method, path, response.status, response.headers, response.body)
    return response


def call_unchecked(function: str, method: str, path: str, **request: Any) -> Response:
    """``call`` without the check, which takes longer than the call itself if the response has many items."""
    raw = handler(function)(event(method, path, **request), lambda_context())
    response = Response(raw["statusCode"], raw["headers"], raw["body"])
    THIS_RUN.keep_from(request.get("json"))
    if response.headers.get("Content-Type") == "application/json":
        THIS_RUN.keep_from(response.json)
    return response
