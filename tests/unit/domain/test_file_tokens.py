"""Tokens of links to images grant what their signer signed, and nothing else."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.file_tokens import FileGrant, read_file_token, sign_file_token

EXPIRES_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
KEY = "renders/ada/villa/output.png"


def test_a_token_is_read_by_its_secret_alone() -> None:
    grant = FileGrant(KEY, EXPIRES_AT)
    token = sign_file_token(grant, secret_id="new", secret="a secret")

    assert read_file_token(token, secrets={"old": "another secret", "new": "a secret"}) == grant
    assert read_file_token(token, secrets={"new": "another secret"}) is None
    assert read_file_token(token, secrets={"old": "a secret"}) is None


def test_a_token_that_was_changed_anywhere_is_not_read() -> None:
    token = sign_file_token(FileGrant(KEY, EXPIRES_AT), secret_id="id", secret="a secret")
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]

    assert [each for each in changed if read_file_token(each, secrets={"id": "a secret"})] == []


@pytest.mark.parametrize("token", ["", ".", "a.b", "a" * 5000, "é.ü", "AAAA.AAAA", "AAAAAAAAAAAAAAAA."])
def test_text_that_is_no_token_is_not_read(token: str) -> None:
    assert read_file_token(token, secrets={"id": "a secret"}) is None


@pytest.mark.parametrize("key", ["k", "ke", "key"])
def test_a_token_can_be_written_in_one_way_only(key: str) -> None:
    token = sign_file_token(FileGrant(key, EXPIRES_AT), secret_id="id", secret="a secret")
    payload, _, signature = token.partition(".")
    others = [f"{payload[:-1]}{last}.{signature}" for last in string.ascii_letters if last != payload[-1]]
    others += [f"{payload}.{signature[:-1]}{last}" for last in string.ascii_letters if last != signature[-1]]

    assert [each for each in (*others, f"{token}=") if read_file_token(each, secrets={"id": "a secret"})] == []


@pytest.mark.parametrize("current", range(8))
def test_a_token_is_read_by_the_one_of_many_secrets_that_signed_it(current: int) -> None:
    secrets = {f"version {number}": f"secret {number}" for number in range(8)}
    grant = FileGrant(KEY, EXPIRES_AT)
    token = sign_file_token(grant, secret_id=f"version {current}", secret=f"secret {current}")

    assert read_file_token(token, secrets=secrets) == grant


def test_fractions_of_a_second_are_dropped() -> None:
    late = FileGrant(KEY, EXPIRES_AT + timedelta(milliseconds=999))
    token = sign_file_token(late, secret_id="id", secret="a secret")

    assert read_file_token(token, secrets={"id": "a secret"}) == FileGrant(KEY, EXPIRES_AT)


def test_a_key_of_one_letter_is_the_shortest() -> None:
    shortest, empty = FileGrant("k", EXPIRES_AT), FileGrant("", EXPIRES_AT)

    def read(grant: FileGrant) -> FileGrant | None:
        return read_file_token(sign_file_token(grant, secret_id="id", secret="a secret"), secrets={"id": "a secret"})

    assert read(shortest) == shortest
    assert read(empty) is None


def test_a_token_is_the_same_in_every_version() -> None:
    token = sign_file_token(FileGrant(KEY, EXPIRES_AT), secret_id="id", secret="a secret")

    assert token == "pWFFJ2m1Kd1yZW5kZXJzL2FkYS92aWxsYS9vdXRwdXQucG5n.kpIgyzgoOwmLAf_9J3wQMDa6mRhwgwJY4-z8xUOHQK0"
