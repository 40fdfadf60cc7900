"""Access tokens (JWT, HS256, RFC 7519) and refresh tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import jwt

from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import is_uuid, uuid7

ACCESS_TOKEN_TTL: Final = timedelta(hours=1)
_ISSUER: Final = "renderiq"
_AUDIENCE: Final = "renderiq-plugins"
_REMEMBERED: Final = 256
"""Tokens that a container remembers."""
_REQUIRED: Final = ["sub", "sid", "iat", "exp", "iss", "aud", "jti"]


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
    is_operator: bool = False


def issue_access_token(
    user_id: str, session_id: str, *, keys: SigningKeys, now: datetime, is_operator: bool = False
) -> str:
    """Returns a new access token, which expires after ``ACCESS_TOKEN_TTL``."""
    claims: dict[str, object] = {
        "sub": user_id,
        "sid": session_id,
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_TOKEN_TTL).timestamp()),
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "jti": uuid7(),
    }
    if is_operator:
        claims["operator"] = True
    return jwt.encode(claims, keys.secrets[keys.current], algorithm="HS256", headers={"kid": keys.current})


@lru_cache(maxsize=_REMEMBERED)
def key_id(token: str) -> str | None:
    """Returns the unverified key id (``kid``) of a token, or None if it is not a JWT with one."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        return None
    return kid if isinstance(kid, str) else None


def verify_access_token(token: str, *, keys: SigningKeys, now: datetime) -> AccessClaims:
    """Returns the claims of a valid access token. Raises ``INVALID_TOKEN`` or ``TOKEN_EXPIRED``."""
    secret = keys.secrets.get(key_id(token) or "")
    if secret is None:
        raise ApiError(ErrorCode.INVALID_TOKEN)
    claims, expires_at = _verified(token, secret)
    if expires_at <= now.timestamp():
        raise ApiError(ErrorCode.TOKEN_EXPIRED)
    return claims


# A plugin sends the same token for an hour. What was verified once stays true for its secret, except the expiry.
# Tokens that are not valid are not remembered.
@lru_cache(maxsize=_REMEMBERED)
def _verified(token: str, secret: str) -> tuple[AccessClaims, int]:
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            # PyJWT reads the system clock; the caller checks the expiry.
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise ApiError(ErrorCode.INVALID_TOKEN) from error
    return AccessClaims(claims["sub"], claims["sid"], claims.get("operator") is True), claims["exp"]


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
