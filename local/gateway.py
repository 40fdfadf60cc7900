"""Emulates API Gateway's HTTP API in front of the functions, with its limits and its error responses.

On AWS each request has a container of its own. Here a few containers serve all requests, so those that may wait for a
change, which takes seconds, are served by others.
"""

import contextlib
import json
import logging
import time
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import request_response

from local.concurrency import ConcurrencyLimits, may_wait
from local.containers import DeployedFunction, Outcome, Pool, TooBusyError
from local.cors import Cors
from local.http_events import HttpRequest, HttpResponse, MalformedResponseError, from_result, to_event
from local.routing import Match, Router

_logger = logging.getLogger(__name__)

REQUEST_LIMIT: Final = 10 * 1024 * 1024
INVOCATION_LIMIT: Final = 6 * 1024 * 1024
INTEGRATION_SECONDS: Final = 30.0


class Gateway:
    """The ASGI application ``app`` with the template's routes. It logs one line for each request."""

    def __init__(
        self, router: Router[DeployedFunction], cors: Cors, pool: Pool, waiting_pool: Pool, domain: str
    ) -> None:
        self._router = router
        self._cors = cors
        self._pool = pool
        self._waiting_pool = waiting_pool
        self._domain = domain
        self._threads = anyio.CapacityLimiter(500)
        self._limits = ConcurrencyLimits()
        self.app = Starlette()
        # Not a route: a route's path convertor does not match line breaks, and API Gateway routes them.
        self.app.router.default = request_response(self._serve)

    async def _serve(self, request: Request) -> Response:
        started = time.monotonic()
        if self._cors.is_preflight(request.method, request.headers):
            result = HttpResponse(204, self._cors.preflight_headers(request.headers["origin"]), b"")
        else:
            result = await self._respond(request)
            result = result.with_headers(self._cors.headers(request.headers.get("origin")))
        response = Response(result.body, result.status)
        for name, value in result.headers:
            response.headers.append(name, value)
        milliseconds = (time.monotonic() - started) * 1000
        _logger.info(f"{request.method} {request.url.path} {result.status} {milliseconds:.0f} ms")
        return response

    async def _respond(self, request: Request) -> HttpResponse:
        body = await _read(request)
        if body is None:
            return _gateway_error(413, "Request Entity Too Large")
        match = self._router.find(request.method, request.scope["path"])
        if match is None:
            return _gateway_error(404, "Not Found")
        received = HttpRequest(
            method=request.method,
            path=request.scope["path"],
            query=request.url.query,
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw),
            body=body,
            client=request.client.host if request.client else "127.0.0.1",
            domain=self._domain,
        )
        event = to_event(received, match.route.key, match.parameters)
        response = await self._invoke(match, received, event)
        return response.with_headers((("apigw-requestid", event["requestContext"]["requestId"]),))

    async def _invoke(
        self, match: Match[DeployedFunction], request: HttpRequest, event: dict[str, Any]
    ) -> HttpResponse:
        if _size(event) > INVOCATION_LIMIT:
            return _gateway_error(413, "Request Entity Too Large")
        outcome: Outcome | None = None
        with contextlib.suppress(TooBusyError), anyio.move_on_after(INTEGRATION_SECONDS):
            async with self._limits.of(request):
                outcome = await anyio.to_thread.run_sync(
                    (self._waiting_pool if may_wait(request) else self._pool).invoke,
                    match.target,
                    event,
                    INTEGRATION_SECONDS,
                    abandon_on_cancel=True,
                    limiter=self._threads,
                )
        if outcome is None:
            return _gateway_error(503, "Service Unavailable")
        if outcome.error:
            _logger.error(f"{match.target.function.logical_id} failed: {error_line(outcome)}")
            return _gateway_error(500, "Internal Server Error")
        try:
            if _size(outcome.result) > INVOCATION_LIMIT:
                raise MalformedResponseError("the response is over 6 MB")
            return from_result(outcome.result)
        except MalformedResponseError as error:
            name = match.target.function.logical_id
            _logger.error(f"{name} returned a response that API Gateway does not accept: {error}")
            return _gateway_error(500, "Internal Server Error")


def error_line(outcome: Outcome) -> str:
    """The type and the message of a failed invocation's error."""
    error = outcome.error or {}
    return f"{error.get('errorType')}: {error.get('errorMessage')}"


async def _read(request: Request) -> bytes | None:
    """The body, or None if it is over the limit or the client has disconnected."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_LIMIT:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _size(payload: Any) -> int:
    return len(json.dumps(payload, ensure_ascii=False).encode())


def _gateway_error(status: int, message: str) -> HttpResponse:
    """An error response of API Gateway itself, not of a function."""
    return HttpResponse(status, (("content-type", "application/json"),), json.dumps({"message": message}).encode())
