"""Access tokens are accepted only if they are ours, unexpired and signed with a valid key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from renderiq.errors import ApiError
from renderiq.tokens import RefreshToken, SigningKeys, issue_access_token, verify_access_token

NOW = datetime(2026, 5, 1, tzinfo=UTC)
KEYS = SigningKeys("k2", {"k2": "b" * 64, "k1": "a" * 64})


def refused(token: str, now: datetime = NOW) -> str:
    with pytest.raises(ApiError) as error:
        verify_access_token(token, keys=KEYS, now=now)
    return error.value.code.name


def test_a_token_names_its_user_and_its_session() -> None:
    claims = verify_access_token(issue_access_token("u", "s", keys=KEYS, now=NOW), keys=KEYS, now=NOW)

    assert (claims.user_id, claims.session_id) == ("u", "s")


def test_a_token_of_the_previous_key_is_accepted() -> None:
    old = SigningKeys("k1", {"k1": "a" * 64})

    assert verify_access_token(issue_access_token("u", "s", keys=old, now=NOW), keys=KEYS, now=NOW).user_id == "u"


def test_a_token_expires_after_an_hour() -> None:
    token = issue_access_token("u", "s", keys=KEYS, now=NOW)

    assert verify_access_token(token, keys=KEYS, now=NOW + timedelta(minutes=59)).user_id == "u"
    assert refused(token, NOW + timedelta(hours=1)) == "TOKEN_EXPIRED"


@pytest.mark.parametrize("change", [{"aud": "others"}, {"iss": "others"}, {"sid": None}, {"exp": None}])
def test_a_token_for_another_purpose_is_refused(change: dict[str, object]) -> None:
    claims = jwt.decode(issue_access_token("u", "s", keys=KEYS, now=NOW), options={"verify_signature": False})
    forged = {name: value for name, value in (claims | change).items() if value is not None}

    assert refused(jwt.encode(forged, "b" * 64, "HS256", headers={"kid": "k2"})) == "INVALID_TOKEN"


def test_an_unsigned_token_is_refused() -> None:
    claims = jwt.decode(issue_access_token("u", "s", keys=KEYS, now=NOW), options={"verify_signature": False})

    assert refused(jwt.encode(claims, "", "none", headers={"kid": "k2"})) == "INVALID_TOKEN"


def test_a_token_of_another_key_is_refused() -> None:
    assert refused(issue_access_token("u", "s", keys=SigningKeys("k2", {"k2": "c" * 64}), now=NOW)) == "INVALID_TOKEN"


@pytest.mark.parametrize("text", ["", "rt_", "rt_x.y", "rt_" + "0" * 36 + "." + "a" * 43, "eyJ.a.b"])
def test_a_malformed_refresh_token_is_refused_before_any_lookup(text: str) -> None:
    with pytest.raises(ApiError, match="refresh token"):
        RefreshToken.parse(text)


def test_a_refresh_token_can_be_parsed_again() -> None:
    token = RefreshToken.new("01a2045f-da96-7a5e-ab86-15a988b167dd")

    assert RefreshToken.parse(str(token)) == token
    assert token.secret not in token.hash
