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
from renderiq.domain.sweeping import MAX_WAIT, Owed, Remedy, remedy, ring_again_in
from renderiq.errors import ErrorCode
from renderiq.queues import AnyJob, CleanupJob, DeliveryJob, Queue, RenderJob
from renderiq.services.webhooks import Herald
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

    def owed(self, partition: str, item: str, /) -> Read | None: ...
    def set_aside(self, partition: str, item: str, /, *, due_by: datetime, now: datetime) -> bool: ...


class SweepError(Exception):
    """Something stood in the way of a run. The rest of it was done, and the next run tries again."""


@dataclass(slots=True)
class Swept:
    """What one run did, by kind.

    ``oldest`` is how long the longest waiting of all that it met has been owed. ``set_aside`` counts records that
    nobody could read for too long. ``deaf`` are queues that take no messages: what they are needed for stays due as
    it is.
    """

    done: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    troubles: int = 0
    oldest: timedelta = timedelta()
    deaf: set[Queue] = field(default_factory=set)


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
    herald: Herald
    render_queue: Queue
    delivery_queue: Queue
    cleanup_queue: Queue
    clock: Clock

    def run(self, *, budget: timedelta, at_most: int = AT_MOST) -> Swept:
        """Sees to at most ``at_most`` entries of each index within ``budget``. It raises nothing: see ``troubles``."""
        swept = Swept()
        began = self.clock()
        ends = began + budget
        # Each index has an equal share of what is left, so that a backlog in one is no delay in another.
        self._each(self.renders.overdue(began), self._render, began + budget / 3, at_most, swept)
        self._each(self.deliveries.overdue(began), self._delivery, self._half_way_to(ends), at_most, swept)
        self._each(self.projects.overdue(began), self._removal, ends, at_most, swept)
        return swept

    def _half_way_to(self, end: datetime) -> datetime:
        now = self.clock()
        return now + (end - now) / 2

    def _each(
        self, overdue: Iterator[T], see_to: Callable[[T, Swept], None], ends: datetime, at_most: int, swept: Swept
    ) -> None:
        try:
            for entry in islice(overdue, at_most):
                if self.clock() >= ends:
                    return
                self._safely(see_to, entry, swept)
        except Exception:  # one index that cannot be read is no reason to leave the others
            logger.exception("a due index could not be swept")
            swept.troubles += 1

    def _safely(self, see_to: Callable[[T, Swept], None], entry: T, swept: Swept) -> None:
        try:
            see_to(entry, swept)
        except Exception:  # a record that nobody can read must not hide those behind it
            logger.exception("an overdue entry could not be seen to", extra={"entry": entry})
            swept.troubles += 1

    def _read(self, store: _Owing[T], kind: str, entry: tuple[str, str], swept: Swept) -> T | None:
        try:
            return store.owed(*entry)
        except (BotoCoreError, ClientError):  # the service's trouble, not the record's
            raise
        except Exception:
            now = self.clock()
            # Not sooner: a faulty release can be taken back, and leaves everything due.
            if not store.set_aside(*entry, due_by=now - MAX_WAIT, now=now):
                raise
            logger.exception("a record that cannot be read was set aside", extra={"kind": kind, "entry": entry})
            swept.set_aside[kind] += 1
            return None

    def _render(self, entry: tuple[str, str], swept: Swept) -> None:
        user_id, render_id = entry
        render, now = self._read(self.renders, "render", entry, swept), self.clock()
        if render is None:
            return
        what = remedy(render, now)
        if what is Remedy.WAIT or (what is Remedy.RING and self.render_queue in swept.deaf):
            return
        waited = _met(render.since, now, swept)
        until = now + ring_again_in(waited)
        if not self.renders.put_off(render, until=until):
            return
        if what is Remedy.RING:
            if not self._ring(self.render_queue, RenderJob(user_id, render_id), swept):
                self.renders.put_off(replace(render, due_at=until), until=now + ring_again_in(timedelta()))
            return
        if what is Remedy.GIVE_UP:
            code = ErrorCode.RENDER_FAILED.name
            if not self.renders.give_up(render, error=_GIVEN_UP, error_code=code, now=now):
                return
            logger.warning("gave up a render", extra={"renderId": render_id, "attempts": render.attempts})
            swept.done["renders given up"] += 1
        try:
            self.herald.announce(self.renders.get(user_id, render_id), now=now)
        except (BotoCoreError, ClientError):  # the service's trouble, not the record's
            raise
        except Exception:
            if waited < MAX_WAIT:
                raise
            # Due for ever, it would keep the alarms on and hide the next trouble.
            self.renders.stop_telling(replace(render, due_at=until))
            logger.exception("an ended render is told of no more", extra={"userId": user_id, "renderId": render_id})
            swept.done["renders left untold"] += 1
            return
        swept.done["renders announced"] += 1

    def _delivery(self, entry: tuple[str, str], swept: Swept) -> None:
        owed = self._read(self.deliveries, "delivery", entry, swept)
        self._ring_for(owed, self.delivery_queue, DeliveryJob(*entry), self.deliveries.put_off, swept)

    def _removal(self, entry: tuple[str, str], swept: Swept) -> None:
        owed = self._read(self.projects, "removal", entry, swept)
        self._ring_for(owed, self.cleanup_queue, CleanupJob(*entry), self.projects.put_off, swept)

    def _ring_for(
        self, owed: Owed | None, queue: Queue, job: AnyJob, put_off: Callable[..., bool], swept: Swept
    ) -> None:
        now = self.clock()
        # The index lags behind: somebody may have been here first.
        if owed is None or owed.due_at > now or queue in swept.deaf:
            return
        until = now + ring_again_in(_met(owed.since, now, swept))
        if put_off(owed, until=until) and not self._ring(queue, job, swept):
            put_off(replace(owed, due_at=until), until=now + ring_again_in(timedelta()))

    def _ring(self, queue: Queue, job: AnyJob, swept: Swept) -> bool:
        """False where it was not heard: what it was for is to be due again soon, however long it has waited."""
        if queue.ring(job):
            swept.done[f"{type(job).__name__} rung"] += 1
            return True
        swept.deaf.add(queue)
        swept.troubles += 1
        return False


def _met(since: datetime, now: datetime, swept: Swept) -> timedelta:
    waited = now - since
    swept.oldest = max(swept.oldest, waited)
    return waited
