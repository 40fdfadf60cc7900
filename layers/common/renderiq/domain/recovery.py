"""Overdue work, and what the sweeper does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from renderiq.domain.renders import MAX_ATTEMPTS, REDELIVERY_DELAY, Status

MAX_WAIT: Final = timedelta(hours=6)
"""How long a render may take from its creation. Its SQS message reaches the dead-letter queue earlier than that.

The sweeper also tries for that long to publish an ended render, or to read an unreadable record, before it gives up.
"""
_MAX_REDELIVERY_DELAY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DueItem:
    """A record in a due index, named by its partition key and sort key, that is due at ``due_at``.

    ``since`` is when its work could first have been done; the sweeper reports how long the oldest has waited.
    """

    partition: str
    item: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record that was taken out of its due index because it could not be read. ``at`` is ISO 8601 text."""

    kind: str
    partition: str
    item: str
    at: str


@dataclass(frozen=True, slots=True)
class DueRender:
    """The part of a render that the sweeper needs to end it.

    It can be read even if the rest of the record cannot, so that such a render is refunded too.
    """

    user_id: str
    render_id: str
    status: Status
    attempts: int
    cost: int
    created_at: datetime
    due_at: datetime
    since: datetime
    """When it was created, was to be tried again, lost its lease, or ended; whichever is the latest."""
    lease_until: datetime | None = None
    cancel_requested: bool = False
    worker: str = ""
    """The name of the worker that makes its next step."""
    created_by: str | None = None
    waits: bool = False

    @property
    def partition(self) -> str:
        """The partition key, as of a ``DueItem``."""
        return self.user_id

    @property
    def item(self) -> str:
        """The sort key, as of a ``DueItem``."""
        return self.render_id


class RecoveryAction(Enum):
    """What the sweeper does about a due render."""

    WAIT = auto()
    """Nothing is due any more: the index is eventually consistent, and a worker was faster."""
    REDELIVER = auto()
    """Send its SQS message again: the message is lost, or its worker died."""
    START = auto()
    """It waits for a slot of its organisation: see whether one is free, in case who freed it could not."""
    TERMINATE = auto()
    """End it and return its credits: its attempts or its time are used up."""
    PUBLISH = auto()
    """Publish its events: it has ended, and some are still pending."""


def recovery_action(render: DueRender, now: datetime) -> RecoveryAction:
    """Returns what to do about a render of the due index."""
    if render.due_at > now:
        return RecoveryAction.WAIT
    if render.status.is_terminal:
        return RecoveryAction.PUBLISH
    if render.lease_until is not None and render.lease_until >= now:
        return RecoveryAction.WAIT
    is_used_up = render.attempts >= MAX_ATTEMPTS or now - render.created_at >= MAX_WAIT
    if is_used_up:
        return RecoveryAction.TERMINATE
    return RecoveryAction.START if render.waits else RecoveryAction.REDELIVER


def redelivery_delay(waited: timedelta) -> timedelta:
    """Returns when to send a message again if it is still not handled: after as long as its work has waited already.

    Work in a long queue then does not get a message every minute.
    """
    return max(REDELIVERY_DELAY, min(waited, _MAX_REDELIVERY_DELAY))
