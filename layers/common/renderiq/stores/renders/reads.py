"""Reading renders from DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from renderiq.domain.reconciliation import RenderCharge
from renderiq.domain.recovery import DueRender
from renderiq.domain.renders import Render, RenderFilters, Status
from renderiq.errors import not_found
from renderiq.ids import first_uuid_at
from renderiq.stores.due_index import DueIndex, DueKey
from renderiq.stores.items import AFTER_IDS, Item, from_attributes, to_attributes
from renderiq.stores.renders.items import charge_from_item, due_render_from_item, from_item, key

WAITING: Final = "waiting#"
"""Begins the sort key of an item beside each render that waits for a slot of its organisation."""
_READ_PER_SHOWN: Final = 10
"""How many renders a page with a filter reads at most for each one that it may show."""


class RenderReader:
    """Reads renders. ``due_index`` has the renders that need work, or whose events are not all published."""

    def __init__(self, client: Any, *, renders: str) -> None:
        self._client = client
        self._table = renders
        self.due_index: DueIndex[DueRender] = DueIndex(
            client,
            renders,
            kind="render",
            key=DueKey("userId", "renderId"),
            decode=due_render_from_item,
            consistent=True,
        )

    def get(self, user_id: str, render_id: str) -> Render:
        """Raises ``NOT_FOUND``, also for a render of another user."""
        item = self._find(user_id, render_id)
        if not item:
            raise not_found("render")
        return from_item(item)

    def with_lease(self, render: Render, *, lease: str) -> Render | None:
        """Returns the render as it is now, or None if the worker with this lease does not hold it any more."""
        item = self._find(render.user_id, render.render_id)
        return from_item(item) if item.get("leaseId") == lease else None

    def page(
        self, user_id: str, *, limit: int, before: str | None, filters: RenderFilters
    ) -> tuple[list[Render], str | None]:
        """Returns renders, newest first, and the render id at which the next page continues (None if last).

        A page is one query, which reads a bounded part of the table. So a filter that matches few renders can give a
        short page, even an empty one, that has a cursor nevertheless.
        """
        response = self._client.query(**self._query(user_id, limit, before, filters))
        found = [from_item(from_attributes(item)) for item in response["Items"]]
        if len(found) > limit:
            return found[:limit], found[limit - 1].render_id
        last = response.get("LastEvaluatedKey")
        return found, from_attributes(last)["renderId"] if last else None

    def is_needed(self, user_id: str, key: str, *, since: datetime) -> bool:
        """Returns whether a render that was created after ``since`` and has not ended has this key as an input."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND renderId BETWEEN :since AND :end",
            FilterExpression="#status IN (:pending, :processing) AND "
            "(captureKey = :key OR depthKey = :key OR materialIdKey = :key OR normalKey = :key OR modelKey = :key)",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_attributes(
                {
                    ":user": user_id,
                    ":since": first_uuid_at(since),
                    ":end": AFTER_IDS,
                    ":pending": Status.PENDING,
                    ":processing": Status.PROCESSING,
                    ":key": key,
                }
            ),
            ProjectionExpression="renderId",
            ConsistentRead=True,
        )
        return any(page["Items"] for page in pages)

    def charges(self, user_id: str) -> Iterator[RenderCharge]:
        """Yields the cost and the status of every render of a user."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND renderId < :end",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":end": AFTER_IDS}),
            ProjectionExpression="renderId, #status, cost, waits",
            ExpressionAttributeNames={"#status": "status"},
            ConsistentRead=True,
        )
        return (charge_from_item(from_attributes(item)) for page in pages for item in page["Items"])

    def waiting_id(self, organization_id: str) -> str | None:
        """Returns the id of the render that has waited longest for a slot, or None."""
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :organization AND begins_with(renderId, :waiting)",
            ExpressionAttributeValues=to_attributes({":organization": organization_id, ":waiting": WAITING}),
            Limit=1,
            ConsistentRead=True,
        )
        items = [from_attributes(item) for item in response["Items"]]
        return items[0]["renderId"].removeprefix(WAITING) if items else None

    def ping(self) -> None:
        """Raises the errors of boto3 if the table cannot be read."""
        self._client.get_item(TableName=self._table, Key=key("health", "health"))

    def _find(self, user_id: str, render_id: str) -> Item:
        """Returns the item, empty if there is none."""
        response = self._client.get_item(TableName=self._table, Key=key(user_id, render_id), ConsistentRead=True)
        return from_attributes(response.get("Item", {}))

    def _query(self, user_id: str, limit: int, before: str | None, filters: RenderFilters) -> dict[str, Any]:
        values: Item = {":user": user_id, ":before": before or AFTER_IDS}
        conditions = []
        is_filtered = filters.status is not None or filters.platform is not None
        read = (limit + 1) * (_READ_PER_SHOWN if is_filtered else 1)
        query: dict[str, Any] = {"TableName": self._table, "ScanIndexForward": False, "Limit": read}
        names = {}
        if filters.project_id:
            query["IndexName"] = "project"
            query["KeyConditionExpression"] = "projectId = :project AND renderId < :before"
            values[":project"] = filters.project_id
            conditions.append("userId = :user")
        else:
            query["KeyConditionExpression"] = "userId = :user AND renderId < :before"
        if filters.status:
            conditions.append("#status = :status")
            names["#status"] = "status"
            values[":status"] = filters.status
        if filters.platform:
            conditions.append("platform = :platform")
            values[":platform"] = filters.platform
        if conditions:
            query["FilterExpression"] = " AND ".join(conditions)
        if names:
            query["ExpressionAttributeNames"] = names
        return query | {"ExpressionAttributeValues": to_attributes(values)}
