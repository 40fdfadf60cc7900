"""Every answer of Cognito becomes the API's own error, or stays an error of Cognito."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from renderiq.errors import ApiError
from renderiq.stores.user_pool import Identity, UserPool

EMAIL: Final = "ada@example.com"
ASKS: Final = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20, "ChallengeParameters": {}}
WRONG: Final = ("NotAuthorizedException", "UserNotFoundException", "InvalidParameterException")
OPERATIONS: Final[dict[str, Callable[[UserPool], object]]] = {
    "initiate_auth": lambda pool: pool.sign_in(EMAIL, "a-password"),
    "forgot_password": lambda pool: pool.send_reset_code(EMAIL),
    "confirm_forgot_password": lambda pool: pool.reset_password(EMAIL, "123456", "a-password"),
}


def answering(*answers: tuple[str, dict[str, Any] | str]) -> UserPool:
    """A user pool whose Cognito gives these answers in turn: an error's code, or a response."""
    client = boto3.client("cognito-idp", region_name="us-east-1")
    stub = Stubber(client)
    for operation, answer in answers:
        if isinstance(answer, str):
            stub.add_client_error(operation, answer)
        else:
            stub.add_response(operation, answer)
    stub.activate()
    return UserPool(client, "a-client")


def signed_in(**claims: str) -> dict[str, Any]:
    token = jwt.encode({"sub": "an-id", **claims}, "a-key-of-the-issuer-of-at-least-32-bytes")
    return {"AuthenticationResult": {"IdToken": token}}


def problem(call: Callable[[], object]) -> tuple[str, Any]:
    """The code of the API's error, and its challenge or the field that it names."""
    with pytest.raises(ApiError) as raised:
        call()
    details = raised.value.details
    return raised.value.code.name, details.get("challenge") or (details.get("fields") or [{}])[0].get("field")


def test_a_user_has_the_name_and_the_address_of_the_token() -> None:
    pool = answering(("initiate_auth", signed_in(email="Ada@example.com", name="Ada")))

    assert pool.sign_in(EMAIL, "a-password") == Identity("an-id", "Ada@example.com", "Ada")


def test_a_user_without_a_name_is_called_as_the_address_begins() -> None:
    assert answering(("initiate_auth", signed_in())).sign_in(EMAIL, "a-password").name == "ada"


@pytest.mark.parametrize("code", WRONG)
def test_wrong_credentials_are_all_answered_alike(code: str) -> None:
    pool = answering(("initiate_auth", code))

    assert problem(lambda: pool.sign_in(EMAIL, "a-password")) == ("INVALID_CREDENTIALS", None)


@pytest.mark.parametrize(
    ("code", "challenge"),
    [("UserNotConfirmedException", "CONFIRM_EMAIL"), ("PasswordResetRequiredException", "RESET_PASSWORD")],
)
def test_a_user_who_must_do_something_first_is_told_what(code: str, challenge: str) -> None:
    pool = answering(("initiate_auth", code))

    assert problem(lambda: pool.sign_in(EMAIL, "a-password")) == ("AUTH_FAILED", challenge)


def test_another_challenge_of_cognito_is_named() -> None:
    pool = answering(("initiate_auth", {**ASKS, "ChallengeName": "SMS_MFA"}))

    assert problem(lambda: pool.sign_in(EMAIL, "a-password", "another")) == ("AUTH_FAILED", "SMS_MFA")


def test_a_temporary_password_is_replaced() -> None:
    pool = answering(("initiate_auth", ASKS), ("respond_to_auth_challenge", signed_in(name="Ada")))

    assert pool.sign_in(EMAIL, "a-password", "another") == Identity("an-id", EMAIL, "Ada")


@pytest.mark.parametrize("code", ["InvalidPasswordException", "PasswordHistoryPolicyViolationException"])
def test_a_weak_new_password_is_refused_by_name(code: str) -> None:
    first = answering(("initiate_auth", ASKS), ("respond_to_auth_challenge", code))
    forgotten = answering(("confirm_forgot_password", code))

    assert problem(lambda: first.sign_in(EMAIL, "a-password", "weak")) == ("INVALID_INPUT", "newPassword")
    assert problem(lambda: forgotten.reset_password(EMAIL, "123456", "weak")) == ("INVALID_INPUT", "newPassword")


def test_a_challenge_that_has_expired_is_wrong_credentials() -> None:
    pool = answering(("initiate_auth", ASKS), ("respond_to_auth_challenge", "NotAuthorizedException"))

    assert problem(lambda: pool.sign_in(EMAIL, "a-password", "another")) == ("INVALID_CREDENTIALS", None)


@pytest.mark.parametrize(
    "code", [*WRONG, "UserNotConfirmedException", "CodeDeliveryFailureException", "LimitExceededException"]
)
def test_nobody_learns_that_no_code_was_sent(code: str) -> None:
    answering(("forgot_password", code)).send_reset_code(EMAIL)


@pytest.mark.parametrize(
    "code",
    [
        *WRONG,
        "CodeMismatchException",
        "ExpiredCodeException",
        "LimitExceededException",
        "TooManyFailedAttemptsException",
        "UserNotConfirmedException",
    ],
)
def test_whatever_is_wrong_with_a_code_is_answered_alike(code: str) -> None:
    pool = answering(("confirm_forgot_password", code))

    assert problem(lambda: pool.reset_password(EMAIL, "123456", "a-password")) == ("INVALID_INPUT", "code")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failure_of_cognito_stays_one(operation: str) -> None:
    with pytest.raises(ClientError):
        OPERATIONS[operation](answering((operation, "InternalErrorException")))


def test_a_failure_during_a_challenge_stays_one() -> None:
    pool = answering(("initiate_auth", ASKS), ("respond_to_auth_challenge", "InternalErrorException"))

    with pytest.raises(ClientError):
        pool.sign_in(EMAIL, "a-password", "another")
