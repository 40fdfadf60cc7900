"""Creating, listing, rotating, revoking and checking API keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from renderiq.domain.keys import MAX_ACTIVE, ApiKey, Scope, generate_key, hash_key, is_well_formed, shown_prefix
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.stores.keys import ActiveKeyLimitError, KeyStore


@dataclass(frozen=True, slots=True)
class KeyService:
    """Manages the API keys of users, and authenticates requests that carry one."""

    keys: KeyStore

    def create(
        self, user_id: str, name: str, scopes: frozenset[Scope], expires_at: datetime | None, *, now: datetime
    ) -> tuple[ApiKey, str]:
        """Returns the stored record and the plaintext key. Nobody can read the plaintext key again.

        Raises ``INVALID_INPUT`` if ``expires_at`` is in the past, and ``QUOTA_EXCEEDED``.
        """
        if expires_at is not None and expires_at <= now:
            raise invalid_field("expiresAt", "must lie ahead")
        secret = generate_key()
        key = ApiKey(hash_key(secret), uuid7(), user_id, name, shown_prefix(secret), scopes, now, expires_at)
        try:
            self.keys.add(key, now)
        except ActiveKeyLimitError as error:
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_ACTIVE} active keys. Revoke one first."
            ) from error
        return key, secret

    def of_user(self, user_id: str) -> list[ApiKey]:
        """Returns all keys of the user, revoked ones included."""
        return self.keys.of_user(user_id)

    def revoke(self, user_id: str, key_id: str, *, now: datetime) -> None:
        """Revokes a key at once. Raises ``NOT_FOUND``."""
        self.keys.revoke(user_id, key_id, now)

    def rotate(self, user_id: str, key_id: str, grace: timedelta, *, now: datetime) -> tuple[ApiKey, str]:
        """Creates a key with the same name, scopes and expiry. Returns its stored record and the plaintext key.

        The old key stays valid for ``grace``. Raises ``NOT_FOUND``.
        """
        secret = generate_key()

        def successor(old: ApiKey) -> ApiKey:
            return replace(
                old,
                key_hash=hash_key(secret),
                key_id=uuid7(),
                prefix=shown_prefix(secret),
                created_at=now,
                last_used_at=None,
                revoked_at=None,
            )

        return self.keys.replace(user_id, key_id, successor, until=now + grace, now=now), secret

    def authenticate(self, presented: str, *, now: datetime) -> ApiKey:
        """Returns the record of a valid key. A malformed key is rejected without a call to DynamoDB.

        Raises ``INVALID_API_KEY``, ``API_KEY_EXPIRED`` or ``API_KEY_REVOKED``.
        """
        if not is_well_formed(presented):
            raise ApiError(ErrorCode.INVALID_API_KEY)
        key = self.keys.use(hash_key(presented), now)
        if key is None:
            raise ApiError(ErrorCode.INVALID_API_KEY)
        if (code := key.rejection(now)) is not None:
            raise ApiError(code)
        return key
