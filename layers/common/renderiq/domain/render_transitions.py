"""How the status of a render may change: ``pending → processing → completed | failed | cancelled``.

The table below is the only place that says which changes exist, who may make them, which event they publish and
whether they return the credits. ``RenderStore`` translates a transition to a conditional write.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from renderiq.domain.events import Event
from renderiq.domain.renders import Status


class Lease(Enum):
    """What a transition requires of the lease. Only a ``processing`` render has one."""

    HELD = auto()
    """Only the worker that holds the lease may make the change."""
    NOT_HELD = auto()
    """Nobody may hold the lease: the render is ``pending``, or its lease has expired."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of status.

    ``event`` is published after the change, unless it is None. A transition that ``refunds`` returns the cost of the
    render in the same transaction. One with ``unless_cancellation_requested`` is not allowed if the user has asked for
    cancellation.
    """

    sources: tuple[Status, ...]
    target: Status
    lease: Lease
    event: Event | None = None
    refunds: bool = False
    unless_cancellation_requested: bool = False


CLAIM: Final = Transition(
    (Status.PENDING, Status.PROCESSING), Status.PROCESSING, Lease.NOT_HELD, event=Event.RENDER_PROCESSING
)
"""A worker takes the render: a pending one, or one whose worker died."""

RELEASE: Final = Transition((Status.PROCESSING,), Status.PENDING, Lease.HELD)
"""The worker gives the render back for another attempt."""

HAND_OVER: Final = Transition((Status.PROCESSING,), Status.PENDING, Lease.HELD)
"""The worker has done its step, or cannot do it; another worker goes on."""

COMPLETE: Final = Transition((Status.PROCESSING,), Status.COMPLETED, Lease.HELD, event=Event.RENDER_COMPLETED)
"""The worker has stored the output."""

FAIL: Final = Transition((Status.PROCESSING,), Status.FAILED, Lease.HELD, event=Event.RENDER_FAILED, refunds=True)
"""The worker gives up."""

CANCEL_PROCESSING: Final = Transition(
    (Status.PROCESSING,), Status.CANCELLED, Lease.HELD, event=Event.RENDER_CANCELLED, refunds=True
)
"""The worker stops because the user asked for cancellation."""

CANCEL_PENDING: Final = Transition(
    (Status.PENDING,), Status.CANCELLED, Lease.NOT_HELD, event=Event.RENDER_CANCELLED, refunds=True
)
"""The user cancels before a worker has started."""

TERMINATE_AS_FAILED: Final = Transition(
    (Status.PENDING, Status.PROCESSING),
    Status.FAILED,
    Lease.NOT_HELD,
    event=Event.RENDER_FAILED,
    refunds=True,
    unless_cancellation_requested=True,
)
"""The sweeper ends a render that no worker will complete."""

TERMINATE_AS_CANCELLED: Final = Transition(
    (Status.PENDING, Status.PROCESSING), Status.CANCELLED, Lease.NOT_HELD, event=Event.RENDER_CANCELLED, refunds=True
)
"""The sweeper ends a render that no worker will complete and whose cancellation was requested."""

TRANSITIONS: Final = (
    CLAIM,
    RELEASE,
    HAND_OVER,
    COMPLETE,
    FAIL,
    CANCEL_PROCESSING,
    CANCEL_PENDING,
    TERMINATE_AS_FAILED,
    TERMINATE_AS_CANCELLED,
)


def cancellation(*, has_lease: bool) -> Transition:
    """Returns how a render is cancelled: by the worker that holds its lease, or before a worker has started."""
    return CANCEL_PROCESSING if has_lease else CANCEL_PENDING


def termination(*, cancel_requested: bool) -> Transition:
    """Returns how the sweeper ends a render. A user who asked for cancellation gets that, and not a failure."""
    return TERMINATE_AS_CANCELLED if cancel_requested else TERMINATE_AS_FAILED
