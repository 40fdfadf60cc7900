"""Access tokens are accepted only if they are ours, unexpired and signed with a valid key."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode as b64
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from renderiq.errors import ApiError
from renderiq.tokens import RefreshToken, SigningKeys, issue_access_token, verify_access_token

DEEP = b64(b"[" * 9_000).decode()
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


def test_a_token_is_a_jwt_that_a_library_verifies() -> None:
    token = issue_access_token("u", "s", keys=KEYS, now=NOW)

    claims = jwt.decode(
        token, "b" * 64, algorithms=["HS256"], audience="renderiq-plugins", options={"verify_exp": False}
    )
    assert (claims["sub"], jwt.get_unverified_header(token)["kid"]) == ("u", "k2")


def test_a_token_with_another_algorithm_is_refused_though_its_signature_fits() -> None:
    claims = jwt.decode(issue_access_token("u", "s", keys=KEYS, now=NOW), options={"verify_signature": False})
    header, payload = (
        part.rstrip(b"=") for part in (b64(b'{"alg":"none","kid":"k2"}'), b64(json.dumps(claims).encode()))
    )
    signed = header + b"." + payload
    signature = b64(hmac.digest(b"b" * 64, signed, "sha256")).rstrip(b"=")

    assert refused((signed + b"." + signature).decode()) == "INVALID_TOKEN"


@pytest.mark.parametrize("change", ["é", "=", " ", ".", "A"])
def test_a_signature_has_one_spelling(change: str) -> None:
    token = issue_access_token("u", "s", keys=KEYS, now=NOW)

    assert refused(token + change) == "INVALID_TOKEN"


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b", "a.b.c", "é.é.é", "bnVsbA.bnVsbA.", "eyJraWQiOiJrMiJ9..", DEEP]
)
def test_text_that_is_no_token_is_refused(token: str) -> None:
    assert refused(token) == "INVALID_TOKEN"


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
