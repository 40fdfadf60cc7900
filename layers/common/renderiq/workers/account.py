"""Builds the account worker."""

from __future__ import annotations

from functools import cache

from renderiq.domain.account_deletion import DELETION_TASK
from renderiq.domain.account_export import EXPORT_TASK
from renderiq.domain.account_tasks import RETENTION_TASK
from renderiq.queues import AccountTaskJob
from renderiq.services.account_tasks import AccountTaskWorker
from renderiq.wiring.account_archive import account_archive
from renderiq.wiring.account_removal import account_removal
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks
from renderiq.wiring.base import time_source
from renderiq.wiring.retagging import retagging


@cache
def worker() -> AccountTaskWorker:
    """Returns the worker; each container builds it once."""
    return AccountTaskWorker(
        account_tasks(),
        account_task_queue(),
        {RETENTION_TASK: retagging, DELETION_TASK: account_removal, EXPORT_TASK: account_archive},
    )


def work(job: AccountTaskJob) -> None:
    """Goes on with a task of an account."""
    worker().resume(job, now=time_source()())
