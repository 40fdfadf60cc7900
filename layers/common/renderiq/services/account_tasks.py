"""The worker of tasks of accounts: goes on with a task for one message, and asks for the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from renderiq.domain.account_tasks import SETTLING, AccountTask, due_after
from renderiq.queues import MAX_DELAY, AccountTaskJob, Queue
from renderiq.stores.account_tasks import AccountTaskStore


class TaskWork(Protocol):
    """The work of one kind of task. All of it may be repeated, and may end at any moment."""

    def begin(self, task: AccountTask, *, now: datetime) -> bool:
        """Does what must come first. Returns False if the rest must wait until requests that run now have ended."""
        ...

    def work(self, task: AccountTask, *, now: datetime) -> AccountTask | None:
        """Does a bounded part. Returns the task as it goes on, or None if it is done."""
        ...


@dataclass(frozen=True, slots=True)
class AccountTaskWorker:
    """Goes on with tasks. ``kinds`` returns the work of a task by the beginning of its id, up to ``#``."""

    tasks: AccountTaskStore
    queue: Queue
    kinds: Mapping[str, Callable[[], TaskWork]]

    def resume(self, job: AccountTaskJob, *, now: datetime) -> None:
        """Goes on with a task, and enqueues its job again unless it is done. A task that is done is none any more.

        Raises KeyError for a task of a kind that there is not.
        """
        task = self.tasks.find(job.user_id, job.task_id)
        if task is None:
            return
        work = self.kinds[task.task_id.partition("#")[0]]()
        if not work.begin(task, now=now) or not task.is_settled(now):
            self._enqueue(job, task, now, delay=SETTLING)
            return
        following = work.work(task, now=now)
        if following is None:
            self.tasks.finish(task)
        else:
            self._enqueue(job, following, now, delay=following.pause)

    def _enqueue(self, job: AccountTaskJob, task: AccountTask, now: datetime, *, delay: timedelta) -> None:
        if delay > MAX_DELAY:  # the sweeper sends the message
            self.tasks.advance(task, due_at=now + delay)
        # False: it was asked for again, and has a message of its own.
        elif self.tasks.advance(task, due_at=due_after(now + delay)):
            self.queue.enqueue(job, delay=delay)
