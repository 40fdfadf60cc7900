"""Deleting an organisation: closing it at once, and asking for the task that removes everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.account_deletion import DELETION_TASK, DeletionReceipt
from renderiq.domain.account_tasks import SETTLING, first_due
from renderiq.domain.audit import AuditAction, AuditEntry
from renderiq.domain.organizations import Actor
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, Queue
from renderiq.stores.deletions import DeletionStore
from renderiq.stores.organizations import OrganizationStore


@dataclass(frozen=True, slots=True)
class OrganizationDeletion:
    """Closes organisations. The account worker removes what they have, as it does for the account of a user."""

    deletions: DeletionStore
    organizations: OrganizationStore
    queue: Queue

    def request(self, organization_id: str, actor: Actor, *, now: datetime) -> DeletionReceipt:
        """Ends all memberships at once, and begins to delete everything. Who asks was confirmed before.

        The entry of the audit log is in the same transaction, and names the receipt. Raises ``NOT_FOUND``.
        """
        receipt_id = uuid7()
        organization = self.organizations.get(organization_id)
        entry = AuditEntry.by(
            actor,
            organization_id,
            AuditAction.ORGANIZATION_DELETED,
            "organization",
            now,
            before={"name": organization.name, "members": organization.members},
            after={"receiptId": receipt_id},
        )
        if not self.deletions.begin(
            organization_id,
            receipt_id,
            due_at=first_due(now),
            now=now,
            further=self.organizations.close_actions(organization_id, entry, now=now),
        ):
            raise not_found("organization")
        self.queue.enqueue(AccountTaskJob(DELETION_TASK, organization_id), delay=SETTLING)
        return self.deletions.receipt(receipt_id)
