"""Access tokens (JWT, HS256, RFC 7519) and refresh tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import is_uuid, uuid7

ACCESS_TOKEN_TTL: Final = timedelta(hours=1)
_ISSUER: Final = "renderiq"
_AUDIENCE: Final = "renderiq-plugins"
_ALGORITHM: Final = "HS256"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The secrets of access tokens by key id. The key ``current`` signs; all of them verify."""

    current: str
    secrets: dict[str, str]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says."""

    user_id: str
    session_id: str


def issue_access_token(user_id: str, session_id: str, *, keys: SigningKeys, now: datetime) -> str:
    """Returns a new access token, which expires after ``ACCESS_TOKEN_TTL``."""
    claims = {
        "sub": user_id,
        "sid": session_id,
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_TOKEN_TTL).timestamp()),
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "jti": uuid7(),
    }
    header = {"alg": _ALGORITHM, "kid": keys.current, "typ": "JWT"}
    signed = f"{_encoded(_to_json(header))}.{_encoded(_to_json(claims))}"
    return f"{signed}.{_signature(signed, keys.secrets[keys.current])}"


def key_id(token: str) -> str | None:
    """Returns the unverified key id (``kid``) of a token, or None if it is not a JWT with one."""
    try:
        kid = _read_part(token.partition(".")[0]).get("kid")
    except ValueError:
        return None
    return kid if isinstance(kid, str) else None


def verify_access_token(token: str, *, keys: SigningKeys, now: datetime) -> AccessClaims:
    """Returns the claims of a valid access token. Raises ``INVALID_TOKEN`` or ``TOKEN_EXPIRED``.

    The algorithm is HS256, whatever the token says. The signature is compared in its one canonical encoding, and
    nothing but the header is read before.
    """
    secret = keys.secrets.get(key_id(token) or "")
    signed, _, signature = token.rpartition(".")
    if secret is None or not token.isascii() or not hmac.compare_digest(_signature(signed, secret), signature):
        raise ApiError(ErrorCode.INVALID_TOKEN)
    try:
        header, payload = signed.split(".")
        is_ours = _read_part(header).get("alg") == _ALGORITHM and _is_access_token(claims := _read_part(payload))
    except ValueError as error:
        raise ApiError(ErrorCode.INVALID_TOKEN) from error
    if not is_ours:
        raise ApiError(ErrorCode.INVALID_TOKEN)
    if claims["exp"] <= now.timestamp():
        raise ApiError(ErrorCode.TOKEN_EXPIRED)
    return AccessClaims(claims["sub"], claims["sid"])


def unverified_claims(token: str) -> dict[str, Any]:
    """Returns the claims of a token that came from its issuer itself. Raises ValueError if it is not a JWT."""
    _, payload, _ = token.split(".")
    return _read_part(payload)


def _is_access_token(claims: dict[str, Any]) -> bool:
    of_this_api = claims.get("iss") == _ISSUER and claims.get("aud") == _AUDIENCE
    texts = all(isinstance(claims.get(name), str) for name in ("sub", "sid", "jti"))
    # A bool is an int, and is no time.
    return of_this_api and texts and all(type(claims.get(name)) is int for name in ("iat", "exp"))


def _signature(signed: str, secret: str) -> str:
    return _encoded(hmac.digest(secret.encode(), signed.encode(), "sha256"))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _to_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _read_part(part: str) -> dict[str, Any]:
    """Raises ValueError if the part is not the base64url of a JSON object."""
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except RecursionError as error:
        raise ValueError("too many levels") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token: ``rt_<session id>.<32 random bytes>``. Only the hash of the random part is stored."""

    session_id: str
    secret: str

    def __str__(self) -> str:
        return f"rt_{self.session_id}.{self.secret}"

    @property
    def hash(self) -> str:
        """The SHA-256 of the random part, in hexadecimal."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @classmethod
    def new(cls, session_id: str) -> RefreshToken:
        """Returns a new token of a session."""
        return cls(session_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        """Reads a token. Raises ``REFRESH_FAILED`` if it is malformed."""
        session_id, dot, secret = text.removeprefix("rt_").partition(".")
        if not (text.startswith("rt_") and dot and is_uuid(session_id) and len(secret) == 43):
            raise ApiError(ErrorCode.REFRESH_FAILED)
        return cls(session_id, secret)
