"""Sessions, and the rotation of their refresh tokens."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from renderiq.ids import time_of

SESSION_TTL: Final = timedelta(days=30)
ROTATION_GRACE: Final = timedelta(seconds=60)


def is_valid_after(session_id: str, mark: datetime | None) -> bool:
    """Returns whether the session was opened after the time since which sessions of its user are valid, if any."""
    return mark is None or time_of(session_id) > mark


class RefreshTokenState(Enum):
    """What a refresh token is to its session."""

    CURRENT = auto()
    """The valid token."""
    GRACE = auto()
    """The previous token, shortly after its rotation. The response with its successor may have been lost."""
    REUSED = auto()
    """Any other token: an old one, of which somebody has a copy, or a wrong one."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in plugin.

    ``refresh_hashes`` has more than one hash only if the same token was rotated twice within ``ROTATION_GRACE``.
    """

    session_id: str
    user_id: str
    refresh_hashes: frozenset[str]
    expires_at: datetime
    previous_hash: str | None = None
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    platform: str = "unknown"
    is_operator: bool = False
    """Whether the user was an operator at the sign-in."""

    def is_live(self, now: datetime) -> bool:
        """Returns whether the session is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def opened_at(self) -> datetime:
        """When the user signed in."""
        return time_of(self.session_id)

    def classify(self, refresh_hash: str, now: datetime) -> RefreshTokenState:
        """Returns what the token with this hash is to the session. Hashes are compared in constant time."""
        if any(hmac.compare_digest(known, refresh_hash) for known in self.refresh_hashes):
            return RefreshTokenState.CURRENT
        recent = self.rotated_at is not None and now - self.rotated_at <= ROTATION_GRACE
        if recent and self.previous_hash and hmac.compare_digest(self.previous_hash, refresh_hash):
            return RefreshTokenState.GRACE
        return RefreshTokenState.REUSED
