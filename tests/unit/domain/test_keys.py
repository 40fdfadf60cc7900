"""API keys: their form, their hash and when they are refused."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest

from renderiq.domain import keys
from renderiq.domain.keys import ApiKey, Scope, generate_key, hash_key, is_well_formed, shown_prefix
from renderiq.errors import ErrorCode

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def key(*, expires_at: datetime | None = None, revoked_at: datetime | None = None) -> ApiKey:
    return ApiKey("hash", "id", "user", "CI", "rk_live_abcd", frozenset(Scope), NOW, expires_at, None, revoked_at)


@pytest.mark.parametrize(
    ("stored", "rejection"),
    [
        (key(), None),
        (key(expires_at=NOW + MOMENT, revoked_at=NOW + MOMENT), None),
        (key(expires_at=NOW), ErrorCode.API_KEY_EXPIRED),
        (key(expires_at=NOW - MOMENT), ErrorCode.API_KEY_EXPIRED),
        (key(revoked_at=NOW), ErrorCode.API_KEY_REVOKED),
        (key(revoked_at=NOW - MOMENT, expires_at=NOW - MOMENT), ErrorCode.API_KEY_REVOKED),
    ],
)
def test_a_key_is_refused_from_its_expiry_or_revocation_on(stored: ApiKey, rejection: ErrorCode | None) -> None:
    assert stored.rejection(NOW) is rejection


def test_a_key_is_thirty_random_characters_and_their_checksum() -> None:
    generated = generate_key()

    assert re.fullmatch("rk_live_[0-9A-Za-z]{36}", generated)
    assert generate_key() != generated
    checksum = 0
    for digit in generated[-6:]:
        checksum = 62 * checksum + DIGITS.index(digit)
    assert checksum == crc32(generated[8:-6].encode())


def test_the_checksum_never_changes() -> None:
    assert is_well_formed("rk_live_" + "0" * 30 + "2C8GjS")


@pytest.mark.parametrize("length", [29, 31])
def test_a_key_of_another_length_is_malformed_even_with_its_checksum(length: int) -> None:
    body = "0" * length

    assert not is_well_formed("rk_live_" + body + keys._checksum(body))


def test_a_key_with_another_prefix_is_malformed() -> None:
    assert not is_well_formed("rk_test_" + "0" * 30 + "2C8GjS")


def test_a_key_is_stored_as_its_sha256() -> None:
    assert hash_key("rk_live_x") == hashlib.sha256(b"rk_live_x").hexdigest()


def test_four_characters_after_the_prefix_may_be_shown() -> None:
    assert shown_prefix("rk_live_abcdefgh") == "rk_live_abcd"


def test_the_limits_of_keys_are_as_documented() -> None:
    assert (20, timedelta(days=30)) == (keys.MAX_ACTIVE, keys.MAX_GRACE)
    of_users = ["renders:create", "renders:read", "projects:read", "webhook:write", "metrics:read"]
    assert [*Scope] == [*of_users, "org:read", "org:admin"]


def test_a_mistyped_key_is_detected_without_a_lookup() -> None:
    key = generate_key()
    flipped = key[:12] + ("a" if key[12] != "a" else "b") + key[13:]

    assert len(key) == len("rk_live_") + 36
    assert is_well_formed(key)
    assert not any(
        map(is_well_formed, [flipped, key[:-1], key + "a", key.upper(), "", "rk_live_", "rk_live_" + "é" * 36])
    )
