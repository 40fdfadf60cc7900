"""Sessions: when one has ended, and what a presented refresh token means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.domain.sessions import ROTATION_GRACE, SESSION_TTL, RefreshTokenState, Session

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SESSION = Session("s", "u", frozenset({"current", "concurrent"}), NOW + MOMENT, "previous", NOW)


@pytest.mark.parametrize(
    ("session", "live"),
    [
        (SESSION, True),
        (replace(SESSION, expires_at=NOW), False),
        (replace(SESSION, expires_at=NOW - MOMENT), False),
        (replace(SESSION, revoked_at=NOW - MOMENT), False),
    ],
)
def test_a_session_is_live_until_it_expires_or_is_revoked(session: Session, live: bool) -> None:
    assert session.is_live(NOW) is live


@pytest.mark.parametrize(
    ("presented", "after", "state"),
    [
        ("current", timedelta(days=1), RefreshTokenState.CURRENT),
        ("concurrent", timedelta(days=1), RefreshTokenState.CURRENT),
        ("previous", timedelta(), RefreshTokenState.GRACE),
        ("previous", timedelta(seconds=60), RefreshTokenState.GRACE),
        ("previous", timedelta(seconds=60) + MOMENT, RefreshTokenState.REUSED),
        ("unknown", timedelta(), RefreshTokenState.REUSED),
    ],
)
def test_a_former_refresh_token_is_accepted_for_a_minute(
    presented: str, after: timedelta, state: RefreshTokenState
) -> None:
    assert SESSION.classify(presented, NOW + after) is state


@pytest.mark.parametrize("session", [replace(SESSION, previous_hash=None), replace(SESSION, rotated_at=None)])
def test_a_session_that_was_never_rotated_has_no_former_token(session: Session) -> None:
    assert session.classify("previous", NOW) is RefreshTokenState.REUSED


def test_a_session_lives_for_thirty_days_and_a_former_token_for_a_minute() -> None:
    assert (timedelta(days=30), timedelta(seconds=60)) == (SESSION_TTL, ROTATION_GRACE)
