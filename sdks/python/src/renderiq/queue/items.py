"""Orders of the queue and their rules. Nothing here touches a disk or a network."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from renderiq.errors import RenderiqError
from renderiq.retries import backoff

FIRST_PAUSE: Final = 2.0
MAX_PAUSE: Final = 300.0
_LONGEST_PAUSE: Final = MAX_PAUSE * 1.25
"""With jitter. Nothing is ever due later than that, unless the clock was set back."""
_MIN_LOOK: Final = 2.0
_MAX_ESTIMATE: Final = 30.0
_LOOK_PER_RENDER: Final = 1.5
"""Seconds between two looks for each render under way: all of them together stay far below the rate limit."""


class State:
    """The states of an order."""

    WAITING: Final = "waiting"
    UPLOADING: Final = "uploading"
    ORDERED: Final = "ordered"
    RENDERING: Final = "rendering"
    DONE: Final = "done"
    FAILED: Final = "failed"
    CANCELLED: Final = "cancelled"


UNSENT: Final = (State.WAITING, State.UPLOADING)
UNDER_WAY: Final = (State.ORDERED, State.RENDERING)
SETTLED: Final = (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Reason:
    """Why an order is where it is: a permanent code, and a sentence for a person."""

    code: str
    message: str


@dataclass(frozen=True)
class Paused:
    """Why the queue sends nothing. ``details`` may have ``requiredCredits`` and ``availableCredits``."""

    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def forbids_looking(self) -> bool:
        """Whether renders that were ordered cannot be looked at either: nobody is signed in."""
        return self.code != "INSUFFICIENT_CREDITS"


@dataclass(frozen=True)
class Pass:
    """What came of a pass. ``next`` are the seconds until something is due, None if nothing is to come."""

    sender: bool
    next: float | None


@dataclass(frozen=True)
class Upload:
    """The upload of one picture of an order. ``tries`` counts uploads that were begun in place of lost ones."""

    upload_id: str = ""
    is_ready: bool = False
    tries: int = 0


@dataclass(frozen=True)
class Order:
    """An order as the queue keeps it. Times are seconds since the Unix epoch.

    ``key`` was chosen when the order was queued. ``fields`` are those of the wire; ``pictures`` name the files beside
    it. ``is_unsure`` tells that the order was sent and its answer is unknown. ``due`` is None if nothing is to come.
    """

    number: int
    id: str
    key: str
    state: str
    fields: dict[str, Any]
    pictures: dict[str, str]
    output: str | None
    uploads: dict[str, Upload] = field(default_factory=dict)
    render_id: str | None = None
    is_unsure: bool = False
    is_cancelling: bool = False
    failures: int = 0
    due: float | None = 0.0
    reason: Reason | None = None
    is_temporary: bool = False
    result: str | None = None

    def is_due(self, now: float) -> bool:
        """Returns whether something is to be done now."""
        return self.due is not None and (self.due <= now or self.due - now > _LONGEST_PAUSE)

    @property
    def is_editable(self) -> bool:
        """Whether the server certainly has not accepted it."""
        return not self.is_cancelling and (self.state == State.FAILED or (self.state in UNSENT and not self.is_unsure))

    def failed_for_now(self, error: RenderiqError, *, now: float, chance: float) -> Order:
        """Returns the order after a temporary failure."""
        failures = self.failures + 1
        pause = backoff(failures, chance, first=FIRST_PAUSE, most=MAX_PAUSE)
        pause = max(pause, min(error.retry_after or 0.0, MAX_PAUSE))
        reason = Reason(error.code, error.message)
        return replace(self, failures=failures, due=now + pause, reason=reason, is_temporary=True)

    def held(self, error: RenderiqError) -> Order:
        """Returns the order while the queue is paused because of it."""
        return replace(self, due=None, reason=Reason(error.code, error.message), is_temporary=False)

    def settled(self, state: str, reason: Reason | None = None, result: str | None = None) -> Order:
        """Returns the order at its end."""
        return replace(
            self, state=state, reason=reason, result=result, due=None,
            failures=0, is_temporary=False, is_unsure=False, is_cancelling=False,
        )  # fmt: skip

    def accepted(self, render_id: str, estimated_seconds: float, *, now: float) -> Order:
        """Returns the order that the server has accepted."""
        due = now if self.is_cancelling else now + min(max(estimated_seconds, _MIN_LOOK), _MAX_ESTIMATE)
        return self._going_on(State.ORDERED, due, render_id=render_id)

    def looked_at(self, status: str, retry_after: float | None, under_way: int, *, now: float) -> Order:
        """Returns the order whose render has not ended. ``under_way`` counts the renders of the whole queue."""
        pause = max(_MIN_LOOK, retry_after or 0.0, _LOOK_PER_RENDER * under_way)
        return self._going_on(State.RENDERING if status == "processing" else State.ORDERED, now + pause)

    def renewed(self, key: str, fields: dict[str, Any], *, now: float) -> Order:
        """Returns the order as a new one, in its old place."""
        return Order(self.number, self.id, key, State.WAITING, fields, self.pictures, self.output, due=now)

    def _going_on(self, state: str, due: float, *, render_id: str | None = None) -> Order:
        return replace(
            self, state=state, due=due, render_id=render_id or self.render_id,
            reason=None, failures=0, is_temporary=False, is_unsure=False,
        )  # fmt: skip


@dataclass(frozen=True)
class Item:
    """An order as a program sees it. ``next`` are the seconds until it is tried, None if nothing is to come."""

    id: str
    state: str
    reason: Reason | None
    next: float | None
    render_id: str | None
    result: str | None
    is_editable: bool
    options: dict[str, Any]

    @classmethod
    def of(cls, order: Order, now: float) -> Item:
        """Returns what a program may see of an order."""
        pause = None if order.due is None else 0.0 if order.is_due(now) else order.due - now
        return cls(
            order.id, order.state, order.reason, pause, order.render_id, order.result, order.is_editable, order.fields
        )


def seconds_until_due(orders: list[Order], paused: Paused | None, now: float) -> float | None:
    """Returns when the next pass has something to do. Of the orders that were not sent, only the first one counts."""
    waits = []
    unsent = [order for order in orders if order.state in UNSENT]
    if unsent and not paused and unsent[0].due is not None:
        waits.append(Item.of(unsent[0], now).next or 0.0)
    if not (paused and paused.forbids_looking):
        under_way = [order for order in orders if order.state in UNDER_WAY and order.due is not None]
        waits += [Item.of(order, now).next or 0.0 for order in under_way]
    return min(waits, default=None)
