"""Temporary and forgotten passwords. Strangers and users get the same answers, and a reset ends all sessions."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Final
from uuid import uuid4

import boto3
import pytest
from botocore.stub import Stubber
from pydantic import ValidationError

from local.cloudformation import load
from renderiq.errors import ApiError
from renderiq.models.passwords import MIN_PASSWORD_LENGTH, ResetPasswordIn
from renderiq.services.passwords import RESPONSE_SECONDS
from renderiq.stores.user_pool import UserPool
from tests.support import wiring
from tests.support.accounts import PASSWORD, User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call
from tests.support.paths import ROOT

NEW: Final = "Another-horse-2"
CODE: Final = "123456"
pytestmark = pytest.mark.usefixtures("without_waiting")
_ADDRESSES = (f"198.18.{number // 250}.{number % 250 + 1}" for number in count())


def refusing(operation: str, code: str) -> UserPool:
    """A user pool whose next answer to ``operation`` is the error ``code`` of Cognito."""
    client = boto3.client("cognito-idp", region_name="us-east-1")
    stub = Stubber(client)
    stub.add_client_error(operation, code)
    stub.activate()
    return UserPool(client, "a-client")


def sign_in(email: str, password: str, **more: str) -> Response:
    body = {"email": email, "password": password, **more}
    return call("auth_signin", "POST", "/auth/signin", json=body, address=next(_ADDRESSES))


def forgot(email: str) -> Response:
    return call(
        "auth_password_forgot", "POST", "/auth/password/forgot", json={"email": email}, address=next(_ADDRESSES)
    )


def reset(email: str, **more: str) -> Response:
    body = {"email": email, "code": CODE, "newPassword": NEW, **more}
    return call("auth_password_reset", "POST", "/auth/password/reset", json=body, address=next(_ADDRESSES))


# ---------------------------------------------------------------- temporary passwords


@pytest.fixture
def invited(aws: AwsEnvironment) -> str:
    """The address of a user with a temporary password."""
    email = f"{uuid4()}@example.com"
    aws.client("cognito-idp").admin_create_user(
        UserPoolId=aws.resources["UserPool"].ref,
        Username=email,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )
    return email


def test_a_temporary_password_alone_is_not_enough(invited: str) -> None:
    answer = sign_in(invited, PASSWORD)

    assert answer.code == (401, "AUTH_FAILED")
    assert answer.json["details"] == {"challenge": "NEW_PASSWORD_REQUIRED"}


def test_a_temporary_password_is_replaced_at_sign_in(invited: str) -> None:
    answer = sign_in(invited, PASSWORD, newPassword=NEW)

    assert answer.status == 200
    assert answer.json["user"]["email"] == invited
    assert sign_in(invited, NEW).status == 200
    assert sign_in(invited, PASSWORD).code == (401, "INVALID_CREDENTIALS")


def test_a_new_password_does_not_replace_one_that_is_permanent(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    assert sign_in(user.email, PASSWORD, newPassword=NEW).status == 200
    assert sign_in(user.email, PASSWORD).status == 200


@pytest.mark.parametrize("weak", ["Short-1", "no-capital-letter-1", "NO-SMALL-LETTER-1", "No-digit-at-all"])
def test_a_weak_password_is_refused_by_name(invited: str, weak: str) -> None:
    for answer in (sign_in(invited, PASSWORD, newPassword=weak), reset(invited, newPassword=weak)):
        assert answer.code == (400, "INVALID_INPUT")
        assert [each["field"] for each in answer.json["details"]["fields"]] == ["newPassword"]


def test_a_password_is_checked_as_the_user_pool_does() -> None:
    policy = load(ROOT / "template.yaml")["Resources"]["UserPool"]["Properties"]["Policies"]["PasswordPolicy"]

    assert policy == {
        "MinimumLength": MIN_PASSWORD_LENGTH,
        "RequireLowercase": True,
        "RequireUppercase": True,
        "RequireNumbers": True,
        "RequireSymbols": False,
    }
    with pytest.raises(ValidationError):
        ResetPasswordIn(email="a@example.com", code=CODE, new_password=NEW[: MIN_PASSWORD_LENGTH - 1])


# ---------------------------------------------------------------- forgotten passwords


def test_a_forgotten_password_is_reset_with_a_code(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    assert (forgot(user.email).status, reset(user.email).status) == (200, 200)

    assert sign_in(user.email, PASSWORD).code == (401, "INVALID_CREDENTIALS")
    assert sign_in(user.email, NEW).status == 200


def test_a_reset_ends_all_sessions(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    assert me(user).status == 200

    reset(user.email)

    assert me(user).code == (401, "INVALID_TOKEN")
    refreshed = call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token})
    assert refreshed.code == (401, "REFRESH_FAILED")


def me(user: User) -> Response:
    return call("auth_me", "GET", "/auth/me", headers=user.headers)


def test_strangers_and_users_get_the_same_answer(aws: AwsEnvironment, without_waiting: list[float]) -> None:
    answers = [forgot(create_user(aws).email), forgot("nobody@example.com")]

    assert answers[0].status == answers[1].status == 200
    assert answers[0].body == answers[1].body
    assert len(without_waiting) == 2


@pytest.mark.parametrize(
    "code",
    [
        "UserNotFoundException",  # a stranger, if the client did not hide it
        "InvalidParameterException",  # a user without a verified address
        "NotAuthorizedException",  # a disabled user, or one with a temporary password
        "UserNotConfirmedException",
        "LimitExceededException",  # too many codes for this user
        "CodeDeliveryFailureException",
    ],
)
def test_a_code_that_is_not_sent_is_nobodys_business(aws: AwsEnvironment, code: str) -> None:
    refusing("forgot_password", code).send_reset_code("somebody@example.com")


@pytest.mark.parametrize(
    "code",
    [
        "CodeMismatchException",
        "ExpiredCodeException",
        "UserNotFoundException",
        "NotAuthorizedException",
        "LimitExceededException",
        "TooManyFailedAttemptsException",
    ],
)
def test_a_wrong_code_and_a_stranger_look_alike(aws: AwsEnvironment, code: str) -> None:
    pool = refusing("confirm_forgot_password", code)

    with pytest.raises(ApiError) as caught:
        pool.reset_password("somebody@example.com", CODE, NEW)

    assert caught.value.details == {"fields": [{"field": "code", "problem": "is wrong or has expired"}]}


@pytest.mark.parametrize(("took", "pause"), [(0.2, RESPONSE_SECONDS - 0.2), (3.0, 0.0)])
@pytest.mark.parametrize("problem", [None, "ExpiredCodeException"])
def test_every_answer_takes_the_same_time(aws: AwsEnvironment, took: float, pause: float, problem: str | None) -> None:
    times, pauses = iter([10.0, 10.0 + took]), list[float]()
    service = replace(wiring.password_service(), clock=lambda: next(times), sleep=pauses.append)
    now = wiring.time_source()()

    if problem:
        service = replace(service, pool=refusing("confirm_forgot_password", problem))
        with pytest.raises(ApiError):
            service.reset("somebody@example.com", CODE, NEW, now=now)
    else:
        service.send_code("nobody@example.com")

    assert pauses == [pytest.approx(pause)]


def test_asking_for_codes_counts_as_signing_in(aws: AwsEnvironment) -> None:
    email = create_user(aws).email

    answers = [forgot(email) for _ in range(3)] + [reset(email, code="000000") for _ in range(2)]

    assert 429 not in {answer.status for answer in answers}
    assert sign_in(email, PASSWORD).code == (429, "RATE_LIMIT_EXCEEDED")
    assert forgot(email).code == (429, "RATE_LIMIT_EXCEEDED")


def test_one_address_asks_for_a_limited_number_of_codes(aws: AwsEnvironment) -> None:
    statuses = [
        call(
            "auth_password_forgot",
            "POST",
            "/auth/password/forgot",
            json={"email": f"{uuid4()}@example.com"},
            address="192.0.2.44",
        ).status
        for _ in range(31)
    ]

    assert (statuses[:30], statuses[30]) == ([200] * 30, 429)


def test_strangers_cannot_sign_up() -> None:
    template = load(ROOT / "template.yaml")
    config = template["Resources"]["UserPool"]["Properties"]["AdminCreateUserConfig"]

    assert config == {"AllowAdminCreateUserOnly": {"Fn::If": ["SignUpIsOpen", False, True]}}
    assert template["Parameters"]["SignUp"]["Default"] == "closed"
