"""Deletions of accounts in DynamoDB, in the table of the tasks of accounts.

PK userId = ``receipt#<receipt id>``   SK taskId = ``receipt``: what proves the deletion, for a year after its end
Accounts  PK userId; closedAt: since when nobody can use the account
TTL expiresAt
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.account_deletion import (
    DELETION_TASK,
    RECEIPT_KEPT_FOR,
    DeletionReceipt,
    DeletionStatus,
)
from renderiq.domain.account_tasks import AccountTask
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.items import (
    Action,
    Item,
    from_attributes,
    to_attributes,
    try_transact,
    update_item,
)

_RECEIPT: Final = "receipt"
_COUNT: Final = "count_"


class DeletionStore:
    """Closes accounts, and keeps the receipts of their deletions."""

    def __init__(self, client: Any, *, accounts: str, tasks: AccountTaskStore, table: str) -> None:
        self._client = client
        self._accounts = accounts
        self._tasks = tasks
        self._table = table

    def begin(
        self, user_id: str, receipt_id: str, *, due_at: datetime, now: datetime, further: Sequence[Action] = ()
    ) -> bool:
        """Closes the account, ends its sessions, asks for the task and writes the receipt, with ``further``.

        All of it is done or nothing. Returns False if there is no such account, or if it is closed already.
        """
        close = {
            "TableName": self._accounts,
            "Key": to_attributes({"userId": user_id}),
            "UpdateExpression": "SET closedAt = :now, sessionsValidAfter = :now",
            "ConditionExpression": "attribute_exists(userId) AND attribute_not_exists(closedAt)",
            "ExpressionAttributeValues": to_attributes({":now": to_iso(now)}),
        }
        task = self._tasks.put_action(AccountTask(user_id, DELETION_TASK, receipt_id, now), due_at=due_at)
        receipt = {**_key_item(receipt_id), "requestedAt": to_iso(now), "status": DeletionStatus.DELETING}
        put = {"TableName": self._table, "Item": to_attributes(receipt)}
        return try_transact(self._client, [{"Update": close}, task, {"Put": put}, *further], token=receipt_id)

    def receipt(self, receipt_id: str) -> DeletionReceipt:
        """Raises ``NOT_FOUND`` if there is none."""
        response = self._client.get_item(
            TableName=self._table, Key=to_attributes(_key_item(receipt_id)), ConsistentRead=True
        )
        if "Item" not in response:
            raise not_found("receipt")
        return _from_item(receipt_id, from_attributes(response["Item"]))

    def counting(self, receipt_id: str, counts: Mapping[str, int]) -> Action | None:
        """Returns the action of a transaction that adds to the counts, or None if there is nothing to add."""
        added = {name: number for name, number in counts.items() if number}
        if not added:
            return None
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_attributes(_key_item(receipt_id)),
                "UpdateExpression": "ADD " + ", ".join(f"{_COUNT}{name} :{name}" for name in added),
                "ExpressionAttributeValues": to_attributes({f":{name}": number for name, number in added.items()}),
            }
        }

    def count_files(self, task: AccountTask, *, through: str, number: int) -> bool:
        """Counts files up to the key ``through`` before they are deleted, each once: the task remembers the key.

        Returns False if another worker has counted meanwhile.
        """
        update = {
            "TableName": self._table,
            "Key": to_attributes({"userId": task.user_id, "taskId": task.task_id}),
            "UpdateExpression": "SET #cursor = :through",
            "ConditionExpression": "version = :version AND (attribute_not_exists(#cursor) OR #cursor = :before)",
            "ExpressionAttributeNames": {"#cursor": "cursor"},
            "ExpressionAttributeValues": to_attributes(
                {":through": through, ":version": task.version, ":before": task.cursor}
            ),
        }
        counting = self.counting(task.version, {"files": number})
        return try_transact(self._client, [{"Update": update}, *([counting] if counting else [])], token=uuid7())

    def complete(self, receipt_id: str, *, now: datetime) -> None:
        """Marks a deletion as done. The receipt is kept for a year from now on."""
        update_item(
            self._client,
            TableName=self._table,
            Key=to_attributes(_key_item(receipt_id)),
            UpdateExpression="SET #status = :deleted, completedAt = :now, expiresAt = :end",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_attributes(
                {
                    ":deleted": DeletionStatus.DELETED,
                    ":now": to_iso(now),
                    ":end": int((now + RECEIPT_KEPT_FOR).timestamp()),
                }
            ),
        )


def _key_item(receipt_id: str) -> Item:
    return {"userId": f"{_RECEIPT}#{receipt_id}", "taskId": _RECEIPT}


def _from_item(receipt_id: str, item: Item) -> DeletionReceipt:
    return DeletionReceipt(
        receipt_id=receipt_id,
        requested_at=from_iso(item["requestedAt"]),
        status=DeletionStatus(item["status"]),
        completed_at=from_iso(item["completedAt"]) if "completedAt" in item else None,
        counts={name.removeprefix(_COUNT): number for name, number in item.items() if name.startswith(_COUNT)},
    )
