"""Makes due items due earlier, for tests that cannot wait."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.stores.items import ConditionFailedError, conditional, from_attributes, to_attributes


def backdate(dynamodb: Any, *tables: str, by: timedelta) -> None:
    """Make every due item of these tables due ``by`` earlier. Items that change meanwhile stay as they are."""
    for table in tables:
        for item in due_items(dynamodb, table):
            _update(dynamodb, table, item, dueAt=to_iso(from_iso(item["dueAt"]) - by))


def attempt_now(dynamodb: Any, table: str) -> None:
    """Make the next attempt of every delivery in ``table`` due now."""
    now = to_iso(datetime.now(UTC))
    for item in due_items(dynamodb, table):
        _update(dynamodb, table, item, nextAttemptAt=min(now, item["nextAttemptAt"]), dueAt=now)


def due_items(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    """The items of a table that have a due time, past or future."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    items = (from_attributes(item) for page in pages for item in page["Items"])
    return [item for item in items if "dueShard" in item]


def _update(dynamodb: Any, table: str, item: dict[str, Any], **values: str) -> None:
    keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    with contextlib.suppress(ConditionFailedError), conditional():
        dynamodb.update_item(
            TableName=table,
            Key=to_attributes({key: item[key] for key in keys}),
            UpdateExpression="SET " + ", ".join(f"{each} = :{each}" for each in values),
            ConditionExpression="dueAt = :seen",
            ExpressionAttributeValues=to_attributes(
                {":seen": item["dueAt"], **{f":{each}": value for each, value in values.items()}}
            ),
        )
