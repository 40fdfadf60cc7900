"""Tasks of accounts in DynamoDB.

PK userId   SK taskId   ``retention``
GSI due     dueShard, dueAt
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.account_tasks import AccountTask
from renderiq.domain.recovery import DueItem
from renderiq.stores.due_index import DueIndex, DueKey, due_attributes
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    conditional,
    delete_item,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)


class AccountTaskStore:
    """Reads and writes tasks. ``due_index`` has all of them: one that is done is deleted."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self.due_index: DueIndex[DueItem] = DueIndex(
            client,
            table,
            kind="account task",
            key=DueKey("userId", "taskId"),
            decode=_due_item_from_item,
            consistent=True,
        )

    def put_action(self, task: AccountTask, *, due_at: datetime) -> Action:
        """Returns the action of a transaction that asks for a task, also if one with its id is not done yet."""
        item = {
            "userId": task.user_id,
            "taskId": task.task_id,
            "version": task.version,
            "requestedAt": to_iso(task.requested_at),
            **due_attributes(task.user_id, due_at),
        }
        return {"Put": {"TableName": self._table, "Item": to_attributes(item)}}

    def ask(self, task: AccountTask, *, due_at: datetime) -> None:
        """Asks for a task, also if one with its id is not done yet."""
        transact(self._client, [self.put_action(task, due_at=due_at)], token=task.version)

    def find(self, user_id: str, task_id: str) -> AccountTask | None:
        """Returns a task, or None if it is done."""
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, task_id), ConsistentRead=True)
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def advance(self, task: AccountTask, *, due_at: datetime) -> bool:
        """Stores how far a task is. The sweeper sends its message again at ``due_at``.

        Returns False if the task is done or was asked for again.
        """
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(task.user_id, task.task_id),
                    UpdateExpression="SET step = :step, #cursor = :cursor, dueAt = :due",
                    ConditionExpression="version = :version",
                    ExpressionAttributeNames={"#cursor": "cursor"},
                    ExpressionAttributeValues=to_attributes(
                        {
                            ":step": task.step,
                            ":cursor": task.cursor,
                            ":due": to_iso(due_at),
                            ":version": task.version,
                        }
                    ),
                )
        except ConditionFailedError:
            return False
        return True

    def finish(self, task: AccountTask) -> bool:
        """Deletes a task that is done. Returns False if it was asked for again."""
        try:
            with conditional():
                delete_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(task.user_id, task.task_id),
                    ConditionExpression="attribute_not_exists(version) OR version = :version",
                    ExpressionAttributeValues=to_attributes({":version": task.version}),
                )
        except ConditionFailedError:
            return False
        return True


def _key(user_id: str, task_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "taskId": task_id})


def _from_item(item: Item) -> AccountTask:
    return AccountTask(
        user_id=item["userId"],
        task_id=item["taskId"],
        version=item["version"],
        requested_at=from_iso(item["requestedAt"]),
        step=item.get("step", ""),
        cursor=item.get("cursor", ""),
    )


def _due_item_from_item(item: Item) -> DueItem:
    due_at = from_iso(item["dueAt"])
    return DueItem(item["userId"], item["taskId"], due_at, due_at)
