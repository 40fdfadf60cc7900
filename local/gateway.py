"""Plays API Gateway's HTTP API in front of the functions, with its limits and its own error answers."""

import contextlib
import json
import time
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from local.containers import Deployed, Outcome, Pool, TooBusyError
from local.cors import Cors
from local.http_events import HttpAnswer, HttpRequest, MalformedAnswerError, from_result, to_event
from local.reports import Report
from local.routing import Match, Router

REQUEST_LIMIT: Final = 10 * 1024 * 1024
INVOCATION_LIMIT: Final = 6 * 1024 * 1024
INTEGRATION_SECONDS: Final = 30.0
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"]


class Gateway:
    """An ASGI application made of the template's routes; ``report`` gets a line per call."""

    def __init__(self, router: Router[Deployed], cors: Cors, pool: Pool, domain: str, report: Report) -> None:
        self._router = router
        self._cors = cors
        self._pool = pool
        self._domain = domain
        self._report = report
        self._threads = anyio.CapacityLimiter(500)
        self.app = Starlette(routes=[StarletteRoute("/{path:path}", self._serve, methods=_METHODS)])

    async def _serve(self, request: Request) -> Response:
        started = time.monotonic()
        if self._cors.is_preflight(request.method, request.headers):
            answer = HttpAnswer(204, self._cors.preflight_headers(request.headers["origin"]), b"")
        else:
            answer = await self._answer(request)
            answer = answer.plus(self._cors.headers(request.headers.get("origin")))
        response = Response(answer.body, answer.status)
        for name, value in answer.headers:
            response.headers.append(name, value)
        milliseconds = (time.monotonic() - started) * 1000
        self._report(f"{request.method} {request.url.path} {answer.status} {milliseconds:.0f} ms")
        return response

    async def _answer(self, request: Request) -> HttpAnswer:
        body = await _read(request)
        if body is None:
            return _own(413, "Request Entity Too Large")
        match = self._router.find(request.method, request.scope["path"])
        if match is None:
            return _own(404, "Not Found")
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
        answer = await self._invoke(match, event)
        return answer.plus((("apigw-requestid", event["requestContext"]["requestId"]),))

    async def _invoke(self, match: Match[Deployed], event: dict[str, Any]) -> HttpAnswer:
        if _size(event) > INVOCATION_LIMIT:
            return _own(413, "Request Entity Too Large")
        outcome: Outcome | None = None
        with anyio.move_on_after(INTEGRATION_SECONDS):
            with contextlib.suppress(TooBusyError):
                outcome = await anyio.to_thread.run_sync(
                    self._pool.invoke,
                    match.target,
                    event,
                    INTEGRATION_SECONDS,
                    abandon_on_cancel=True,
                    limiter=self._threads,
                )
        if outcome is None:
            return _own(503, "Service Unavailable")
        if outcome.error:
            self._report(f"{match.target.function.logical_id} failed: {failure(outcome)}", trouble=True)
            return _own(500, "Internal Server Error")
        try:
            if _size(outcome.result) > INVOCATION_LIMIT:
                raise MalformedAnswerError("the answer is over 6 MB")
            return from_result(outcome.result)
        except MalformedAnswerError as error:
            self._report(
                f"{match.target.function.logical_id} answered what API Gateway does not take: {error}", trouble=True
            )
            return _own(500, "Internal Server Error")


def failure(outcome: Outcome) -> str:
    """Lambda's error in a line."""
    error = outcome.error or {}
    return f"{error.get('errorType')}: {error.get('errorMessage')}"


async def _read(request: Request) -> bytes | None:
    """The body, or None once it is over the limit."""
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


def _own(status: int, message: str) -> HttpAnswer:
    """An error of API Gateway itself, in its own shape."""
    return HttpAnswer(status, (("content-type", "application/json"),), json.dumps({"message": message}).encode())
