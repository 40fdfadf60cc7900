"""Recording what users and organisations answer to consents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from renderiq.consent_texts import all_texts, newest_text
from renderiq.domain.audit import AuditAction, AuditEntry
from renderiq.domain.consents import ConsentAnswer, ConsentName, ConsentState
from renderiq.domain.organizations import Actor
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.services.consents import details
from renderiq.stores.audit import AuditStore
from renderiq.stores.consents import ConsentStore


@dataclass(frozen=True, slots=True)
class ConsentAnswers:
    """Records answers. ``audit`` returns the audit log, which only an organisation has."""

    consents: ConsentStore
    audit: Callable[[], AuditStore]

    def answer(
        self,
        owner_id: str,
        name: ConsentName,
        *,
        version: int,
        granted: bool,
        now: datetime,
        organization_actor: Actor | None = None,
    ) -> ConsentState:
        """Records what a user answers, or what ``organization_actor`` answers for an organisation and its members.

        The same answer once more changes nothing. Raises ``INVALID_INPUT`` for a version that there is not, and
        ``RESOURCE_CONFLICT`` with the newest text for an agreement to an older one. Any version can be withdrawn. An
        answer for an organisation has its entry in the audit log, in the same transaction.
        """
        text = newest_text(name)
        if not any(version == each.version for each in all_texts()[name]):
            raise invalid_field("version", f"must be {text.version}")
        if granted and version != text.version:
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT,
                "The text has changed. Show the new one before the user agrees to it.",
                consent=details(text),
            )
        before = self.consents.find(owner_id, name)
        if before and (before.version, before.granted) == (version, granted):
            return ConsentState.of(text, before)
        after = ConsentAnswer(name, version, granted, now)
        entry = _entry(owner_id, organization_actor, before, after) if organization_actor else None
        self.consents.add(owner_id, after, further=[self.audit().add_action(entry)] if entry else ())
        return ConsentState.of(text, after)


def _entry(organization_id: str, actor: Actor, before: ConsentAnswer | None, after: ConsentAnswer) -> AuditEntry:
    return AuditEntry.by(
        actor,
        organization_id,
        AuditAction.CONSENT_ANSWERED,
        f"consent#{after.name}",
        after.answered_at,
        before={"version": before.version, "granted": before.granted} if before else None,
        after={"version": after.version, "granted": after.granted},
    )
