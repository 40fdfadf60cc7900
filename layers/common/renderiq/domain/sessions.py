"""A signed-in plugin: what a refresh token presented to its session means."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from renderiq.ids import time_of

SESSION_TTL: Final = timedelta(days=30)
ROTATION_GRACE: Final = timedelta(seconds=10)


def is_valid_after(session_id: str, mark: datetime | None) -> bool:
    """Returns whether the session was opened after the time since which sessions of its user are valid, if any."""
    return mark is None or time_of(session_id) > mark


class RefreshTokenState(Enum):
    CURRENT = auto()
    GRACE = auto()
    """The token before: the answer that carried its successor may have been lost."""
    REUSED = auto()


@dataclass(frozen=True, slots=True)
class Session:
    """``refresh_hashes`` holds more than one only while a rotation was asked for twice within ``ROTATION_GRACE``."""

    session_id: str
    user_id: str
    refresh_hashes: frozenset[str]
    expires_at: datetime
    previous_hash: str | None = None
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    platform: str = "unknown"

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    @property
    def opened_at(self) -> datetime:
        """When the user signed in."""
        return time_of(self.session_id)

    def classify(self, refresh_hash: str, now: datetime) -> RefreshTokenState:
        if any(hmac.compare_digest(known, refresh_hash) for known in self.refresh_hashes):
            return RefreshTokenState.CURRENT
        recent = self.rotated_at is not None and now - self.rotated_at <= ROTATION_GRACE
        if recent and self.previous_hash and hmac.compare_digest(self.previous_hash, refresh_hash):
            return RefreshTokenState.GRACE
        return RefreshTokenState.REUSED
