"""The audit log of an organisation: who changed what, when, from where, and what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from renderiq.ids import uuid7

if TYPE_CHECKING:
    from renderiq.domain.organizations import Actor

AUDIT_TTL: Final = timedelta(days=365)
"""How long an entry is kept."""


class AuditAction(StrEnum):
    """What was done."""

    ORGANIZATION_CREATED = "organization.created"
    ORGANIZATION_RENAMED = "organization.renamed"
    POLICY_CHANGED = "policy.changed"
    PLAN_CHANGED = "plan.changed"
    MEMBER_INVITED = "member.invited"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_LEFT = "member.left"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    KEY_ROTATED = "key.rotated"
    CREDITS_GRANTED = "credits.granted"
    CONSENT_ANSWERED = "consent.answered"
    ORGANIZATION_EXPORTED = "organization.exported"
    ORGANIZATION_DELETED = "organization.deleted"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. It is never changed or deleted; it expires after a year.

    ``actor`` is a user id, ``key#<key id>`` or ``operator``. ``subject`` is what was changed: ``organization``,
    ``member#<user id>``, ``invitation#<id>``, ``key#<id>``, ``consent#<name>`` or ``credits``.
    """

    organization_id: str
    entry_id: str
    at: datetime
    actor: str
    address: str | None
    action: AuditAction
    subject: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def by(
        cls,
        actor: Actor,
        organization_id: str,
        action: AuditAction,
        subject: str,
        now: datetime,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """Returns a new entry about what ``actor`` does now."""
        return cls(
            organization_id, uuid7(), now, actor.actor_id, actor.address, action, subject, before or {}, after or {}
        )


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which entries to list. ``since`` is inclusive and ``until`` exclusive."""

    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
