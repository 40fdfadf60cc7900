"""Sessions that their user lists and ends, and users whose sessions an operator ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from renderiq.domain.sessions import is_valid_after
from renderiq.ids import time_of, uuid7
from tests.support import wiring
from tests.support.accounts import PASSWORD, User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import Response, call


def sessions(user: User) -> list[dict[str, Any]]:
    return list(call("auth_sessions", "GET", "/auth/sessions", headers=user.headers).data["sessions"])


def again(user: User) -> User:
    """The same user, signed in once more."""
    tokens = wiring.sign_in_service().sign_in(user.email, PASSWORD, platform="rhino", now=wiring.time_source()())
    return User(user.user_id, user.email, tokens.access_token, tokens.refresh_token)


def me(user: User) -> Response:
    return call("auth_me", "GET", "/auth/me", headers=user.headers)


def refresh(user: User) -> Response:
    return call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": user.refresh_token})


def end(user: User, session_id: str) -> Response:
    return call("auth_sessions_id", "DELETE", f"/auth/sessions/{session_id}", headers=user.headers)


def test_a_user_sees_where_it_is_signed_in(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    rhino = again(user)

    newest, oldest = sessions(rhino)

    assert (newest["platform"], newest["current"]) == ("rhino", True)
    assert (oldest["platform"], oldest["current"]) == ("unknown", False)
    assert newest["createdAt"] > oldest["createdAt"]


def test_a_session_that_is_ended_is_over_and_the_others_go_on(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    rhino = again(user)
    [other] = [each["id"] for each in sessions(user) if not each["current"]]

    assert end(user, other).data == {"id": other, "ended": True}

    assert me(rhino).code == (401, "INVALID_TOKEN")
    assert refresh(rhino).code == (401, "REFRESH_FAILED")
    assert me(user).status == 200
    assert [each["current"] for each in sessions(user)] == [True]
    assert end(user, other).status == 200


def test_a_session_that_never_was_is_not_found(aws: AwsEnvironment) -> None:
    assert end(create_user(aws), uuid7()).code == (404, "NOT_FOUND")


def test_ending_all_sessions_refuses_live_tokens_at_once(aws: AwsEnvironment) -> None:
    user, other = create_user(aws), create_user(aws)
    rhino = again(user)

    wiring.session_service().end_all(user.user_id, now=wiring.time_source()())

    for each in (user, rhino):
        assert me(each).code == (401, "INVALID_TOKEN")
        assert refresh(each).code == (401, "REFRESH_FAILED")
    assert me(other).status == 200


def test_a_user_signs_in_anew_after_all_sessions_were_ended(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    wiring.session_service().end_all(user.user_id, now=wiring.time_source()())

    anew = again(user)

    assert me(anew).status == 200
    assert refresh(anew).status == 200
    assert [each["current"] for each in sessions(anew)] == [True]


def test_a_token_that_was_refreshed_is_refused_with_its_session(aws: AwsEnvironment) -> None:
    user = create_user(aws)
    tokens = refresh(user).json
    wiring.session_service().end_all(user.user_id, now=wiring.time_source()())

    renewed = User(user.user_id, user.email, tokens["access_token"], tokens["refresh_token"])

    assert me(renewed).code == (401, "INVALID_TOKEN")
    assert refresh(renewed).code == (401, "REFRESH_FAILED")


def test_the_principal_keeps_the_mark_until_the_last_token_has_expired(aws: AwsEnvironment) -> None:
    user, now = create_user(aws), wiring.time_source()()
    wiring.session_service().end_all(user.user_id, now=now)

    [item] = [each for each in aws.items("PrincipalsTable") if each["principal"] == f"user#{user.user_id}"]
    assert item["expiresAt"] >= (now + timedelta(hours=1)).timestamp()


def test_a_session_is_as_old_as_its_id() -> None:
    session = uuid7()

    assert is_valid_after(session, None)
    assert is_valid_after(session, time_of(session) - timedelta(milliseconds=1))
    assert not is_valid_after(session, time_of(session))


def test_ending_the_sessions_of_a_stranger_does_nothing(aws: AwsEnvironment) -> None:
    before = len(aws.items("AccountsTable"))

    wiring.session_service().end_all(uuid7(), now=wiring.time_source()())

    assert len(aws.items("AccountsTable")) == before
