"""The due indexes: what is owed, in shards so that no partition carries all of it, by the time it is due.

An index follows its table within a second or so: what it brings up may have been seen to already.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zlib import crc32

from renderiq.clock import to_iso
from renderiq.stores.items import ConditionFailedError, Item, conditional, from_attributes, to_attributes, update_item

_SHARDS: Final = 8
_PAGE: Final = 100


def shard_of(item_id: str) -> str:
    return f"due#{crc32(item_id.encode()) % _SHARDS}"


def overdue(client: Any, table: str, now: datetime) -> Iterator[Item]:
    """The keys of what was due by ``now``, oldest first, read as far as they are taken."""
    shards = (_shard(client, table, f"due#{number}", now) for number in range(_SHARDS))
    return heapq.merge(*shards, key=lambda item: item["dueAt"])


def postpone(client: Any, table: str, key: dict[str, Any], *, seen: datetime, until: datetime) -> bool:
    """Moves an entry from ``seen`` to ``until``; False where another was quicker, and it is theirs to see to."""
    values = {":until": to_iso(until), ":seen": to_iso(seen)}
    return _changed(client, table, key, "SET dueAt = :until", "dueAt = :seen", values)


def drop(client: Any, table: str, key: dict[str, Any], *, seen: datetime) -> None:
    """Takes an entry that is due at ``seen`` out of the index; where another was quicker it stays theirs."""
    _changed(client, table, key, "REMOVE dueAt, dueShard", "dueAt = :seen", {":seen": to_iso(seen)})


def quarantine(client: Any, table: str, key: dict[str, Any], *, due_by: datetime, now: datetime) -> bool:
    """Takes an entry that was due by ``due_by`` out of the index and marks its record; False where it is not.

    Nothing of the record need be readable: times are compared as they are written. Its shard stays, so that
    whatever gives it a ``dueAt`` again puts it back.
    """
    values = {":now": to_iso(now), ":by": to_iso(due_by)}
    return _changed(client, table, key, "SET setAsideAt = :now REMOVE dueAt", "dueAt <= :by", values)


def aside(client: Any, table: str) -> Iterator[Item]:
    """Keys and mark of what was set aside and is not due again. It reads the whole table."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="attribute_exists(setAsideAt) AND attribute_not_exists(dueAt)",
        ConsistentRead=True,
    )
    return (from_attributes(item) for page in pages for item in page["Items"])


def _changed(client: Any, table: str, key: dict[str, Any], change: str, condition: str, values: dict[str, str]) -> bool:
    try:
        with conditional():
            update_item(
                client,
                TableName=table,
                Key=key,
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_attributes(values),
            )
    except ConditionFailedError:
        return False
    return True


def _shard(client: Any, table: str, shard: str, now: datetime) -> Iterator[Item]:
    query: dict[str, Any] = {
        "TableName": table,
        "IndexName": "due",
        "KeyConditionExpression": "dueShard = :shard AND dueAt <= :now",
        "ExpressionAttributeValues": to_attributes({":shard": shard, ":now": to_iso(now)}),
        "Limit": _PAGE,
    }
    while True:
        answer = client.query(**query)
        yield from map(from_attributes, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
