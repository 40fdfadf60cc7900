"""The sweeper: whatever is overdue is rung for again, ended or announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Protocol, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from renderiq.clock import Clock
from renderiq.domain.recovery import MAX_WAIT, DueItem, RecoveryAction, recovery_action, redelivery_delay
from renderiq.errors import ErrorCode
from renderiq.queues import AnyJob, CleanupJob, DeliveryJob, Queue, RenderJob
from renderiq.services.event_publisher import EventPublisher
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore

logger = Logger()
T = TypeVar("T")
Read = TypeVar("Read", covariant=True)

AT_MOST: Final = 1000
"""Entries of each index that one run sees to."""
_GIVEN_UP: Final = "The render could not be finished in several attempts; its credits were returned."


class _Owing(Protocol[Read]):
    """A store with a due index."""

    def due_item(self, partition: str, item: str, /) -> Read | None: ...
    def quarantine(self, partition: str, item: str, /, *, due_by: datetime, now: datetime) -> bool: ...


class SweepError(Exception):
    """Something stood in the way of a run. The rest of it was done, and the next run tries again."""


@dataclass(slots=True)
class SweepResult:
    """What one run did, by kind.

    ``oldest`` is how long the longest waiting of all that it met has been due_item. ``quarantine`` counts records that
    nobody could read for too long. ``unavailable_queues`` are queues that take no messages: what they are needed for stays due as
    it is.
    """

    done: Counter[str] = field(default_factory=Counter)
    quarantine: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    oldest: timedelta = timedelta()
    unavailable_queues: set[Queue] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Rings for what is overdue in the due indexes, oldest first.

    A record that cannot be read is a trouble in every run; one that has been due for ``MAX_WAIT`` is set aside.

    An entry is first put off by a conditional write, so that of two sweepers one sees to it, and so that the next
    run goes on behind it: a run may stop anywhere, for its bound, its time or its death.
    """

    renders: RenderStore
    deliveries: DeliveryStore
    projects: ProjectStore
    publisher: EventPublisher
    render_queue: Queue
    delivery_queue: Queue
    cleanup_queue: Queue
    clock: Clock

    def run(self, *, budget: timedelta, at_most: int = AT_MOST) -> SweepResult:
        """Sees to at most ``at_most`` entries of each index within ``budget``. It raises nothing: see ``troubles``."""
        result = SweepResult()
        began = self.clock()
        ends = began + budget
        # Each index has an equal share of what is left, so that a backlog in one is no delay in another.
        self._each(self.renders.overdue(began), self._render, began + budget / 3, at_most, result)
        self._each(self.deliveries.overdue(began), self._delivery, self._half_way_to(ends), at_most, result)
        self._each(self.projects.overdue(began), self._removal, ends, at_most, result)
        return result

    def _half_way_to(self, end: datetime) -> datetime:
        now = self.clock()
        return now + (end - now) / 2

    def _each(
        self,
        overdue: Iterator[T],
        see_to: Callable[[T, SweepResult], None],
        ends: datetime,
        at_most: int,
        result: SweepResult,
    ) -> None:
        try:
            for entry in islice(overdue, at_most):
                if self.clock() >= ends:
                    return
                self._safely(see_to, entry, result)
        except Exception:  # one index that cannot be read is no reason to leave the others
            logger.exception("a due index could not be swept")
            result.failures += 1

    def _safely(self, see_to: Callable[[T, SweepResult], None], entry: T, result: SweepResult) -> None:
        try:
            see_to(entry, result)
        except Exception:  # a record that nobody can read must not hide those behind it
            logger.exception("an overdue entry could not be seen to", extra={"entry": entry})
            result.failures += 1

    def _read(self, store: _Owing[T], kind: str, entry: tuple[str, str], result: SweepResult) -> T | None:
        try:
            return store.due_item(*entry)
        except (BotoCoreError, ClientError):  # the service's trouble, not the record's
            raise
        except Exception:
            now = self.clock()
            # Not sooner: a faulty release can be taken back, and leaves everything due.
            if not store.quarantine(*entry, due_by=now - MAX_WAIT, now=now):
                raise
            logger.exception("a record that cannot be read was set aside", extra={"kind": kind, "entry": entry})
            result.quarantine[kind] += 1
            return None

    def _render(self, entry: tuple[str, str], result: SweepResult) -> None:
        user_id, render_id = entry
        render, now = self._read(self.renders, "render", entry, result), self.clock()
        if render is None:
            return
        what = recovery_action(render, now)
        if what is RecoveryAction.WAIT or (
            what is RecoveryAction.REDELIVER and self.render_queue in result.unavailable_queues
        ):
            return
        waited = _met(render.since, now, result)
        until = now + redelivery_delay(waited)
        if not self.renders.reschedule(render, until=until):
            return
        if what is RecoveryAction.REDELIVER:
            if not self._ring(self.render_queue, RenderJob(user_id, render_id), result):
                self.renders.reschedule(replace(render, due_at=until), until=now + redelivery_delay(timedelta()))
            return
        if what is RecoveryAction.TERMINATE:
            code = ErrorCode.RENDER_FAILED.name
            if not self.renders.terminate(render, error=_GIVEN_UP, error_code=code, now=now):
                return
            logger.warning("gave up a render", extra={"renderId": render_id, "attempts": render.attempts})
            result.done["renders given up"] += 1
        try:
            self.publisher.publish(self.renders.get(user_id, render_id), now=now)
        except (BotoCoreError, ClientError):  # the service's trouble, not the record's
            raise
        except Exception:
            if waited < MAX_WAIT:
                raise
            # Due for ever, it would keep the alarms on and hide the next trouble.
            self.renders.stop_publishing(replace(render, due_at=until))
            logger.exception("an ended render is told of no more", extra={"userId": user_id, "renderId": render_id})
            result.done["renders left untold"] += 1
            return
        result.done["renders announced"] += 1

    def _delivery(self, entry: tuple[str, str], result: SweepResult) -> None:
        due_item = self._read(self.deliveries, "delivery", entry, result)
        self._ring_for(due_item, self.delivery_queue, DeliveryJob(*entry), self.deliveries.reschedule, result)

    def _removal(self, entry: tuple[str, str], result: SweepResult) -> None:
        due_item = self._read(self.projects, "removal", entry, result)
        self._ring_for(due_item, self.cleanup_queue, CleanupJob(*entry), self.projects.reschedule, result)

    def _ring_for(
        self, due_item: DueItem | None, queue: Queue, job: AnyJob, reschedule: Callable[..., bool], result: SweepResult
    ) -> None:
        now = self.clock()
        # The index lags behind: somebody may have been here first.
        if due_item is None or due_item.due_at > now or queue in result.unavailable_queues:
            return
        until = now + redelivery_delay(_met(due_item.since, now, result))
        if reschedule(due_item, until=until) and not self._ring(queue, job, result):
            reschedule(replace(due_item, due_at=until), until=now + redelivery_delay(timedelta()))

    def _ring(self, queue: Queue, job: AnyJob, result: SweepResult) -> bool:
        """False where it was not heard: what it was for is to be due again soon, however long it has waited."""
        if queue.enqueue(job):
            result.done[f"{type(job).__name__} rung"] += 1
            return True
        result.unavailable_queues.add(queue)
        result.failures += 1
        return False


def _met(since: datetime, now: datetime, result: SweepResult) -> timedelta:
    waited = now - since
    result.oldest = max(result.oldest, waited)
    return waited
