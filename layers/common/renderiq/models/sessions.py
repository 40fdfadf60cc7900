"""Responses of the session endpoints."""

from __future__ import annotations

from datetime import datetime

from renderiq.domain.sessions import Session
from renderiq.models.responses import ResponseModel, described


class SessionOut(ResponseModel):
    """A session: one sign-in of a plugin."""

    id: str
    platform: str = described("The application whose plugin signed in.")
    current: bool = described("Whether it is the session of this request.")
    created_at: datetime
    last_refreshed_at: datetime | None = None
    expires_at: datetime = described("When it ends unless it is refreshed before.")

    @classmethod
    def of(cls, session: Session, current: str) -> SessionOut:
        """Returns the session as its user sees it. ``current`` is the id of the request's session."""
        return cls(
            id=session.session_id,
            platform=session.platform,
            current=session.session_id == current,
            created_at=session.opened_at,
            last_refreshed_at=session.rotated_at,
            expires_at=session.expires_at,
        )


class SessionList(ResponseModel):
    """The sessions of a user that have not ended, newest first."""

    sessions: list[SessionOut]


class SessionEnded(ResponseModel):
    """The session has ended."""

    id: str
    ended: bool = True
