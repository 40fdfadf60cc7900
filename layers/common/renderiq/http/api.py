"""The app factory: a resolver whose guard runs before the body of the request is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from renderiq import metrics, snapshots
from renderiq.errors import ApiError, ErrorCode
from renderiq.http import paths
from renderiq.http.guards import Guard, RequestContext, RequestRejectedError
from renderiq.http.request import Event, Request
from renderiq.http.responses import Response, error_response, rate_limit_headers
from renderiq.http.routing import Dependency, Endpoint, Route
from renderiq.logs import logger
from renderiq.platform import Client, detect
from renderiq.wiring.base import request_url, time_source

T = TypeVar("T")
ErrorFormat = Callable[[ApiError, str], Response]


class Api:
    """The routes of one function, behind its guard. Every response has the envelope and the request's id.

    The guard runs before anything of the body is read, so that a caller without credentials is told to sign in, and
    not what is wrong with the body. ``dependency_overrides`` replaces functions that supply parameters, in tests.
    """

    def __init__(self, guard: Guard, error_format: ErrorFormat) -> None:
        self.guard = guard
        self.error_format = error_format
        self.routes: list[Route] = []
        self.dependency_overrides: dict[Dependency, Dependency] = {}
        self._request: Request | None = None

    def get(self, path: str, *, operation_id: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declares the endpoint of GET, and of HEAD. ``operation_id`` is its name in the contract."""
        return self._route("GET", path, operation_id)

    def post(self, path: str, *, operation_id: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declares the endpoint of POST."""
        return self._route("POST", path, operation_id)

    def put(self, path: str, *, operation_id: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declares the endpoint of PUT."""
        return self._route("PUT", path, operation_id)

    def patch(self, path: str, *, operation_id: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declares the endpoint of PATCH."""
        return self._route("PATCH", path, operation_id)

    def delete(self, path: str, *, operation_id: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declares the endpoint of DELETE."""
        return self._route("DELETE", path, operation_id)

    def provide(self, dependency: Callable[..., T]) -> T:
        """Returns what a function of the composition root builds, or what a test put in its place."""
        build: Callable[..., T] = self.dependency_overrides.get(dependency, dependency)
        return build()

    def resolve(self, event: Mapping[str, Any]) -> Event:
        """Runs the guard and the route, then logs the request once and emits its metrics once."""
        started = time.monotonic()
        request = self._request = Request(event)
        request_url.set(f"https://{event['requestContext'].get('domainName')}{paths.prefix_of(event)}")
        client = detect(request.headers)
        logger.set_correlation_id(request.id)
        logger.append_keys(platform=client.platform, pluginVersion=client.plugin_version)
        now = self.provide(time_source)().timestamp()
        rate = context = None
        try:
            request.context = context = self.guard(request, self.provide)
            rate = context.rate
            response = self._call_route(request)
        except RequestRejectedError as rejection:
            rate = rate or rejection.rate
            response = self.error_format(rejection.error, request.id)
        except Exception as error:
            response = self.error_format(to_api_error(error), request.id)
        payload = response.to_payload(request.headers.get("accept-encoding", ""))
        if request.is_head:
            payload |= {"body": "", "isBase64Encoded": False}
        headers = payload["headers"]
        headers["X-Request-Id"] = request.id
        if rate:
            headers |= rate_limit_headers(rate, now)
        _record(request, payload["statusCode"], client, context, started)
        return payload

    def annotate(self, **annotations: str) -> None:
        """Adds ids or ``quality`` to the log line and the metrics of the current request."""
        if self._request is None:
            raise RuntimeError("there is no request")
        self._request.annotations |= annotations

    def _route(self, method: str, path: str, operation_id: str | None) -> Callable[[Endpoint], Endpoint]:
        def declare(endpoint: Endpoint) -> Endpoint:
            self.routes.append(Route(method, path, endpoint, operation_id))
            return endpoint

        return declare

    def _call_route(self, request: Request) -> Response:
        allowed = set()
        for route in self.routes:
            found = route.match(request.path)
            if found is None:
                continue
            if route.method == request.method:
                request.path_parameters = found
                return route.call(request, self.dependency_overrides)
            allowed.add(route.method)
        if allowed:
            raise ApiError(ErrorCode.METHOD_NOT_ALLOWED, allow=sorted(allowed))
        if not self.routes and (location := _canonical_location(request.event)):
            return _redirect(location, request.id)
        raise ApiError(ErrorCode.NOT_FOUND)


def _canonical_location(event: Mapping[str, Any]) -> str | None:
    """Returns the path without superfluous slashes, which API Gateway does not route; None if it has none."""
    path: str = event["requestContext"]["http"]["path"]
    if paths.canonical(path) == path:
        return None
    # Not at the top: only the function for unknown paths needs it.
    from urllib.parse import quote

    location = quote(paths.canonical(path))
    query = event.get("rawQueryString", "")
    return f"{location}?{query}" if query else location


def error_responses(*codes: ErrorCode) -> Callable[[Endpoint], Endpoint]:
    """Declares, for the contract, the error codes that a route itself can answer with.

    The contract derives all other codes from the guard and the parameters of the route.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.error_codes = codes  # type: ignore[attr-defined]  # contract/routes.py reads it
        return endpoint

    return declare


def create_app(guard: Guard | None = None, *, error_format: ErrorFormat = error_response) -> Api:
    """Creates an app. Callers must authenticate, unless the app names another guard.

    ``error_format`` makes the response of an error and the id of the request.
    """
    if guard is None:
        # Not at the top: public functions such as /health do not need what authentication imports.
        from renderiq.http.authentication import require_authentication

        guard = require_authentication
    return Api(guard, error_format)


def entrypoint(app: Api) -> Callable[[Event, object], Event]:
    """Returns the function that Lambda calls."""
    snapshots.register()

    def lambda_handler(event: Event, _context: object) -> Event:
        return app.resolve(event)

    lambda_handler.app = app  # type: ignore[attr-defined]  # tests reach the app by its handler
    return lambda_handler


def to_api_error(error: BaseException) -> ApiError:
    """Maps any exception to an error of the catalogue. An unexpected one is logged with its traceback."""
    if isinstance(error, ApiError):
        return error
    # Not at the top: importing botocore is a large part of a cold start, and /health does not need it.
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, BotoCoreError) or (isinstance(error, ClientError) and _is_transient(error.response)):
        logger.warning("an AWS service did not answer", exc_info=error)
        return ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=2)
    logger.error("unexpected failure", exc_info=error)
    return ApiError(ErrorCode.INTERNAL_ERROR)


def _is_transient(response: Mapping[str, Any]) -> bool:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = response.get("Error", {}).get("Code", "")
    throttled = "Throttl" in code or "Exceeded" in code or code in {"TooManyRequestsException", "SlowDown"}
    # A transaction conflicts with another transaction, or with its own earlier attempt.
    return status >= 500 or throttled or code.startswith("Transaction")


def _redirect(location: str, request_id: str) -> Response:
    response = error_response(ApiError(ErrorCode.NOT_FOUND, f"The path is {location}."), request_id)
    response.status_code = HTTPStatus.PERMANENT_REDIRECT
    response.headers["Location"] = location
    return response


def _record(request: Request, status: int, client: Client, context: RequestContext | None, started: float) -> None:
    """Writes one log line and one metric per request, with ids only and nothing that a user wrote."""
    milliseconds = round((time.monotonic() - started) * 1000, 1)
    route = request.event.get("routeKey")
    user_id = context.principal.user_id if context and context.principal else None
    logger.info(
        "request",
        extra={
            "method": request.event["requestContext"]["http"]["method"],
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
            "userId": user_id,
            **request.annotations,
        },
    )
    metrics.request_answered(
        status,
        platform=client.platform,
        quality=request.annotations.get("quality"),
        milliseconds=milliseconds,
        route=route,
        userId=user_id,
        renderId=request.annotations.get("renderId"),
        pluginVersion=client.plugin_version,
        correlationId=request.id,
    )
