"""Making, replacing and checking API keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from renderiq.domain.keys import ApiKey, Scope, hash_of, is_well_formed, new_key, shown_prefix
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.stores.keys import KeyStore


def create_key(
    user_id: str, name: str, scopes: frozenset[Scope], expires_at: datetime | None, *, keys: KeyStore, now: datetime
) -> tuple[ApiKey, str]:
    """The key as it is kept, and itself, which nobody can show again.

    Raises ``INVALID_INPUT`` for an expiry that has passed, ``QUOTA_EXCEEDED``.
    """
    if expires_at is not None and expires_at <= now:
        raise invalid_field("expiresAt", "must lie ahead")
    secret = new_key()
    key = ApiKey(hash_of(secret), uuid7(), user_id, name, shown_prefix(secret), scopes, now, expires_at)
    keys.add(key, now)
    return key, secret


def rotate_key(user_id: str, key_id: str, grace: timedelta, *, keys: KeyStore, now: datetime) -> tuple[ApiKey, str]:
    """A new key with the same name, scopes and expiry; the old one is accepted for ``grace``. Raises ``NOT_FOUND``."""
    secret = new_key()

    def successor(old: ApiKey) -> ApiKey:
        return replace(
            old,
            key_hash=hash_of(secret),
            key_id=uuid7(),
            prefix=shown_prefix(secret),
            created_at=now,
            last_used_at=None,
            revoked_at=None,
        )

    return keys.replace(user_id, key_id, successor, until=now + grace, now=now), secret


def accept_key(presented: str, *, keys: KeyStore, now: datetime) -> ApiKey:
    """Raises ``INVALID_API_KEY`` (without a look-up for what cannot be one), ``_EXPIRED`` or ``_REVOKED``."""
    if not is_well_formed(presented):
        raise ApiError(ErrorCode.INVALID_API_KEY)
    key = keys.use(hash_of(presented), now)
    if key is None:
        raise ApiError(ErrorCode.INVALID_API_KEY)
    if (code := key.refusal(now)) is not None:
        raise ApiError(code)
    return key
