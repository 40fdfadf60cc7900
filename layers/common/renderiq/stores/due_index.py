"""Due indexes: sparse secondary indexes of the records that need work, by the time when it is due.

An index is split into shards, so that no partition carries all of it. It is eventually consistent: it may return a
record that is not due any more, so a caller reads the record before it acts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from zlib import crc32

from renderiq.clock import to_iso
from renderiq.domain.recovery import DueItem, DueRender, QuarantinedRecord
from renderiq.stores.items import ConditionFailedError, Item, conditional, from_attributes, to_attributes, update_item

_SHARDS: Final = 8
_PAGE: Final = 100


DueT = TypeVar("DueT", DueItem, DueRender)


@dataclass(frozen=True, slots=True)
class DueKey:
    """The key attributes of a table with a due index.

    Only sort keys that begin with ``sort_prefix`` are in the index; the items of a ``DueIndex`` are named without it.
    """

    partition: str
    sort: str
    sort_prefix: str = ""


class DueIndex(Generic[DueT]):
    """The due index of one table.

    ``kind`` names its records in logs, metrics and reports. ``decode`` reads a due record from its item; it may raise
    KeyError, TypeError or ValueError for a record that it cannot read.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        *,
        kind: str,
        key: DueKey,
        decode: Callable[[Item], DueT],
        consistent: bool = False,
    ) -> None:
        self.kind = kind
        self._client = client
        self._table = table
        self._key = key
        self._decode: Callable[[Item], DueT] = decode
        self._consistent = {"ConsistentRead": True} if consistent else {}

    def overdue(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Yields partition and item of the records that were due by ``now``, oldest first.

        Pages are read as the iterator advances.
        """
        shards = (self._shard(f"due#{number}", now) for number in range(_SHARDS))
        for found in heapq.merge(*shards, key=lambda item: item["dueAt"]):
            yield found[self._key.partition], found[self._key.sort].removeprefix(self._key.sort_prefix)

    def get(self, partition: str, item: str) -> DueT | None:
        """Returns the due record, or None if it was deleted or is not due any more.

        Raises the errors of ``decode``.
        """
        answer = self._client.get_item(TableName=self._table, Key=self._key_of(partition, item), **self._consistent)
        found = from_attributes(answer.get("Item", {}))
        return self._decode(found) if "dueAt" in found else None

    def reschedule(self, due: DueT, *, until: datetime) -> bool:
        """Moves the due time. Returns False if another process has changed it since ``due`` was read."""
        values = {":until": to_iso(until), ":seen": to_iso(due.due_at)}
        return self._update(due.partition, due.item, "SET dueAt = :until", "dueAt = :seen", values)

    def remove(self, due: DueT) -> None:
        """Takes the record out of the index, unless another process has changed its due time since it was read."""
        values = {":seen": to_iso(due.due_at)}
        self._update(due.partition, due.item, "REMOVE dueAt, dueShard", "dueAt = :seen", values)

    def quarantine(self, partition: str, item: str, *, due_by: datetime, now: datetime) -> bool:
        """Marks a record that cannot be read, and takes it out of the index.

        Returns False if the record was not due by ``due_by``. Times are compared as they are stored, so nothing of the
        record needs to be readable. Its shard stays, so that setting ``dueAt`` puts it back into the index.
        """
        values = {":now": to_iso(now), ":by": to_iso(due_by)}
        return self._update(partition, item, "SET setAsideAt = :now REMOVE dueAt", "dueAt <= :by", values)

    def quarantined(self) -> Iterator[QuarantinedRecord]:
        """Yields the records that are in quarantine. It scans the whole table."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="attribute_exists(setAsideAt) AND attribute_not_exists(dueAt)",
            ConsistentRead=True,
        )
        for page in pages:
            for found in map(from_attributes, page["Items"]):
                yield QuarantinedRecord(
                    self.kind, found[self._key.partition], found[self._key.sort], found["setAsideAt"]
                )

    def _key_of(self, partition: str, item: str) -> dict[str, Any]:
        return to_attributes({self._key.partition: partition, self._key.sort: f"{self._key.sort_prefix}{item}"})

    def _update(self, partition: str, item: str, update: str, condition: str, values: dict[str, str]) -> bool:
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=self._key_of(partition, item),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_attributes(values),
                )
        except ConditionFailedError:
            return False
        return True

    def _shard(self, shard: str, now: datetime) -> Iterator[Item]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "due",
            "KeyConditionExpression": "dueShard = :shard AND dueAt <= :now",
            "ExpressionAttributeValues": to_attributes({":shard": shard, ":now": to_iso(now)}),
            "Limit": _PAGE,
        }
        while True:
            answer = self._client.query(**query)
            yield from map(from_attributes, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def due_attributes(item_id: str, due_at: datetime) -> Item:
    """Returns the attributes that put a record into the due index of its table."""
    return {"dueShard": shard_of(item_id), "dueAt": to_iso(due_at)}


def shard_of(item_id: str) -> str:
    """Returns the shard of a record by the hash of its id."""
    return f"due#{crc32(item_id.encode()) % _SHARDS}"
