"""Exports of accounts in DynamoDB, in the table of the tasks of accounts.

PK userId   SK taskId = ``exported#<export id>``: the files of an export, for as long as they are kept
TTL expiresAt
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.account_export import (
    EXPORT_KEPT_FOR,
    EXPORT_TASK,
    AccountExportState,
    ExportFile,
    ExportStatus,
)
from renderiq.domain.account_tasks import AccountTask, first_due
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.items import Action, from_attributes, to_attributes, transact, update_item

_EXPORTED: Final = "exported#"


class ExportStore:
    """Reads and writes exports."""

    def __init__(self, client: Any, table: str, tasks: AccountTaskStore) -> None:
        self._client = client
        self._table = table
        self._tasks = tasks

    def begin(self, user_id: str, export_id: str, *, further: Iterable[Action] = (), now: datetime) -> None:
        """Asks for the task of a new export, in one transaction with ``further`` actions."""
        task = AccountTask(user_id, EXPORT_TASK, export_id, now)
        transact(
            self._client,
            [self._tasks.put_action(task, due_at=first_due(now)), *further],
            token=export_id,
        )

    def add_file(self, task: AccountTask, number: int, file: ExportFile) -> None:
        """Notes a file that is stored. Safe to repeat."""
        update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"userId": task.user_id, "taskId": f"{_EXPORTED}{task.version}"}),
            UpdateExpression=f"SET requestedAt = :at, file_{number} = :file",
            ExpressionAttributeValues=to_attributes(
                {":at": to_iso(task.requested_at), ":file": {"key": file.key, "size": file.size}}
            ),
        )

    def complete(self, task: AccountTask, *, now: datetime) -> None:
        """Makes the export ready. Its record and its files are kept for ``EXPORT_KEPT_FOR``."""
        end = now + EXPORT_KEPT_FOR
        update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes({"userId": task.user_id, "taskId": f"{_EXPORTED}{task.version}"}),
            UpdateExpression="SET readyAt = :now, endsAt = :ends, expiresAt = :end",
            ExpressionAttributeValues=to_attributes(
                {":now": to_iso(now), ":ends": to_iso(end), ":end": int(end.timestamp())}
            ),
        )

    def newest(self, user_id: str, *, now: datetime) -> AccountExportState:
        """Returns the export that is being prepared, or else the last one that is ready."""
        task = self._tasks.find(user_id, EXPORT_TASK)
        if task:
            return AccountExportState(ExportStatus.PREPARING, task.requested_at)
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND begins_with(taskId, :exported)",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":exported": _EXPORTED}),
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        for item in map(from_attributes, response["Items"]):
            if "endsAt" in item and from_iso(item["endsAt"]) > now:
                files = sorted((int(name[5:]), each) for name, each in item.items() if name.startswith("file_"))
                return AccountExportState(
                    ExportStatus.READY,
                    from_iso(item["requestedAt"]),
                    from_iso(item["endsAt"]),
                    tuple(ExportFile(each["key"], each["size"]) for _, each in files),
                )
        return AccountExportState(ExportStatus.NONE)
