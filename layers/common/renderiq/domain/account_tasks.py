"""Work on a whole account that takes longer than a request, and can be interrupted at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

RETENTION_TASK: Final = "retention"
"""The id of the task that applies a changed retention to what is stored already."""
SETTLING: Final = timedelta(seconds=60)
"""A task begins this long after it was asked for. Requests that had begun before have ended then."""
TASK_REDELIVERY_DELAY: Final = timedelta(minutes=16)
"""How long after a message the sweeper sends another. The worker has 15 minutes for a message."""


@dataclass(frozen=True, slots=True)
class AccountTask:
    """A task. ``version`` changes when it is asked for again, so that work for an older version stops.

    ``step`` and ``cursor`` say how far it is; they are empty at the beginning. It goes on after ``pause``, which is not
    stored.
    """

    user_id: str
    task_id: str
    version: str
    requested_at: datetime
    step: str = ""
    cursor: str = ""
    pause: timedelta = timedelta()

    def is_settled(self, now: datetime) -> bool:
        """Returns whether every request that began before the task was asked for has ended."""
        return now >= self.requested_at + SETTLING


def due_after(begin: datetime) -> datetime:
    """Returns when the sweeper sends the message of a task again whose work begins at ``begin``."""
    return begin + TASK_REDELIVERY_DELAY


def first_due(now: datetime) -> datetime:
    """Returns when the sweeper sends the message of a task again that is asked for now."""
    return due_after(now + SETTLING)
