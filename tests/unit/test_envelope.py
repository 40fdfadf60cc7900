"""Every response has the envelope and a request id, by which an internal error is found in the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from renderiq.domain.keys import Scope
from renderiq.errors import ApiError, ErrorCode
from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanCreateRenders
from renderiq.http.guards import Principal, RequestContext, RequestRejectedError, allow_anonymous
from renderiq.http.responses import Flat
from renderiq.logs import logger
from renderiq.models.auth import SignedOutOut
from tests.support import wiring
from tests.support.accounts import User
from tests.support.functions import handler, lambda_context
from tests.support.http import call, event


class BrokenAccounts:
    """A store that raises ``error``."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get(self, *_: Any) -> None:
        raise self._error


def rejection(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetItem")


def credits_failing_with(error: Exception, user: User) -> Any:
    app = handler("credits").app
    app.dependency_overrides[wiring.account_service] = lambda: BrokenAccounts(error)
    try:
        return call("credits", "GET", "/credits", headers=user.headers)
    finally:
        app.dependency_overrides.clear()


def printed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Returns the log lines as CloudWatch gets them."""
    return [logger.formatter.format(record) for record in caplog.records]


def test_an_unexpected_error_is_logged_with_the_request_id_of_its_answer(
    user: User, caplog: pytest.LogCaptureFixture
) -> None:
    answer = credits_failing_with(ZeroDivisionError("secret detail"), user)

    assert answer.code == (500, "INTERNAL_ERROR")
    assert "secret detail" not in answer.body
    [logged] = [line for line in map(json.loads, printed(caplog)) if line["level"] == "ERROR"]
    assert logged["correlation_id"] == answer.json["requestId"] == answer.headers["X-Request-Id"]
    assert "ZeroDivisionError" in logged["exception"]


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        rejection("ProvisionedThroughputExceededException", 400),
        rejection("InternalServerError", 500),
    ],
)
def test_an_unavailable_aws_service_is_answered_as_retryable(user: User, error: Exception) -> None:
    answer = credits_failing_with(error, user)

    assert answer.code == (503, "SERVICE_UNAVAILABLE")
    assert answer.json["retryable"] is True
    assert int(answer.headers["Retry-After"]) > 0


def test_an_invalid_request_to_aws_is_answered_as_an_internal_error(user: User) -> None:
    mistake = rejection("ValidationException", 400)

    assert credits_failing_with(mistake, user).code == (500, "INTERNAL_ERROR")


def test_a_request_logs_one_line_without_anything_that_the_user_wrote(
    user: User, caplog: pytest.LogCaptureFixture
) -> None:
    call("credits", "GET", "/credits", headers={**user.headers, "x-renderiq-platform": "revit"})

    [line] = printed(caplog)
    logged = json.loads(line)
    assert (logged["status"], logged["platform"], logged["userId"]) == (200, "revit", user.user_id)
    assert user.access_token not in line
    assert user.email not in line


@pytest.mark.usefixtures("aws")
def test_credentials_without_the_scope_are_answered_with_the_missing_scope() -> None:
    def reader(request: Any, provide: Any) -> RequestContext:
        context = allow_anonymous(request, provide)
        caller = Principal("u", "s", frozenset({Scope.READ_RENDERS}))
        return RequestContext(context.client, context.address, context.now, caller)

    app = create_app(reader)

    @app.post("/things")
    def create(caller: CanCreateRenders) -> Any:
        return Flat(SignedOutOut())

    answer = entrypoint(app)(event("POST", "/things"), lambda_context())

    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["errorCode"]) == (403, "INSUFFICIENT_PERMISSIONS")
    assert body["details"] == {"requiredScope": "renders:create"}


def answer_of(guard: Any) -> Any:
    """The response of an app with this guard, whose one operation needs a caller."""
    app = create_app(guard)

    @app.post("/things")
    def create(caller: CanCreateRenders) -> Any:
        return Flat(SignedOutOut())

    answer = entrypoint(app)(event("POST", "/things"), lambda_context())
    return answer["statusCode"], json.loads(answer["body"])["errorCode"]


@pytest.mark.usefixtures("aws")
def test_an_operation_for_callers_has_none_if_its_guard_finds_none() -> None:
    assert answer_of(allow_anonymous) == (401, "AUTH_REQUIRED")


@pytest.mark.usefixtures("aws")
def test_an_error_of_the_guard_is_answered_with_the_envelope() -> None:
    def broken(_request: Any, _provide: Any) -> RequestContext:
        raise ZeroDivisionError

    assert answer_of(broken) == (500, "INTERNAL_ERROR")


def test_a_rejection_after_the_guard_is_answered_with_its_code(user: User) -> None:
    rejected = RequestRejectedError(ApiError(ErrorCode.RATE_LIMIT_EXCEEDED), None)

    assert credits_failing_with(rejected, user).code == (429, "RATE_LIMIT_EXCEEDED")


@pytest.mark.usefixtures("aws")
def test_a_body_whose_base64_is_broken_is_refused() -> None:
    sent = event("POST", "/auth/signin", body=b"{}", headers={"content-type": "application/json"})

    answer = handler("auth_signin")({**sent, "body": "{=}"}, lambda_context())

    assert (answer["statusCode"], json.loads(answer["body"])["errorCode"]) == (400, "INVALID_INPUT")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "body", [b"&".join([b"a=1"] * 2000), b"%FF=1"], ids=["too many fields", "a name that is no text"]
)
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}

    assert call("auth_signin", "POST", "/auth/signin", body=body, headers=kind).code == (400, "INVALID_INPUT")


@pytest.mark.usefixtures("aws")
def test_a_wrong_method_is_answered_with_the_allowed_ones() -> None:
    answer = call("health", "DELETE", "/health")

    assert answer.code == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_code_has_a_sentence_and_an_error_status(code: ErrorCode) -> None:
    assert code.sentence.endswith(".")
    assert code.status >= 400
