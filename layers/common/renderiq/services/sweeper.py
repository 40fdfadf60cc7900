"""The sweeper: enqueues overdue work again, ends renders that will not be completed, publishes pending events, and
removes uploads whose time is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from renderiq import metrics
from renderiq.clock import Clock
from renderiq.domain.recovery import MAX_WAIT, DueItem, DueRender, RecoveryAction, recovery_action, redelivery_delay
from renderiq.errors import ErrorCode
from renderiq.logs import logger
from renderiq.queues import AccountTaskJob, AnyJob, CleanupJob, DeliveryJob, Queue, RenderJob
from renderiq.services.event_publisher import EventPublisher
from renderiq.services.upload_removal import UploadRemoval
from renderiq.services.waiting_renders import start_waiting, try_start_waiting
from renderiq.stores.due_index import DueIndex, DueT
from renderiq.stores.renders import RenderStore

MAX_ITEMS: Final = 1000
"""How many records of each due index one run handles."""
_TERMINATED: Final = "The render could not be finished in several attempts; its credits were returned."


class SweepError(Exception):
    """Part of a run failed. The rest of it was done, and the next run tries the failed part again."""


@dataclass(slots=True)
class SweepResult:
    """What one run has done.

    ``done`` counts its actions by name, and ``quarantined`` the records put into quarantine by kind. ``oldest`` is how
    long the oldest handled record has been waiting. ``unavailable_queues`` did not accept a message; records that need
    one of them stay due. ``organizations`` are those whose waiting renders were started, as far as slots were free.
    """

    done: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    oldest: timedelta = timedelta()
    unavailable_queues: set[Queue] = field(default_factory=set)
    organizations: set[str] = field(default_factory=set)

    def record_waiting(self, waited: timedelta) -> None:
        """Updates ``oldest``."""
        self.oldest = max(self.oldest, waited)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Handles the records of the due indexes that are overdue, oldest first.

    Each record is rescheduled by a conditional write before anything else is done. So only one of two concurrent
    sweepers handles it, and a run may stop at any time: the next one continues with other records.

    A record that cannot be read is a failure of each run until it has been due for ``MAX_WAIT``; then it is put into
    quarantine.
    """

    renders: RenderStore
    due_deliveries: DueIndex[DueItem]
    due_project_deletions: DueIndex[DueItem]
    due_uploads: DueIndex[DueItem]
    due_account_tasks: DueIndex[DueItem]
    upload_removal: UploadRemoval
    publisher: EventPublisher
    render_queue: Queue
    delivery_queue: Queue
    cleanup_queue: Queue
    account_task_queue: Queue
    clock: Clock

    def run(self, *, budget: timedelta, max_items: int = MAX_ITEMS) -> SweepResult:
        """Handles at most ``max_items`` records of each index, and starts none after ``budget``.

        Errors are logged and counted as ``failures``.
        """
        result = SweepResult()
        started_at = self.clock()
        end = started_at + budget

        def sweep(index: DueIndex[DueT], recover: Callable[[DueT, SweepResult], None], deadline: datetime) -> None:
            self._sweep(index, recover, started_at, deadline, max_items, result)

        # Each index gets an equal share of the remaining time, so that a backlog in one does not delay the others.
        sweep(self.renders.due_index, self._recover_render, self._share_of(end, 5))
        sweep(self.due_deliveries, self._recover_delivery, self._share_of(end, 4))
        sweep(self.due_project_deletions, self._recover_project_deletion, self._share_of(end, 3))
        sweep(self.due_account_tasks, self._recover_account_task, self._share_of(end, 2))
        sweep(self.due_uploads, self._remove_upload, end)
        return result

    def _share_of(self, end: datetime, indexes: int) -> datetime:
        now = self.clock()
        return now + (end - now) / indexes

    def _sweep(
        self,
        index: DueIndex[DueT],
        recover: Callable[[DueT, SweepResult], None],
        due_by: datetime,
        deadline: datetime,
        max_items: int,
        result: SweepResult,
    ) -> None:
        try:
            for key in islice(index.overdue(due_by), max_items):
                if self.clock() >= deadline:
                    return
                try:
                    due = self._read(index, key, result)
                    if due is not None:
                        recover(due, result)
                except Exception:  # one record must not stop the run
                    logger.exception("an overdue record could not be handled", extra={"entry": key})
                    result.failures += 1
        except Exception:  # an index that cannot be read must not stop the sweep of the others
            logger.exception("a due index could not be swept")
            result.failures += 1

    def _read(self, index: DueIndex[DueT], key: tuple[str, str], result: SweepResult) -> DueT | None:
        try:
            return index.get(*key)
        except (BotoCoreError, ClientError):  # DynamoDB has failed; the record may be readable
            raise
        except Exception:
            now = self.clock()
            # Not earlier: if a faulty release is the reason, a rollback makes the records readable again.
            if not index.quarantine(*key, due_by=now - MAX_WAIT, now=now):
                raise
            extra = {"kind": index.kind, "entry": key}
            logger.exception("a record that cannot be read was put into quarantine", extra=extra)
            result.quarantined[index.kind] += 1
            return None

    def _recover_render(self, render: DueRender, result: SweepResult) -> None:
        now = self.clock()
        action = recovery_action(render, now)
        if action is RecoveryAction.WAIT:
            return
        if action is RecoveryAction.REDELIVER:
            job = RenderJob(render.user_id, render.render_id)
            self._redeliver(self.renders.due_index, render, self.render_queue.of(render.worker), job, now, result)
            return
        waited = now - render.since
        if action is not RecoveryAction.START:  # a render may wait for a slot as long as the others take
            result.record_waiting(waited)
        until = now + redelivery_delay(waited if action is not RecoveryAction.START else timedelta())
        if not self.renders.due_index.reschedule(render, until=until):
            return
        if action is RecoveryAction.START:
            if render.user_id not in result.organizations:
                result.organizations.add(render.user_id)
                started = start_waiting(self.renders, self.render_queue, render.user_id)
                result.done["waiting renders started"] += len(started)
            return
        rescheduled = replace(render, due_at=until)
        if action is RecoveryAction.PUBLISH or self._terminate(rescheduled, now, result):
            self._publish(rescheduled, waited, now, result)

    def _terminate(self, render: DueRender, now: datetime, result: SweepResult) -> bool:
        code = ErrorCode.RENDER_FAILED.name
        if not self.renders.terminate(render, error=_TERMINATED, error_code=code, now=now):
            return False
        ended = self.renders.get(render.user_id, render.render_id)
        metrics.render_ended(ended)
        try_start_waiting(self.renders, self.render_queue, ended)
        logger.warning("gave up a render", extra={"renderId": render.render_id, "attempts": render.attempts})
        result.done["renders terminated"] += 1
        return True

    def _publish(self, render: DueRender, waited: timedelta, now: datetime, result: SweepResult) -> None:
        try:
            self.publisher.publish(self.renders.get(render.user_id, render.render_id), now=now)
        except (BotoCoreError, ClientError):  # an AWS service has failed; the record may be readable
            raise
        except Exception:
            if waited < MAX_WAIT:
                raise
            # If it stayed due forever, its alarm would hide the next problem.
            self.renders.due_index.remove(render)
            extra = {"userId": render.user_id, "renderId": render.render_id}
            logger.exception("gave up publishing the events of an ended render", extra=extra)
            result.done["renders not published"] += 1
            return
        result.done["renders published"] += 1

    def _recover_delivery(self, due: DueItem, result: SweepResult) -> None:
        job = DeliveryJob(due.partition, due.item)
        self._redeliver(self.due_deliveries, due, self.delivery_queue, job, self.clock(), result)

    def _recover_project_deletion(self, due: DueItem, result: SweepResult) -> None:
        job = CleanupJob(due.partition, due.item)
        self._redeliver(self.due_project_deletions, due, self.cleanup_queue, job, self.clock(), result)

    def _recover_account_task(self, due: DueItem, result: SweepResult) -> None:
        job = AccountTaskJob(due.item, due.partition)
        self._redeliver(self.due_account_tasks, due, self.account_task_queue, job, self.clock(), result)

    def _remove_upload(self, due: DueItem, result: SweepResult) -> None:
        now = self.clock()
        if due.due_at > now:
            return
        waited = now - due.since
        result.record_waiting(waited)
        if not self.due_uploads.reschedule(due, until=now + redelivery_delay(waited)):
            return
        if self.upload_removal.resume(due.partition, due.item, now=now):
            result.done["uploads removed"] += 1

    def _redeliver(
        self,
        index: DueIndex[DueT],
        due: DueT,
        queue: Queue,
        job: AnyJob,
        now: datetime,
        result: SweepResult,
    ) -> None:
        """Enqueues the job of a record that is still due. If the queue rejects it, the record is due again soon."""
        if due.due_at > now or queue in result.unavailable_queues:
            return
        waited = now - due.since
        result.record_waiting(waited)
        until = now + redelivery_delay(waited)
        if index.reschedule(due, until=until) and not self._enqueue(queue, job, result):
            index.reschedule(replace(due, due_at=until), until=now + redelivery_delay(timedelta()))

    def _enqueue(self, queue: Queue, job: AnyJob, result: SweepResult) -> bool:
        if queue.enqueue(job):
            result.done[f"{type(job).__name__} enqueued"] += 1
            return True
        result.unavailable_queues.add(queue)
        result.failures += 1
        return False
