"""What is overdue, and what the sweeper does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from renderiq.domain.renders import MAX_ATTEMPTS, REDELIVERY_DELAY, Status

MAX_WAIT: Final = timedelta(hours=6)
"""How long a render may take from its acceptance. Longer than its message needs to end in the dead-letter queue.

As long after its end it is told of, if nobody can read it; and as long a record that nobody can read stays due.
"""
_LATEST: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DueItem:
    """An entry of a due index that was due at ``due_at``. What it stands for is owed since ``since``."""

    partition: str
    item: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record that was taken out of a due index because nobody could read it. ``at`` is as it was written."""

    kind: str
    partition: str
    item: str
    at: str


@dataclass(frozen=True, slots=True)
class DueRender:
    """As much of a render as it takes to end it: a record that no worker can read any more has that too."""

    user_id: str
    render_id: str
    status: Status
    attempts: int
    cost: int
    created_at: datetime
    due_at: datetime
    since: datetime
    """When it was accepted, was to be tried again, its lease ran out, or it ended."""
    lease_until: datetime | None = None
    cancel_requested: bool = False


class RecoveryAction(Enum):
    WAIT = auto()
    """Nothing is due: somebody was here first."""
    REDELIVER = auto()
    """Its message is lost, or its worker dead."""
    TERMINATE = auto()
    """It will never be completed: end it, and return its credits."""
    PUBLISH = auto()
    """It has ended, and not everybody who asked has been told."""


def recovery_action(render: DueRender, now: datetime) -> RecoveryAction:
    if render.due_at > now:
        return RecoveryAction.WAIT
    if render.status.is_terminal:
        return RecoveryAction.PUBLISH
    if render.lease_until is not None and render.lease_until >= now:
        return RecoveryAction.WAIT
    used_up = render.attempts >= MAX_ATTEMPTS or now - render.created_at >= MAX_WAIT
    return RecoveryAction.TERMINATE if used_up else RecoveryAction.REDELIVER


def redelivery_delay(waited: timedelta) -> timedelta:
    """After as long as it has waited already: what a queue has not come to yet is not rung for every minute."""
    return max(REDELIVERY_DELAY, min(waited, _LATEST))
