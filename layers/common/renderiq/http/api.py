"""The app factory: a resolver whose guards run before anything of the request is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import DependencyResolutionError
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from renderiq import metrics, wiring
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.guards import Guard, RefusedError, Visit, signed_in
from renderiq.http.responses import failure, rate_headers
from renderiq.platform import Client, detect

BASE_PATH = "/api/plugins"
Event = dict[str, Any]
T = TypeVar("T")

logger = Logger()


class Api(APIGatewayHttpResolver):
    """A resolver whose guards run first, and whose every answer has the envelope and the request's id.

    Powertools validates first and runs middleware second, so that a stranger would be told
    what is wrong with the body (400) before being told to sign in (401).
    """

    def __init__(self, guard: Guard) -> None:
        super().__init__(strip_prefixes=[BASE_PATH])
        self.guard = guard
        self.exception_handler(Exception)(self._failed)
        self.exception_handler(NotFoundError)(self._not_found)

    def provide(self, dependency: Callable[..., T]) -> T:
        """What a composition root function makes, or what a test put in its place."""
        make: Callable[..., T] = self.dependency_overrides.get(dependency, dependency)
        return make()

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> Event:
        began = time.monotonic()
        request = APIGatewayProxyEventV2(dict(event))
        request_id = request.request_context.request_id
        client = detect(request.headers)
        logger.set_correlation_id(request_id)
        logger.append_keys(platform=client.platform, pluginVersion=client.plugin_version)
        noted: dict[str, Any] = {}
        now = self.provide(wiring.time_source)().timestamp()
        rate = visit = None
        try:
            visit = self.guard(request, self.provide)
            rate = visit.rate
            self.context |= {"visit": visit, "noted": noted}
            answer = super().resolve(event, context)
        except RefusedError as refusal:
            rate = refusal.rate
            answer = _serialized(failure(refusal.error, request_id))
        except Exception as error:
            answer = _serialized(failure(explained(error), request_id))
        headers = answer.setdefault("headers", {})
        headers["X-Request-Id"] = request_id
        if rate:
            headers |= rate_headers(rate, now)
        _account(request, answer, client, visit, noted, began)
        return answer

    def note(self, **facts: str) -> None:
        """What an endpoint has found out about this request, for its log line and its figures: ids, ``quality``."""
        self.context["noted"].update(facts)

    def _failed(self, error: Exception) -> Response[str]:
        cause: BaseException = error
        while isinstance(cause, DependencyResolutionError) and cause.__cause__:
            cause = cause.__cause__
        if isinstance(cause, RefusedError):
            cause = cause.error
        return failure(explained(cause), self._request_id)

    def _not_found(self, _: NotFoundError) -> Response[str]:
        path = self._remove_prefix(self.current_event.path)
        routes = self._static_routes + self._dynamic_routes
        allowed = sorted({route.method for route in routes if route.rule.match(path)})
        error = ApiError(ErrorCode.METHOD_NOT_ALLOWED, allow=allowed) if allowed else ApiError(ErrorCode.NOT_FOUND)
        return failure(error, self._request_id)

    @property
    def _request_id(self) -> str:
        return str(self.current_event.raw_event["requestContext"]["requestId"])


def create_app(guard: Guard = signed_in) -> Api:
    """An app that lets nobody in who is not signed in, unless it names another guard."""
    return Api(guard)


def entrypoint(app: Api) -> Callable[[Event, LambdaContext], Event]:
    """The function that Lambda calls."""

    def lambda_handler(event: Event, context: LambdaContext) -> Event:
        return app.resolve(event, context)

    lambda_handler.app = app  # type: ignore[attr-defined]  # tests reach the app by its handler
    return lambda_handler


def explained(error: BaseException) -> ApiError:
    """Any exception as one of the catalogue's; what nobody raised on purpose is logged with its trace."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BotoCoreError | ClientError) and not _is_our_fault(error):
        logger.warning("a service did not answer", exc_info=error)
        return ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=2)
    logger.error("unexpected failure", exc_info=error)
    return ApiError(ErrorCode.INTERNAL_ERROR)


def _is_our_fault(error: BotoCoreError | ClientError) -> bool:
    if isinstance(error, BotoCoreError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = error.response.get("Error", {}).get("Code", "")
    throttled = "Throttl" in code or "Exceeded" in code or code in {"TooManyRequestsException", "SlowDown"}
    return status < 500 and not throttled and not code.startswith("Transaction")  # it met another, or itself


def _serialized(response: Response[str]) -> Event:
    return {
        "statusCode": response.status_code,
        "headers": dict(response.headers) | {"Content-Type": response.content_type},
        "body": response.body,
        "isBase64Encoded": False,
        "cookies": [],
    }


def _account(
    request: APIGatewayProxyEventV2,
    answer: Event,
    client: Client,
    visit: Visit | None,
    noted: Mapping[str, str],
    began: float,
) -> None:
    """One log line and one metric a request; ids only, nothing that a user wrote."""
    status, milliseconds = answer["statusCode"], round((time.monotonic() - began) * 1000, 1)
    route = request.raw_event.get("routeKey")
    user_id = visit.caller.user_id if visit and visit.caller else None
    logger.info(
        "request",
        extra={
            "method": request.request_context.http.method,
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
            "userId": user_id,
            **noted,
        },
    )
    metrics.request_answered(
        status,
        platform=client.platform,
        quality=noted.get("quality"),
        milliseconds=milliseconds,
        route=route,
        userId=user_id,
        renderId=noted.get("renderId"),
        pluginVersion=client.plugin_version,
        correlationId=request.request_context.request_id,
    )
