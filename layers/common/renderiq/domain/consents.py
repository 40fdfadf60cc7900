"""Consents: the texts that users agree to, and the record of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from renderiq.domain.precedence import effective


class ConsentName(StrEnum):
    """What a user is asked to agree to."""

    MODEL_UPLOAD = "model_upload"
    """Sending a whole 3D model."""
    THIRD_PARTY_AI = "third_party_ai"
    """Sending pictures and prompts to an AI service of another company."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A version of a text.

    ``asked_from`` is the oldest version whose consent still counts: a new version that only corrects a word need not be
    asked again. ``recipients`` are the companies that receive the data.
    """

    name: ConsentName
    version: int
    asked_from: int
    title: str
    text: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What a user answered to a version of a text, and when."""

    name: ConsentName
    version: int
    granted: bool
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The newest version of a text and the user's last answer, if there is one. ``granted`` is what counts."""

    text: ConsentText
    answer: ConsentAnswer | None
    granted: bool

    @classmethod
    def of(cls, text: ConsentText, answer: ConsentAnswer | None, *, organization: bool | None = None) -> ConsentState:
        """Returns the state. ``organization`` is what an organization has answered for its members, if it has."""
        return cls(text, answer, is_granted(text, answer, organization=organization))


def agrees(text: ConsentText, answer: ConsentAnswer | None) -> bool | None:
    """Returns whether an answer agrees to what a text is about, or None if there is no answer."""
    return None if answer is None else answer.granted and answer.version >= text.asked_from


def is_granted(text: ConsentText, answer: ConsentAnswer | None, *, organization: bool | None = None) -> bool:
    """Returns whether the user may do what the text is about.

    An organization's answer counts over the user's, in both directions. Without any answer nothing is granted.
    """
    return effective(organization, agrees(text, answer), False)
