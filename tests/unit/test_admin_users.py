"""`make user`, `make revoke`, `make operator`: the first user of a stack, and a user that is out at once."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from admin import users
from admin.targets import TargetError
from admin.users import revoke_access, set_operator
from renderiq.domain.keys import Scope
from tests.support import wiring
from tests.support.accounts import PASSWORD, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call, call_unchecked


def sign_in(email: str, password: str, **more: str) -> Response:
    return call("auth_signin", "POST", "/auth/signin", json={"email": email, "password": password, **more})


def created(aws: AwsEnvironment, email: str) -> str:
    """The temporary password that the command printed."""
    lines: list[str] = []
    assert users.create_user(aws.target, email, lines.append) == 0
    [found] = re.findall(rf"^{re.escape(email)} has the temporary password (\w+)$", "\n".join(lines), re.MULTILINE)
    return str(found)


def test_a_created_user_signs_in_with_a_password_of_its_own(aws: AwsEnvironment) -> None:
    email = f"{uuid4()}@example.com"
    temporary = created(aws, email)

    assert sign_in(email, temporary).json["details"] == {"challenge": "NEW_PASSWORD_REQUIRED"}
    assert sign_in(email, temporary, newPassword=PASSWORD).status == 200
    assert sign_in(email, PASSWORD).status == 200


def test_a_user_who_has_not_signed_in_gets_another_temporary_password(aws: AwsEnvironment) -> None:
    email = f"{uuid4()}@example.com"
    first, second = created(aws, email), created(aws, email)

    assert first != second
    assert sign_in(email, second, newPassword=PASSWORD).status == 200


def test_a_user_with_a_password_keeps_it(aws: AwsEnvironment) -> None:
    user, lines = create_user(aws), list[str]()

    assert users.create_user(aws.target, user.email, lines.append) == 1
    assert "/auth/password/forgot" in lines[0]
    assert sign_in(user.email, PASSWORD).status == 200


def test_revoked_access_is_over_at_once(aws: AwsEnvironment) -> None:
    user, lines = create_user(aws), list[str]()
    _, key = wiring.key_service().create(user.user_id, "CI", frozenset(Scope), None, now=wiring.time_source()())
    credentials = (user.headers, {"x-api-key": key})
    assert [call("credits", "GET", "/credits", headers=each).status for each in credentials] == [200, 200]

    assert revoke_access(aws.target, user.email, say=lines.append) == 0

    codes = [call("credits", "GET", "/credits", headers=each).code for each in credentials]
    assert codes == [(401, "INVALID_TOKEN"), (401, "API_KEY_REVOKED")]
    refreshed = call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token})
    assert refreshed.code == (401, "REFRESH_FAILED")
    assert lines == [f"all sessions of user {user.user_id} have ended; 1 API keys were revoked"]
    assert sign_in(user.email, PASSWORD).status == 200


def test_a_disabled_user_does_not_sign_in_again(aws: AwsEnvironment) -> None:
    user = create_user(aws)

    assert revoke_access(aws.target, user.email, disable=True, say=lambda _: None) == 0

    assert sign_in(user.email, PASSWORD).code == (401, "INVALID_CREDENTIALS")


def test_access_is_revoked_of_users_only(aws: AwsEnvironment) -> None:
    with pytest.raises(TargetError, match="There is no user"):
        revoke_access(aws.target, "nobody@example.com")


def test_an_operator_reads_the_metrics_from_the_next_sign_in_on(aws: AwsEnvironment) -> None:
    user, lines = create_user(aws), list[str]()

    assert set_operator(aws.target, user.email, say=lines.append) == 0

    token = sign_in(user.email, PASSWORD).json["access_token"]
    assert metrics({"authorization": f"Bearer {token}"}) == 200
    assert metrics(user.headers) == 403
    assert lines == [f"user {user.user_id} is an operator from the next sign-in on"]


def test_an_operator_stays_one_when_the_token_is_refreshed(aws: AwsEnvironment) -> None:
    user = create_user(aws, operator=True)

    tokens = call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token}).json

    assert metrics({"authorization": f"Bearer {tokens['access_token']}"}) == 200


def test_a_user_who_is_no_operator_any_more_is_out_at_once(aws: AwsEnvironment) -> None:
    user, now = create_user(aws, operator=True), wiring.time_source()()
    _, prometheus = wiring.key_service().create(user.user_id, "P", frozenset({Scope.READ_METRICS}), None, now=now)
    _, other = wiring.key_service().create(user.user_id, "CI", frozenset({Scope.READ_RENDERS}), None, now=now)

    assert set_operator(aws.target, user.email, remove=True, say=lambda _: None) == 0

    assert metrics(user.headers) == 401
    assert metrics({"x-api-key": prometheus}) == 401
    assert call("renders", "GET", "/renders", headers={"x-api-key": other}).status == 200
    token = sign_in(user.email, PASSWORD).json["access_token"]
    assert metrics({"authorization": f"Bearer {token}"}) == 403


def metrics(headers: dict[str, str]) -> int:
    """The status of the answer to these credentials."""
    return call_unchecked("metrics", "GET", "/metrics", headers=headers).status
