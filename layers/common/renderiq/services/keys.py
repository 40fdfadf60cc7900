"""Creating, listing, rotating, revoking and checking API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from renderiq.clock import to_iso
from renderiq.domain.audit import AuditAction
from renderiq.domain.idempotency import claim_of
from renderiq.domain.keys import (
    MAX_ACTIVE,
    ApiKey,
    Scope,
    derive_key,
    generate_key,
    hash_key,
    is_well_formed,
    shown_prefix,
)
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.stores.idempotency import AlreadyAcceptedError
from renderiq.stores.items import Action
from renderiq.stores.keys import ActiveKeyLimitError, KeyStore

if TYPE_CHECKING:
    from renderiq.services.key_rules import KeyRules


@dataclass(frozen=True, slots=True)
class KeyService:
    """Manages the API keys of users, and authenticates requests that carry one."""

    keys: KeyStore

    def create(
        self,
        user_id: str,
        name: str,
        scopes: frozenset[Scope],
        expires_at: datetime | None,
        *,
        idempotency_key: str | None = None,
        masters: Sequence[str] = (),
        now: datetime,
        rules: KeyRules | None = None,
    ) -> tuple[ApiKey, str]:
        """Returns the stored record and the plaintext key.

        With an idempotency key, the plaintext key is derived from the record's id and the first of ``masters``, the
        secrets of this stack, the current one first. So a repeated request gets it again, although only its hash is
        stored. Without an idempotency key, nobody can read the plaintext key again.

        ``rules`` are those of the organisation that ``user_id`` names; None for a user.

        Raises ``INVALID_INPUT`` if ``expires_at`` is in the past or against the rules, ``QUOTA_EXCEEDED``,
        ``IDEMPOTENCY_KEY_REUSED``, and ``RESOURCE_CONFLICT`` if the earlier key of a repeated request cannot be shown
        again.
        """
        if expires_at is not None and expires_at <= now:
            raise invalid_field("expiresAt", "must lie ahead")
        if rules:
            rules.check_expiry(expires_at, now)
        claim = claim_of(
            idempotency_key, name=name, scopes=sorted(scopes), expires_at=to_iso(expires_at) if expires_at else None
        )
        key_id = uuid7()
        secret = derive_key(masters[0], key_id) if claim else generate_key()
        key = ApiKey(
            hash_key(secret),
            key_id,
            user_id,
            name,
            shown_prefix(secret),
            scopes,
            now,
            expires_at,
            created_by=rules.actor.actor_id if rules else None,
        )
        try:
            self.keys.add(key, now, claim, further=[rules.entry(AuditAction.KEY_CREATED, key, now)] if rules else [])
        except AlreadyAcceptedError as earlier:
            return self._show_again(earlier.check(claim), masters)
        except ActiveKeyLimitError as error:
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_ACTIVE} active keys. Revoke one first."
            ) from error
        return key, secret

    def _show_again(self, key_hash: str, masters: Sequence[str]) -> tuple[ApiKey, str]:
        key = self.keys.find(key_hash)
        if key is not None:
            for secret in (derive_key(master, key.key_id) for master in masters):
                if hash_key(secret) == key_hash:
                    return key, secret
        raise ApiError(
            ErrorCode.RESOURCE_CONFLICT, "An earlier request with this Idempotency-Key created a key. Rotate that key."
        )

    def page(self, user_id: str, *, limit: int, before: str | None) -> tuple[list[ApiKey], str | None]:
        """Returns keys of the user, newest first, revoked ones included, and the cursor of the next page."""
        return self.keys.page(user_id, limit=limit, before=before)

    def of_user(self, user_id: str) -> list[ApiKey]:
        """Returns all keys of the user, newest first, revoked ones included."""
        return self.keys.of_user(user_id)

    def revoke(self, user_id: str, key_id: str, *, now: datetime, rules: KeyRules | None = None) -> None:
        """Revokes a key at once. Raises ``NOT_FOUND``."""

        def audited(key: ApiKey) -> list[Action]:
            return [rules.entry(AuditAction.KEY_REVOKED, key, now)] if rules else []

        self.keys.revoke(user_id, key_id, now, further=audited if rules else None)

    def rotate(
        self, user_id: str, key_id: str, grace: timedelta, *, now: datetime, rules: KeyRules | None = None
    ) -> tuple[ApiKey, str]:
        """Creates a key with the same name, scopes and expiry. Returns its stored record and the plaintext key.

        The old key stays valid for ``grace``. Raises ``NOT_FOUND``, and ``INVALID_INPUT`` if the expiry is against the
        rules of an organisation.
        """
        secret = generate_key()

        def audited(old: ApiKey, new: ApiKey) -> list[Action]:
            return [rules.entry(AuditAction.KEY_ROTATED, new, now, earlier=old)] if rules else []

        def successor(old: ApiKey) -> ApiKey:
            if rules:
                rules.check_expiry(old.expires_at, now)
            return replace(
                old,
                key_hash=hash_key(secret),
                key_id=uuid7(),
                prefix=shown_prefix(secret),
                created_at=now,
                last_used_at=None,
                revoked_at=None,
            )

        return self.keys.replace(user_id, key_id, successor, until=now + grace, now=now, further=audited), secret

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
