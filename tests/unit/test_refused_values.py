"""Values that a request may not have, and tokens and texts that mean nothing: each is refused for its own reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import ValidationError

from renderiq import captures
from renderiq.domain.file_tokens import FileGrant, read_file_token, sign_file_token
from renderiq.http.charsets import UndecodableTextError, decode_text
from renderiq.models.health import _overall_state
from renderiq.models.passwords import ResetPasswordIn
from tests.support.accounts import User
from tests.support.http import call

GRANT: Final = FileGrant("renders/u/r/output.png", datetime(2026, 5, 1, tzinfo=UTC))
SECRETS: Final = {"v1": "a secret"}


def test_a_token_grants_what_was_signed() -> None:
    assert read_file_token(sign_file_token(GRANT, secret_id="v1", secret="a secret"), secrets=SECRETS) == GRANT


@pytest.mark.parametrize(
    "change",
    [
        lambda payload, signature: f"{payload}.{signature[:-1]}{'AB'[signature[-1] == 'A']}",
        lambda payload, signature: f"{payload}=.{signature}",
        lambda payload, signature: f"{payload[:5]}.{signature}",
        lambda _payload, signature: f"AAAA.{signature}",
        lambda payload, _signature: f"{payload}.",
        lambda payload, signature: payload + signature,
    ],
    ids=["other unused bits", "padding", "half a byte", "no key", "no signature", "no dot"],
)
def test_a_token_in_another_spelling_grants_nothing(change: Any) -> None:
    payload, _, signature = sign_file_token(GRANT, secret_id="v1", secret="a secret").partition(".")

    assert read_file_token(change(payload, signature), secrets=SECRETS) is None


def test_a_token_of_a_secret_that_is_gone_grants_nothing() -> None:
    token = sign_file_token(GRANT, secret_id="v1", secret="a secret")

    assert read_file_token(token, secrets={"v2": "a secret"}) is None
    assert read_file_token(token, secrets={"v1": "another"}) is None


def test_ascii_is_read_in_an_encoding_that_nobody_knows() -> None:
    assert decode_text(b"house", "x-plugin") == "house"
    with pytest.raises(UndecodableTextError, match="x-plugin"):
        decode_text("Küche".encode(), "x-plugin")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("correct-horse-1", "upper-case"),
        ("Correct-horse", "digit"),
        (" Correct-horse-1", "blank"),
        ("Correct-horse-1 ", "blank"),
    ],
)
def test_a_password_that_the_pool_would_refuse_is_refused(password: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ResetPasswordIn(email="ada@example.com", code="123456", newPassword=password)  # type: ignore[call-arg]


@pytest.mark.parametrize(("field", "value"), [("seed", True), ("structureStrength", False)])
def test_true_and_false_are_no_numbers(user: User, field: str, value: bool) -> None:
    answer = call("renders", "POST", "/renders", headers=user.headers, json={field: value, "uploadedImageData": "AAAA"})

    assert answer.code == (400, "INVALID_INPUT")
    assert answer.json["details"]["fields"][0]["field"] == field


def test_a_picture_whose_text_is_too_long_is_not_decoded(user: User) -> None:
    text = "A" * (captures.MAX_BYTES * 3 // 2 + 1)

    answer = call("renders", "POST", "/renders", headers=user.headers, json={"uploadedImageData": text})

    assert answer.code == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(("down", "state"), [(0, "healthy"), (1, "degraded"), (2, "degraded"), (3, "down")])
def test_the_state_of_the_whole_follows_from_its_parts(down: int, state: str) -> None:
    assert _overall_state(down).value.lower() == state
