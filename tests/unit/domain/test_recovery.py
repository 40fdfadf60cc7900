"""What the sweeper does with a due render, and when it enqueues one again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.domain.recovery import MAX_WAIT, DueRender, RecoveryAction, recovery_action, redelivery_delay
from renderiq.domain.renders import MAX_ATTEMPTS, Status

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def due_render(status: Status = Status.PENDING, **more: Any) -> DueRender:
    known = {"attempts": 0, "cost": 5, "created_at": NOW - MINUTE, "due_at": NOW, "since": NOW - MINUTE, **more}
    return DueRender("user", "render", status, **known)


@pytest.mark.parametrize(
    ("render", "expected"),
    [
        (due_render(due_at=NOW + MINUTE), RecoveryAction.WAIT),
        (due_render(), RecoveryAction.REDELIVER),
        (due_render(due_at=NOW + MOMENT), RecoveryAction.WAIT),
        (due_render(due_at=NOW - MINUTE), RecoveryAction.REDELIVER),
        (due_render(created_at=NOW - MAX_WAIT), RecoveryAction.TERMINATE),
        (due_render(created_at=NOW - timedelta(hours=6)), RecoveryAction.TERMINATE),
        (due_render(created_at=NOW - timedelta(hours=7)), RecoveryAction.TERMINATE),
        (due_render(created_at=NOW - timedelta(hours=6) + MOMENT), RecoveryAction.REDELIVER),
        (due_render(Status.PENDING, attempts=MAX_ATTEMPTS - 1), RecoveryAction.REDELIVER),
        (due_render(Status.PROCESSING, attempts=1, lease_until=NOW), RecoveryAction.WAIT),
        (due_render(Status.PROCESSING, attempts=1, lease_until=NOW - MOMENT), RecoveryAction.REDELIVER),
        (due_render(Status.PROCESSING, attempts=MAX_ATTEMPTS + 1), RecoveryAction.TERMINATE),
        (due_render(Status.PROCESSING, attempts=1, lease_until=NOW + MINUTE), RecoveryAction.WAIT),
        (due_render(Status.PROCESSING, attempts=MAX_ATTEMPTS, lease_until=NOW + MINUTE), RecoveryAction.WAIT),
        (due_render(Status.PROCESSING, attempts=1, lease_until=NOW - MINUTE), RecoveryAction.REDELIVER),
        (due_render(Status.PROCESSING, attempts=MAX_ATTEMPTS, lease_until=NOW - MINUTE), RecoveryAction.TERMINATE),
        (due_render(Status.COMPLETED, attempts=1), RecoveryAction.PUBLISH),
        (due_render(Status.CANCELLED, created_at=NOW - MAX_WAIT), RecoveryAction.PUBLISH),
    ],
)
def test_the_recovery_action_follows_from_the_record(render: DueRender, expected: RecoveryAction) -> None:
    assert recovery_action(render, NOW) is expected


@pytest.mark.parametrize(("waited", "seconds"), [(0, 60), (59, 60), (300, 300), (86400, 900)])
def test_a_render_that_waits_long_is_enqueued_less_often(waited: int, seconds: int) -> None:
    assert redelivery_delay(timedelta(seconds=waited)) == timedelta(seconds=seconds)


def test_no_cancellation_is_requested_by_default() -> None:
    assert due_render().cancel_requested is False
