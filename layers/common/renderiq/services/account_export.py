"""Exporting an account: asking for the task that writes the ZIP files, and showing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.account_export import (
    EXPORT_TASK,
    AccountExportState,
    ExportFile,
    ExportStatus,
)
from renderiq.domain.account_tasks import SETTLING
from renderiq.domain.audit import AuditAction, AuditEntry
from renderiq.domain.organizations import Actor
from renderiq.ids import uuid7
from renderiq.queues import AccountTaskJob, Queue
from renderiq.services.file_links import FileLinks
from renderiq.stores.audit import AuditStore
from renderiq.stores.exports import ExportStore


@dataclass(frozen=True, slots=True)
class AccountExportService:
    """Asks for exports and shows them. ``audit`` returns the audit log, which only an organisation has."""

    exports: ExportStore
    links: FileLinks
    queue: Queue
    audit: Callable[[], AuditStore]

    def request(self, user_id: str, *, organization_actor: Actor | None = None, now: datetime) -> AccountExportState:
        """Begins an export, unless one is being prepared.

        That of an organisation has its entry in the audit log, in the same transaction.
        """
        state = self.exports.newest(user_id, now=now)
        if state.status is ExportStatus.PREPARING:
            return state
        export_id = uuid7()
        further = []
        if organization_actor:
            entry = AuditEntry.by(
                organization_actor,
                user_id,
                AuditAction.ORGANIZATION_EXPORTED,
                "organization",
                now,
                after={"exportId": export_id},
            )
            further.append(self.audit().add_action(entry))
        self.exports.begin(user_id, export_id, further=further, now=now)
        self.queue.enqueue(AccountTaskJob(EXPORT_TASK, user_id), delay=SETTLING)
        return AccountExportState(ExportStatus.PREPARING, now)

    def newest(self, user_id: str, *, now: datetime) -> AccountExportState:
        """Returns the export that is being prepared, or else the last one that is ready."""
        return self.exports.newest(user_id, now=now)

    def link(self, file: ExportFile) -> str:
        """Returns a temporary URL of a ZIP file."""
        return self.links.link(file.key)
