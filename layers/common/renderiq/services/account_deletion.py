"""Deleting an account: closing it at once, and asking for the task that removes everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.account_deletion import DELETION_TASK, DeletionReceipt
from renderiq.domain.account_tasks import SETTLING, first_due
from renderiq.domain.organizations import Actor
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, Queue
from renderiq.services.leaving import Leaving
from renderiq.stores.deletions import DeletionStore
from renderiq.stores.principals import PrincipalStore


@dataclass(frozen=True, slots=True)
class AccountDeletionService:
    """Closes accounts, and shows the receipts of their deletions."""

    leaving: Leaving
    deletions: DeletionStore
    principals: PrincipalStore
    queue: Queue

    def request(self, actor: Actor, *, now: datetime) -> DeletionReceipt:
        """Closes the user's account at once, and begins to delete everything. Who asks was confirmed before.

        Raises ``RESOURCE_CONFLICT`` for the last owner of an organisation with other members.
        """
        user_id = actor.actor_id
        self.leaving.leave_all(user_id, actor, now=now)
        receipt_id = uuid7()
        if not self.deletions.begin(user_id, receipt_id, due_at=first_due(now), now=now):
            raise not_found("account")
        # The task does this again, in case that this request ends here.
        self.principals.close(user_id, now=now)
        self.queue.enqueue(AccountTaskJob(DELETION_TASK, user_id), delay=SETTLING)
        return self.deletions.receipt(receipt_id)
