"""Removing everything of a closed account or organisation, in the background."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from renderiq import metrics
from renderiq.domain.account_deletion import (
    STREAM_LAG,
    RecordKind,
)
from renderiq.domain.account_tasks import AccountTask
from renderiq.domain.renders import Render, Status
from renderiq.ids import is_uuid
from renderiq.services.organizations import OrganizationService
from renderiq.stores.account_files import AccountFiles
from renderiq.stores.account_records import MOST_TOGETHER, AccountRecords, FoundRecord
from renderiq.stores.deletions import DeletionStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.renders import RenderStore, read_render
from renderiq.stores.user_pool import UserPoolAdmin

_MEMBERSHIPS: Final = "memberships"
_FILES: Final = "files"
_FIGURES: Final = "figures"
_STEPS: Final = [_MEMBERSHIPS, *RecordKind, _FILES, _FIGURES]
_BATCHES_PER_JOB: Final = 10
_FILES_PER_BATCH: Final = 1000
_WAIT_FOR_WORKERS: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class AccountRemoval:
    """Removes everything of a closed account or organisation. All of it may be repeated, and may end at any moment.

    What is left is found by looking, not by remembering: each step goes on until it finds nothing.
    """

    deletions: DeletionStore
    records: AccountRecords
    files: AccountFiles
    principals: PrincipalStore
    renders: RenderStore
    pool: UserPoolAdmin
    organizations: OrganizationService

    def begin(self, task: AccountTask, *, now: datetime) -> bool:
        """Makes every request from now on be refused. Returns False if some were not refused until now."""
        if task.step == _FIGURES:
            return True
        return self.principals.close(task.user_id, now=now)

    def work(self, task: AccountTask, *, now: datetime) -> AccountTask | None:
        """Deletes a bounded number of records or files. Returns the task as it goes on, or None if it is done."""
        if not task.step:
            self.pool.delete(task.user_id)
            task = replace(task, step=_STEPS[0])
        for _ in range(_BATCHES_PER_JOB):
            if task.step == _FIGURES:
                return self._finish(task, now)
            following = self._do_step(task, now)
            if following.pause or following.step == _FIGURES:
                return following
            task = following
        return task

    def _do_step(self, task: AccountTask, now: datetime) -> AccountTask:
        if task.step == _FILES:
            return self._delete_files(task)
        if task.step == _MEMBERSHIPS:
            # The request has ended the memberships that it found. An address is left in those that ended before.
            self.organizations.forget_member(task.user_id, now=now)
            return replace(task, step=_STEPS[1])
        return self._delete_records(task, now)

    def _delete_records(self, task: AccountTask, now: datetime) -> AccountTask:
        kind = RecordKind(task.step)
        found = list(islice(self.records.find(kind, task.user_id), MOST_TOGETHER))
        if kind is RecordKind.RENDERS:
            found = self._ended(found, now)
            if not found and list(islice(self.records.find(kind, task.user_id), 1)):
                return replace(task, pause=_WAIT_FOR_WORKERS)  # workers are stopping
        if not found:
            return replace(task, step=_STEPS[_STEPS.index(task.step) + 1])
        counts = Counter(kind.value for each in found if each.is_counted)
        self.records.delete(found, self.deletions.counting(task.version, counts))
        return task

    def _ended(self, found: list[FoundRecord], now: datetime) -> list[FoundRecord]:
        """Ends those renders that can be ended now. Returns the records that may be deleted."""
        ended = []
        for each in found:
            render = read_render(each.item) if is_uuid(each.key["renderId"]) else None
            if render is None or render.status.is_terminal or self._end(render, now):
                ended.append(each)
        return ended

    def _end(self, render: Render, now: datetime) -> bool:
        """Cancels a render that waits, and asks the worker of another one to stop. Returns whether it has ended."""
        if render.status is not Status.PENDING:
            self.renders.request_cancellation(render)
            return False
        cancelled = self.renders.cancel(render, now=now)
        if cancelled is None:
            return False
        metrics.render_ended(cancelled)
        return True

    def _delete_files(self, task: AccountTask) -> AccountTask:
        self.files.abort_uploads(task.user_id)
        keys = [key for key, _ in islice(self.files.keys(task.user_id), _FILES_PER_BATCH)]
        if not keys:
            if not self.records.is_empty(task.user_id):
                return replace(task, step=_STEPS[0], cursor="")
            self.records.delete_account(task.user_id)
            # The streams may still report what was deleted, and the figures of the user would come back.
            return replace(task, step=_FIGURES, cursor="", pause=STREAM_LAG)
        new = [key for key in keys if key > task.cursor]
        if new:
            # Before they are deleted: what is gone can no longer be counted, and what was counted is known by the key.
            if not self.deletions.count_files(task, through=new[-1], number=len(new)):
                return replace(task, pause=_WAIT_FOR_WORKERS)
            task = replace(task, cursor=new[-1])
        self.files.delete(keys)
        return task

    def _finish(self, task: AccountTask, now: datetime) -> AccountTask | None:
        if now < task.requested_at + STREAM_LAG:
            return replace(task, pause=task.requested_at + STREAM_LAG - now)
        self.records.delete_figures(task.user_id)
        self.records.delete_principal(task.user_id)
        self.deletions.complete(task.version, now=now)
        return None
