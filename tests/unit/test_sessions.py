"""Signing in, refreshing and signing out, through the endpoints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.accounts import PASSWORD, User, balance_of
from tests.support.aws import AwsEnvironment
from tests.support.clock import clock_at
from tests.support.http import Response, call


def sign_in(email: Any, password: Any = PASSWORD, *, address: str = "203.0.113.1") -> Response:
    return call("auth_signin", "POST", "/auth/signin", json={"email": email, "password": password}, address=address)


def refresh(token: str) -> Response:
    return call("auth_refresh", "POST", "/auth/refresh", json={"refresh_token": token})


def me(access_token: str) -> Response:
    return call("auth_me", "GET", "/auth/me", headers={"authorization": f"Bearer {access_token}"})


def test_signing_in_returns_tokens_that_work(user: User) -> None:
    answer = sign_in(user.email.upper(), address="198.51.100.1")

    assert answer.status == 200
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["user"]["email"] == user.email
    assert me(answer.json["access_token"]).json["user"]["id"] == answer.json["user"]["id"] == user.user_id


def test_the_first_sign_in_gives_welcome_credits_once(aws: AwsEnvironment, user: User) -> None:
    sign_in(user.email, address="198.51.100.2")

    assert [entry["amount"] for entry in aws.items_of("LedgerTable", user)] == [100]
    assert balance_of(user) == 100


def test_a_wrong_password_and_an_unknown_address_answer_the_same(user: User) -> None:
    wrong = sign_in(user.email, "Wrong-password-1", address="198.51.100.3")
    unknown = sign_in("nobody@example.com", address="198.51.100.3")

    assert wrong.code == unknown.code == (401, "INVALID_CREDENTIALS")
    assert wrong.json["error"] == unknown.json["error"]


def test_the_sixth_sign_in_of_one_email_address_in_a_minute_is_refused(user: User) -> None:
    guesses = [sign_in(user.email, "Wrong-password-1", address=f"198.51.100.{10 + n}") for n in range(6)]

    assert [guess.status for guess in guesses] == [401] * 5 + [429]
    assert 0 < int(guesses[5].headers["Retry-After"]) <= 65


def test_the_31st_sign_in_from_one_ip_address_in_a_minute_is_refused() -> None:
    guesses = [sign_in(f"guess-{n}@example.com", address="198.51.100.99") for n in range(31)]

    assert [guess.status for guess in guesses] == [401] * 30 + [429]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"password": "x"}, "MISSING_REQUIRED_FIELD", "email"),
        ({"email": "a@b.c"}, "MISSING_REQUIRED_FIELD", "password"),
        ({"email": "not an address", "password": "x"}, "INVALID_INPUT", "email"),
        ({"email": 7, "password": "x"}, "INVALID_INPUT", "email"),
        ({"email": "a@b.c", "password": "x" * 257}, "INVALID_INPUT", "password"),
    ],
)
def test_a_wrong_sign_in_body_names_the_field(body: dict[str, Any], code: str, field: str) -> None:
    answer = call("auth_signin", "POST", "/auth/signin", json=body, address="198.51.100.50")

    assert answer.code == (400, code)
    assert answer.json["details"]["fields"][0]["field"] == field


def test_refreshing_rotates_the_token(user: User) -> None:
    answer = refresh(user.refresh_token)

    assert answer.status == 200
    assert answer.json["refresh_token"] != user.refresh_token
    assert me(answer.json["access_token"]).status == 200
    assert refresh(answer.json["refresh_token"]).status == 200


def test_a_used_refresh_token_is_accepted_again_for_a_minute(user: User) -> None:
    refresh(user.refresh_token)

    again = refresh(user.refresh_token)

    assert again.status == 200
    assert refresh(again.json["refresh_token"]).status == 200


def test_reusing_an_old_refresh_token_ends_the_session(user: User) -> None:
    newer = refresh(user.refresh_token).json
    with clock_at(datetime.now(UTC) + timedelta(seconds=61), "auth_refresh"):
        stolen = refresh(user.refresh_token)

    assert stolen.code == (401, "REFRESH_FAILED")
    assert refresh(newer["refresh_token"]).code == (401, "REFRESH_FAILED")
    assert me(newer["access_token"]).code == (401, "INVALID_TOKEN")


def test_a_session_expires_after_thirty_idle_days(user: User) -> None:
    with clock_at(datetime.now(UTC) + timedelta(days=30, minutes=1), "auth_refresh"):
        assert refresh(user.refresh_token).code == (401, "REFRESH_FAILED")


def test_signing_out_revokes_the_access_token_at_once(user: User) -> None:
    out = call("auth_signout", "POST", "/auth/signout", headers=user.headers)

    assert out.json == {"success": True}
    assert me(user.access_token).code == (401, "INVALID_TOKEN")
    assert refresh(user.refresh_token).code == (401, "REFRESH_FAILED")


def test_signing_out_keeps_other_sessions_of_the_user(user: User) -> None:
    other = sign_in(user.email, address="198.51.100.4").json

    call("auth_signout", "POST", "/auth/signout", headers=user.headers)

    assert me(other["access_token"]).status == 200


def test_an_expired_access_token_is_refused_as_expired(user: User) -> None:
    with clock_at(datetime.now(UTC) + timedelta(hours=1, seconds=1), "auth_me"):
        assert me(user.access_token).code == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize("header", ["Bearer", "Bearer x.y.z", "Basic dXNlcjpwYXNz", "nonsense"])
@pytest.mark.usefixtures("aws")
def test_a_malformed_token_is_refused(header: str) -> None:
    answer = call("auth_me", "GET", "/auth/me", headers={"authorization": header})

    assert answer.code == (401, "INVALID_TOKEN")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_no_token_is_stored_in_plain_text(aws: AwsEnvironment, user: User) -> None:
    stored = repr(aws.items("SessionsTable")) + repr(aws.items("PrincipalsTable"))

    assert user.refresh_token.partition(".")[2] not in stored
    assert user.email not in stored
