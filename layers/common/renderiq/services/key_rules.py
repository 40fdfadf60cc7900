"""What an organisation demands of its keys, and the entries of its audit log about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renderiq.clock import to_iso
from renderiq.domain.audit import AuditAction, AuditEntry
from renderiq.domain.keys import ApiKey
from renderiq.domain.organizations import Actor, Organization
from renderiq.errors import invalid_field
from renderiq.stores.audit import AuditStore
from renderiq.stores.items import Action


@dataclass(frozen=True, slots=True)
class KeyRules:
    """The rules for the keys of an organisation, as ``actor`` changes them."""

    organization: Organization
    actor: Actor
    audit: AuditStore

    def check_expiry(self, expires_at: datetime | None, now: datetime) -> None:
        """Raises ``INVALID_INPUT`` if a new key would be valid for longer than the policy allows."""
        if not self.organization.policy.admits_expiry(expires_at, now):
            days = self.organization.policy.max_key_days
            raise invalid_field("expiresAt", f"a key of this organization is valid for at most {days} days")

    def entry(self, action: AuditAction, key: ApiKey, now: datetime, *, earlier: ApiKey | None = None) -> Action:
        """Returns the action of a transaction that adds an entry about a key, which may replace an ``earlier`` one."""
        facts = _facts(key)
        gone = facts if action is AuditAction.KEY_REVOKED else _facts(earlier) if earlier else {}
        entry = AuditEntry.by(
            self.actor,
            self.organization.organization_id,
            action,
            f"key#{(earlier or key).key_id}",
            now,
            before=gone,
            after={} if action is AuditAction.KEY_REVOKED else facts,
        )
        return self.audit.add_action(entry)


def _facts(key: ApiKey) -> dict[str, Any]:
    facts = {
        "id": key.key_id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "expiresAt": to_iso(key.expires_at) if key.expires_at else None,
    }
    return {name: value for name, value in facts.items() if value is not None}
