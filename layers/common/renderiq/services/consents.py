"""Consents: showing the texts, and asking whether something was agreed to."""

from __future__ import annotations

from dataclasses import dataclass

from renderiq.consent_texts import newest_text
from renderiq.domain.consents import ConsentName, ConsentState, ConsentText, agrees, is_granted
from renderiq.domain.credits import is_member
from renderiq.errors import ApiError, ErrorCode
from renderiq.stores.consents import ConsentStore


@dataclass(frozen=True, slots=True)
class ConsentService:
    """Reads the consents of users and organisations.

    For what is an organisation's, ``member_id`` in its methods is who asks for it: a user id, or ``key#<key id>``. What
    the organisation has answered counts over what the member has answered; for a key, nobody else has.
    """

    consents: ConsentStore

    def list(self, owner_id: str, *, member_id: str | None = None) -> list[ConsentState]:
        """Returns each consent with its newest text and the answer that counts."""
        answers = self.consents.current(owner_id)
        if member_id is None:
            return [ConsentState.of(newest_text(name), answers.get(name)) for name in ConsentName]
        theirs = self.consents.current(member_id) if is_member(member_id) else {}
        return [
            ConsentState.of(text, answers.get(name) or theirs.get(name), organization=agrees(text, answers.get(name)))
            for name, text in ((name, newest_text(name)) for name in ConsentName)
        ]

    def is_granted(self, owner_id: str, name: ConsentName, *, member_id: str | None = None) -> bool:
        """Returns whether it was agreed to. The store is asked each time, so that a withdrawal counts at once."""
        text, answer = newest_text(name), self.consents.find(owner_id, name)
        if member_id is None:
            return is_granted(text, answer)
        organization = agrees(text, answer)
        if organization is None and is_member(member_id):
            return is_granted(text, self.consents.find(member_id, name))
        return is_granted(text, None, organization=organization)

    def require(self, owner_id: str, name: ConsentName | None, *, member_id: str | None = None) -> None:
        """Raises ``CONSENT_REQUIRED`` with the text unless it was agreed to. None needs no consent, and no call."""
        if name is not None and not self.is_granted(owner_id, name, member_id=member_id):
            text = newest_text(name)
            raise ApiError(ErrorCode.CONSENT_REQUIRED, f"Agree first: {text.title}.", consent=details(text))


def details(text: ConsentText) -> dict[str, object]:
    """Returns a text as an error shows it, so that a plugin can ask the user at once."""
    return {
        "name": text.name,
        "version": text.version,
        "title": text.title,
        "text": text.text,
        "recipients": list(text.recipients),
    }
