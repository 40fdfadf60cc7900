"""The retention that users have chosen, on the item of the account, with the task that applies it.

Accounts  PK userId; retention (a map), retentionVersion, retentionUpdatedAt
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.account_tasks import RETENTION_TASK, AccountTask, first_due
from renderiq.domain.retention import RetentionChoice
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.items import from_attributes, to_attributes, try_transact


@dataclass(frozen=True, slots=True)
class StoredRetention:
    """What a user has chosen. ``version`` is the number of changes so far, ``updated_at`` the time of the last one."""

    choice: RetentionChoice
    version: int = 0
    updated_at: datetime | None = None


class RetentionStore:
    """Reads and writes what users have chosen."""

    def __init__(self, client: Any, accounts: str, tasks: AccountTaskStore) -> None:
        self._client = client
        self._accounts = accounts
        self._tasks = tasks

    def get(self, user_id: str) -> StoredRetention:
        """Raises ``NOT_FOUND`` if there is no such account."""
        response = self._client.get_item(
            TableName=self._accounts,
            Key=to_attributes({"userId": user_id}),
            ProjectionExpression="userId, retention, retentionVersion, retentionUpdatedAt",
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise not_found("account")
        item = from_attributes(response["Item"])
        return StoredRetention(
            RetentionChoice.of(item.get("retention", {})),
            item.get("retentionVersion", 0),
            from_iso(item["retentionUpdatedAt"]) if "retentionUpdatedAt" in item else None,
        )

    def put(self, user_id: str, stored: StoredRetention, *, now: datetime) -> bool:
        """Stores a choice, and asks for the task that applies it. Both are written or nothing is.

        Returns False if the stored version is not the one before.
        """
        before = stored.version - 1
        values = {":texts": stored.choice.to_texts(), ":version": stored.version, ":now": to_iso(now)}
        condition = "attribute_exists(userId) AND attribute_not_exists(retentionVersion)"
        if before:
            condition = "retentionVersion = :before"
            values[":before"] = before
        update = {
            "TableName": self._accounts,
            "Key": to_attributes({"userId": user_id}),
            "UpdateExpression": "SET retention = :texts, retentionVersion = :version, retentionUpdatedAt = :now",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": to_attributes(values),
        }
        task = AccountTask(user_id, RETENTION_TASK, uuid7(), now)
        ask = self._tasks.put_action(task, due_at=first_due(now))
        return try_transact(self._client, [{"Update": update}, ask], token=task.version)
