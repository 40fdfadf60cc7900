"""Makes time pass faster for what is owed, where a test or a soak cannot wait."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

from local.places import Place
from renderiq.clock import from_iso, to_iso
from renderiq.stores.items import ConditionFailedError, conditional, from_attributes, to_attributes


def backdate(place: Place, *tables: str, by: timedelta) -> None:
    """Makes everything that is owed in these tables due ``by`` earlier; what changes meanwhile stays as it is."""
    for table in tables:
        for item in _owed(place, table):
            _set(place, table, item, dueAt=to_iso(from_iso(item["dueAt"]) - by))


def attempt_now(place: Place) -> None:
    """Every delivery that waits for its next attempt may be made at once, and is due."""
    now = to_iso(datetime.now(UTC))
    for item in _owed(place, "DeliveriesTable"):
        _set(place, "DeliveriesTable", item, nextAttemptAt=min(now, item["nextAttemptAt"]), dueAt=now)


def _owed(place: Place, table: str) -> list[dict[str, Any]]:
    pages = place.client("dynamodb").get_paginator("scan").paginate(TableName=place.names[table])
    items = (from_attributes(item) for page in pages for item in page["Items"])
    return [item for item in items if "dueShard" in item]


def _set(place: Place, table: str, item: dict[str, Any], **values: str) -> None:
    dynamodb, name = place.client("dynamodb"), place.names[table]
    keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
    with contextlib.suppress(ConditionFailedError), conditional():
        dynamodb.update_item(
            TableName=name,
            Key=to_attributes({key: item[key] for key in keys}),
            UpdateExpression="SET " + ", ".join(f"{each} = :{each}" for each in values),
            ConditionExpression="dueAt = :seen",
            ExpressionAttributeValues=to_attributes(
                {":seen": item["dueAt"], **{f":{each}": value for each, value in values.items()}}
            ),
        )
