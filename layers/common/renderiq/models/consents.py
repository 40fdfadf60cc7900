"""Requests and responses of the consent endpoints."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from renderiq.domain.consents import ConsentName, ConsentState
from renderiq.models.wire import RejectBool, RejectNumber, Timestamp, WireModel


class ConsentIn(WireModel):
    """What the user answers to a version of a text."""

    version: Annotated[int, Field(ge=1), RejectBool] = Field(description="The version that the user has read.")
    granted: Annotated[bool, RejectNumber, Field(description="`false` refuses, or withdraws what was granted.")]


class ConsentOut(WireModel):
    """A consent: the text to show, and the user's last answer."""

    name: ConsentName
    version: int = Field(description="Of the text.")
    title: str
    text: str
    recipients: list[str] = Field(description="The companies that receive the data.")
    granted: bool = Field(description="Whether it counts as agreed to now.")
    answered_version: int | None = Field(None, description="The version that was answered. Absent if none was.")
    answered_at: Timestamp | None = None

    @classmethod
    def of(cls, state: ConsentState) -> ConsentOut:
        """Returns the response for a consent."""
        text, answer = state.text, state.answer
        return cls(
            name=text.name,
            version=text.version,
            title=text.title,
            text=text.text,
            recipients=list(text.recipients),
            granted=state.granted,
            answered_version=answer.version if answer else None,
            answered_at=answer.answered_at if answer else None,
        )


class ConsentList(WireModel):
    """All consents, also those that the user was never asked for."""

    consents: list[ConsentOut]
