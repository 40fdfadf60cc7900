"""The app factory: a resolver whose guard runs before the body of the request is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import DependencyResolutionError
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from renderiq import metrics
from renderiq.errors import ApiError, ErrorCode
from renderiq.http import paths
from renderiq.http.guards import Guard, RequestContext, RequestRejectedError
from renderiq.http.paths import BASE_PATH
from renderiq.http.responses import error_response, rate_limit_headers
from renderiq.platform import Client, detect
from renderiq.wiring.base import request_url, time_source

Event = dict[str, Any]
T = TypeVar("T")
ErrorFormat = Callable[[ApiError, str], Response[str]]
Route = TypeVar("Route", bound=Callable[..., Any])

logger = Logger()


class Api(APIGatewayHttpResolver):
    """A resolver whose guard runs first. Every response has the envelope and the request's id.

    Powertools validates a body before it runs middleware. A caller without credentials would therefore learn what is
    wrong with the body (400) before it learns that it must sign in (401). That is why the guard runs before Powertools.
    """

    def __init__(self, guard: Guard, error_format: ErrorFormat) -> None:
        super().__init__(strip_prefixes=[BASE_PATH])
        self.guard = guard
        self.error_format = error_format
        self.exception_handler(Exception)(self._on_exception)
        self.exception_handler(NotFoundError)(self._on_unknown_route)

    def provide(self, dependency: Callable[..., T]) -> T:
        """Returns what a function of the composition root builds, or what a test put in its place."""
        build: Callable[..., T] = self.dependency_overrides.get(dependency, dependency)
        return build()

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> Event:
        """Runs the guard and the route, then logs the request once and emits its metrics once."""
        started = time.monotonic()
        request = APIGatewayProxyEventV2(dict(event))
        request_id = request.request_context.request_id
        request_url.set(f"https://{request.request_context.domain_name}{paths.prefix_of(event)}")
        client = detect(request.headers)
        logger.set_correlation_id(request_id)
        logger.append_keys(platform=client.platform, pluginVersion=client.plugin_version)
        annotations: dict[str, Any] = {}
        now = self.provide(time_source)().timestamp()
        rate = request_context = None
        try:
            request_context = self.guard(request, self.provide)
            rate = request_context.rate
            self.context |= {"request_context": request_context, "annotations": annotations}
            response = super().resolve(paths.normalise(event), context)
        except RequestRejectedError as rejection:
            rate = rejection.rate
            response = _to_payload(self.error_format(rejection.error, request_id))
        except Exception as error:
            response = _to_payload(self.error_format(to_api_error(error), request_id))
        if request.request_context.http.method == "HEAD":
            response |= {"body": "", "isBase64Encoded": False}
        headers = response.setdefault("headers", {})
        headers["X-Request-Id"] = request_id
        if rate:
            headers |= rate_limit_headers(rate, now)
        _record(request, response, client, request_context, annotations, started)
        return response

    def annotate(self, **annotations: str) -> None:
        """Adds ids or ``quality`` to the log line and the metrics of this request."""
        self.context["annotations"].update(annotations)

    def _on_exception(self, error: Exception) -> Response[str]:
        cause: BaseException = error
        while isinstance(cause, DependencyResolutionError) and cause.__cause__:
            cause = cause.__cause__
        if isinstance(cause, RequestRejectedError):
            cause = cause.error
        return self.error_format(to_api_error(cause), self._request_id)

    def _on_unknown_route(self, _: NotFoundError) -> Response[str]:
        path = self._remove_prefix(self.current_event.path)
        routes = self._static_routes + self._dynamic_routes
        if not routes and (other := self._canonical_location()):
            return _redirect(other, self._request_id)
        allowed = sorted({route.method for route in routes if route.rule.match(path)})
        error = ApiError(ErrorCode.METHOD_NOT_ALLOWED, allow=allowed) if allowed else ApiError(ErrorCode.NOT_FOUND)
        return self.error_format(error, self._request_id)

    def _canonical_location(self) -> str | None:
        """Returns the path without superfluous slashes, which API Gateway does not route; None if it has none."""
        raw: Event = self.current_event.raw_event
        path = raw["requestContext"]["http"]["path"]
        location = quote(paths.canonical(path))
        query = raw.get("rawQueryString", "")
        return None if paths.canonical(path) == path else f"{location}?{query}" if query else location

    @property
    def _request_id(self) -> str:
        return str(self.current_event.raw_event["requestContext"]["requestId"])


def error_responses(*codes: ErrorCode) -> Callable[[Route], Route]:
    """Declares, for the contract, the error codes that a route itself can answer with.

    The contract derives all other codes from the guard and the parameters of the route.
    """

    def declare(route: Route) -> Route:
        route.error_codes = codes  # type: ignore[attr-defined]  # contract/routes.py reads it
        return route

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


def entrypoint(app: Api) -> Callable[[Event, LambdaContext], Event]:
    """Returns the function that Lambda calls."""

    def lambda_handler(event: Event, context: LambdaContext) -> Event:
        return app.resolve(event, context)

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


def _redirect(location: str, request_id: str) -> Response[str]:
    response = error_response(ApiError(ErrorCode.NOT_FOUND, f"The path is {location}."), request_id)
    response.status_code = HTTPStatus.PERMANENT_REDIRECT
    response.headers["Location"] = location
    return response


def _to_payload(response: Response[str]) -> Event:
    return {
        "statusCode": response.status_code,
        "headers": dict(response.headers) | {"Content-Type": response.content_type},
        "body": response.body,
        "isBase64Encoded": False,
        "cookies": [],
    }


def _record(
    request: APIGatewayProxyEventV2,
    response: Event,
    client: Client,
    context: RequestContext | None,
    annotations: Mapping[str, str],
    started: float,
) -> None:
    """Writes one log line and one metric per request, with ids only and nothing that a user wrote."""
    status, milliseconds = response["statusCode"], round((time.monotonic() - started) * 1000, 1)
    route = request.raw_event.get("routeKey")
    user_id = context.principal.user_id if context and context.principal else None
    logger.info(
        "request",
        extra={
            "method": request.request_context.http.method,
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
            "userId": user_id,
            **annotations,
        },
    )
    metrics.request_answered(
        status,
        platform=client.platform,
        quality=annotations.get("quality"),
        milliseconds=milliseconds,
        route=route,
        userId=user_id,
        renderId=annotations.get("renderId"),
        pluginVersion=client.plugin_version,
        correlationId=request.request_context.request_id,
    )
