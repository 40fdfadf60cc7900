"""All records of one user or organisation, in every table: for the deletion and the export of an account.

Only keys and attributes that name the user are known here; what records mean is known by the stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from renderiq.domain.access import Role
from renderiq.domain.account_deletion import DELETION_TASK, RecordKind
from renderiq.domain.webhooks import callback_target
from renderiq.ids import is_uuid, uuid7
from renderiq.stores.items import (
    Action,
    Item,
    delete_item,
    from_attributes,
    to_attributes,
    try_transact,
)
from renderiq.stores.memberships import ORGANIZATION, member_items
from renderiq.stores.principals import organization_principal, user_principal

MOST_TOGETHER: Final = 50
"""Records that one transaction deletes."""
_SORT_KEYS: Final = {
    RecordKind.RENDERS: "renderId",
    RecordKind.UPLOADS: "uploadId",
    RecordKind.PROJECTS: "projectId",
    RecordKind.STYLES: "styleKey",
    RecordKind.WEBHOOKS: "webhookId",
    RecordKind.CONSENTS: "consentKey",
    RecordKind.LEDGER: "entryId",
    RecordKind.TASKS: "taskId",
}
"""The sort keys of the tables whose partition key is ``userId``."""


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record of the user. ``item`` has all of it, ``is_counted`` tells whether a receipt counts it.

    Idempotency keys, counters and marks are not counted.
    """

    table: str
    key: Item
    item: Item
    is_counted: bool


class AccountRecords:
    """Finds and deletes the records of a user. ``tables`` has the name of the table of each kind."""

    def __init__(
        self,
        client: Any,
        tables: Mapping[RecordKind, str],
        *,
        accounts: str,
        figures: str,
        principals: str,
        organizations: str,
        audit: str,
    ) -> None:
        self._client = client
        self._tables = tables
        self._accounts = accounts
        self._figures = figures
        self._principals = principals
        self._organizations = organizations
        self._audit = audit

    def find(self, kind: RecordKind, user_id: str) -> Iterator[FoundRecord]:
        """Yields every record of a kind, by consistent reads where the table allows them."""
        table = self._tables[kind]
        if kind in _SORT_KEYS:
            sort = _SORT_KEYS[kind]
            for item in self._query(table, "userId", user_id):
                if kind is not RecordKind.TASKS or item[sort] != DELETION_TASK:
                    yield FoundRecord(table, {"userId": user_id, sort: item[sort]}, item, _is_counted(kind, item[sort]))
        elif kind is RecordKind.DELIVERIES:
            webhooks = self._query(self._tables[RecordKind.WEBHOOKS], "userId", user_id)
            targets = [each["webhookId"] for each in webhooks if is_uuid(each["webhookId"])]
            for target in [*targets, callback_target(user_id)]:
                for item in self._query(table, "target", target):
                    key = {"target": target, "deliveryId": item["deliveryId"]}
                    yield FoundRecord(table, key, item, is_uuid(item["deliveryId"]))
        elif kind is RecordKind.SESSIONS:
            for item in self._query(table, "userId", user_id, IndexName="user", ConsistentRead=False):
                yield FoundRecord(table, {"sessionId": item["sessionId"]}, item, is_counted=True)
        else:
            name = "keyHash" if kind is RecordKind.API_KEYS else "codeHash"
            for item in self._scan(table, name, user_id):
                yield FoundRecord(table, {name: item[name]}, item, "keyId" in item)

    def delete(self, found: Sequence[FoundRecord], counting: Action | None) -> bool:
        """Deletes at most ``MOST_TOGETHER`` records and counts them, all or nothing.

        Returns False if one was deleted by somebody else meanwhile. Then nothing was deleted or counted.
        """
        actions: list[Action] = []
        for each in found:
            name = next(iter(each.key))
            actions.append(
                {
                    "Delete": {
                        "TableName": each.table,
                        "Key": to_attributes(each.key),
                        "ConditionExpression": f"attribute_exists({name})",
                    }
                }
            )
        return try_transact(self._client, [*actions, *([counting] if counting else [])], token=uuid7())

    def account(self, user_id: str) -> Item:
        """Returns the item of the account, empty if there is none."""
        response = self._client.get_item(
            TableName=self._accounts, Key=to_attributes({"userId": user_id}), ConsistentRead=True
        )
        return from_attributes(response.get("Item", {}))

    def memberships(self, owner_id: str) -> Iterator[Item]:
        """Yields an organisation with its members and invitations, or the memberships of a user, also ended ones."""
        of_organization = list(self._query(self._organizations, "organizationId", owner_id))
        yield from of_organization or member_items(self._client, self._organizations, owner_id)

    def audit_log(self, owner_id: str) -> Iterator[Item]:
        """Yields the audit log of an organisation. A user has none."""
        return self._query(self._audit, "organizationId", owner_id)

    def delete_account(self, user_id: str) -> None:
        """Deletes the item of the account, and those of an organisation. The audit log of an organisation stays."""
        for item in self._query(self._organizations, "organizationId", user_id):
            if item.get("role") == Role.OWNER:
                self._delete_organization_item(f"owner#{item['userId']}", "owner")
            if item["item"] != ORGANIZATION:
                self._delete_organization_item(user_id, item["item"])
        # Last: until then, the organisation is known to be one that is being deleted.
        self._delete_organization_item(user_id, ORGANIZATION)
        delete_item(self._client, TableName=self._accounts, Key=to_attributes({"userId": user_id}))

    def _delete_organization_item(self, organization_id: str, item: str) -> None:
        key = {"organizationId": organization_id, "item": item}
        delete_item(self._client, TableName=self._organizations, Key=to_attributes(key))

    def figures(self, user_id: str) -> Iterator[Item]:
        """Yields the figures of the user."""
        return self._query(self._figures, "scope", f"user#{user_id}")

    def delete_figures(self, user_id: str) -> None:
        """Deletes all figures of the user."""
        for item in self.figures(user_id):
            key = {"scope": item["scope"], "period": item["period"]}
            delete_item(self._client, TableName=self._figures, Key=to_attributes(key))

    def delete_principal(self, user_id: str) -> None:
        """Deletes what the user or the organisation is counted by."""
        for principal in (user_principal(user_id), organization_principal(user_id)):
            delete_item(self._client, TableName=self._principals, Key=to_attributes({"principal": principal}))

    def is_empty(self, user_id: str) -> bool:
        """Returns whether no record of any kind is left."""
        return not any(list(islice(self.find(kind, user_id), 1)) for kind in RecordKind)

    def _query(self, table: str, partition: str, value: str, **options: Any) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="#partition = :value",
            ExpressionAttributeNames={"#partition": partition},
            ExpressionAttributeValues=to_attributes({":value": value}),
            **{"ConsistentRead": True, **options},
        )
        return (from_attributes(item) for page in pages for item in page["Items"])

    def _scan(self, table: str, key: str, user_id: str) -> Iterator[Item]:
        """These tables have no index of everything that names a user, and are small."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression="userId = :user OR #key = :own OR begins_with(#key, :request)",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=to_attributes(
                {":user": user_id, ":own": f"user#{user_id}", ":request": f"request#{user_id}#"}
            ),
            ConsistentRead=True,
        )
        return (from_attributes(item) for page in pages for item in page["Items"])


def _is_counted(kind: RecordKind, sort_key: str) -> bool:
    if kind is RecordKind.CONSENTS:
        return sort_key.startswith("answer#")
    if kind is RecordKind.STYLES:
        return sort_key.startswith("style#")
    return is_uuid(sort_key)
