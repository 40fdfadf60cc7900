"""The audit log in DynamoDB. Entries are only added, in the transaction that makes the change which they tell of.

PK organizationId   SK entryId (UUIDv7: newest last)
GSI actor           actorKey ``<organization id>#<actor>``, entryId
GSI subject         subjectKey ``<organization id>#<subject>``, entryId
expiresAt           TTL
"""

from __future__ import annotations

import json
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.audit import AUDIT_TTL, AuditAction, AuditEntry, AuditFilters
from renderiq.ids import first_uuid_at
from renderiq.stores.items import Action, Item, from_attributes, to_attributes


class AuditStore:
    """Adds and lists entries. There is nothing that changes or deletes one."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add_action(self, entry: AuditEntry) -> Action:
        """Returns the action of a transaction that adds an entry."""
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(_to_item(entry)),
                "ConditionExpression": "attribute_not_exists(entryId)",
            }
        }

    def page(
        self, organization_id: str, *, limit: int, before: str | None, filters: AuditFilters
    ) -> tuple[list[AuditEntry], str | None]:
        """Returns entries, newest first, and the entry id at which the next page continues (None if last).

        With an actor and a subject, a page may be short or empty and have a cursor nevertheless.
        """
        key, value, index = "organizationId", organization_id, None
        values: Item = {}
        query: dict[str, Any] = {"TableName": self._table, "ScanIndexForward": False, "Limit": limit + 1}
        if filters.subject:
            key, value, index = "subjectKey", f"{organization_id}#{filters.subject}", "subject"
            if filters.actor:
                query["FilterExpression"] = "actor = :actor"
                values[":actor"] = filters.actor
        elif filters.actor:
            key, value, index = "actorKey", f"{organization_id}#{filters.actor}", "actor"
        if index:
            query["IndexName"] = index
        else:
            query["ConsistentRead"] = True
        condition = f"{key} = :key"
        values[":key"] = value
        ends = [each for each in (before, first_uuid_at(filters.until) if filters.until else None) if each]
        if ends and filters.since:
            # BETWEEN includes both ends. No entry has the id that ``first_uuid_at`` makes, but one has ``before``.
            condition += " AND entryId BETWEEN :first AND :last"
        elif ends:
            condition += " AND entryId < :last"
        elif filters.since:
            condition += " AND entryId >= :first"
        if ends:
            values[":last"] = min(ends)
        if filters.since:
            values[":first"] = first_uuid_at(filters.since)
        if ends and filters.since and values[":first"] > values[":last"]:
            return [], None
        response = self._client.query(
            **query, KeyConditionExpression=condition, ExpressionAttributeValues=to_attributes(values)
        )
        found = [_from_item(from_attributes(item)) for item in response["Items"]]
        found = [entry for entry in found if entry.entry_id != before]
        if len(found) > limit:
            return found[:limit], found[limit - 1].entry_id
        last = response.get("LastEvaluatedKey")
        return found, from_attributes(last)["entryId"] if last else None


def _to_item(entry: AuditEntry) -> Item:
    return {
        "organizationId": entry.organization_id,
        "entryId": entry.entry_id,
        "actorKey": f"{entry.organization_id}#{entry.actor}",
        "subjectKey": f"{entry.organization_id}#{entry.subject}",
        "at": to_iso(entry.at),
        "actor": entry.actor,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        # As text, so that they are read back as they were.
        "before": json.dumps(dict(entry.before)) if entry.before else None,
        "after": json.dumps(dict(entry.after)) if entry.after else None,
        "expiresAt": int((entry.at + AUDIT_TTL).timestamp()),
    }


def _from_item(item: Item) -> AuditEntry:
    return AuditEntry(
        organization_id=item["organizationId"],
        entry_id=item["entryId"],
        at=from_iso(item["at"]),
        actor=item["actor"],
        address=item.get("address"),
        action=AuditAction(item["action"]),
        subject=item["subject"],
        before=json.loads(item["before"]) if "before" in item else {},
        after=json.loads(item["after"]) if "after" in item else {},
    )
