"""Access tokens (JWT, HS256, RFC 7519) and refresh tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import jwt

from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import is_uuid, uuid7

ACCESS_TOKEN_TTL: Final = timedelta(hours=1)
_ISSUER: Final = "renderiq"
_AUDIENCE: Final = "renderiq-plugins"
_REQUIRED: Final = ["sub", "sid", "iat", "exp", "iss", "aud", "jti"]


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Key id → secret; ``current`` signs, every key verifies."""

    current: str
    secrets: dict[str, str]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: str
    session_id: str


def issue_access_token(user_id: str, session_id: str, *, keys: SigningKeys, now: datetime) -> str:
    claims = {
        "sub": user_id,
        "sid": session_id,
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_TOKEN_TTL).timestamp()),
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "jti": uuid7(),
    }
    return jwt.encode(claims, keys.secrets[keys.current], algorithm="HS256", headers={"kid": keys.current})


def key_id(token: str) -> str | None:
    """The ``kid`` that a token names, unverified; None where it is no token at all."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        return None
    return kid if isinstance(kid, str) else None


def verify_access_token(token: str, *, keys: SigningKeys, now: datetime) -> AccessClaims:
    """Raises ``INVALID_TOKEN`` or ``TOKEN_EXPIRED``."""
    secret = keys.secrets.get(key_id(token) or "")
    if secret is None:
        raise ApiError(ErrorCode.INVALID_TOKEN)
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            # the clock is ours, not PyJWT's: expiry is checked below
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise ApiError(ErrorCode.INVALID_TOKEN) from error
    if claims["exp"] <= now.timestamp():
        raise ApiError(ErrorCode.TOKEN_EXPIRED)
    return AccessClaims(claims["sub"], claims["sid"])


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """``rt_<session id>.<32 random bytes>``; only the hash of the second half is ever stored."""

    session_id: str
    secret: str

    def __str__(self) -> str:
        return f"rt_{self.session_id}.{self.secret}"

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @classmethod
    def new(cls, session_id: str) -> RefreshToken:
        return cls(session_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        """Raises ``REFRESH_FAILED`` for what cannot be one of ours."""
        session_id, dot, secret = text.removeprefix("rt_").partition(".")
        if not (text.startswith("rt_") and dot and is_uuid(session_id) and len(secret) == 43):
            raise ApiError(ErrorCode.REFRESH_FAILED)
        return cls(session_id, secret)
