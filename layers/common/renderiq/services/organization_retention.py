"""Applying a changed retention of an organisation to what is stored already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.account_tasks import RETENTION_TASK, SETTLING, AccountTask, first_due
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, Queue
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.items import Action


@dataclass(frozen=True, slots=True)
class OrganizationRetention:
    """Asks for the task that applies the present retention of an organisation."""

    tasks: AccountTaskStore
    queue: Queue

    def action(self, organization_id: str, *, now: datetime) -> Action:
        """Returns the action of the transaction that changes the retention. ``enqueue`` must follow it."""
        return self.tasks.put_action(_task(organization_id, now), due_at=first_due(now))

    def enqueue(self, organization_id: str) -> None:
        """Enqueues the job of the task. The sweeper does it, in case that this is not reached."""
        self.queue.enqueue(AccountTaskJob(RETENTION_TASK, organization_id), delay=SETTLING)

    def ask(self, organization_id: str, *, now: datetime) -> None:
        """Asks for the task because something that the retention depends on was changed."""
        self.tasks.ask(_task(organization_id, now), due_at=first_due(now))
        self.enqueue(organization_id)


def _task(organization_id: str, now: datetime) -> AccountTask:
    return AccountTask(organization_id, RETENTION_TASK, uuid7(), now)
