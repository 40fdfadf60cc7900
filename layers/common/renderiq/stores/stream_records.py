"""Reads the records of the tables whose changes the figures follow, and the facts that they state.

A table also has items of other kinds, such as idempotency keys. They state no facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso
from renderiq.domain.credits import LedgerEntry, LedgerEntryType
from renderiq.domain.figures import (
    OTHER,
    AttemptRecord,
    DeliveryRecord,
    Fact,
    RenderRecord,
    UploadRecord,
    ledger_facts,
)
from renderiq.domain.styles import OWN_PREFIX
from renderiq.ids import is_uuid
from renderiq.logs import logger
from renderiq.stores.items import Item, from_attributes
from renderiq.styles import registry

ReadFacts = Callable[[Item], tuple[Fact, ...]]


def render_facts(item: Item) -> tuple[Fact, ...]:
    """Returns the facts of an item of the table Renders."""
    if not is_uuid(item.get("renderId", "")):
        return ()
    order = item["order"]
    return RenderRecord(
        render_id=item["renderId"],
        user_id=item["userId"],
        platform=item["platform"],
        plugin_version=item.get("pluginVersion"),
        quality=order["quality"],
        style=_style(order["style"]),
        engine=order["engine"],
        cost=item["cost"],
        created_at=from_iso(item["createdAt"]),
        status=item["status"],
        completed_at=_time(item, "completedAt"),
        error_code=item.get("errorCode"),
    ).facts()


def delivery_facts(item: Item) -> tuple[Fact, ...]:
    """Returns the facts of an item of the table Deliveries."""
    if "state" not in item:
        return ()
    return DeliveryRecord(
        delivery_id=item["deliveryId"],
        user_id=item["userId"],
        attempts=tuple(
            AttemptRecord(from_iso(each["at"]), each["durationMs"], 200 <= each.get("status", 0) < 300)
            for each in item["attempts"]
        ),
        given_up=item["state"] == "failed",
    ).facts()


def upload_facts(item: Item) -> tuple[Fact, ...]:
    """Returns the facts of an item of the table Uploads."""
    if not is_uuid(item.get("uploadId", "")):
        return ()
    return UploadRecord(
        upload_id=item["uploadId"],
        user_id=item["userId"],
        purpose=item["purpose"],
        status=item["status"],
        size=item["size"],
        created_at=from_iso(item["createdAt"]),
        ended_at=_time(item, "endedAt"),
    ).facts()


def entry_facts(item: Item) -> tuple[Fact, ...]:
    """Returns the facts of an item of the table Ledger."""
    entry = LedgerEntry(
        item["entryId"], item["userId"], LedgerEntryType(item["movement"]), item["amount"], from_iso(item["at"])
    )
    return ledger_facts(entry)


_READERS: Final[Mapping[str, ReadFacts]] = {
    "renderId": render_facts,
    "deliveryId": delivery_facts,
    "uploadId": upload_facts,
    "entryId": entry_facts,
}


def facts_of(keys: Iterable[str], item: Item) -> tuple[Fact, ...]:
    """Returns the facts that an item states, none if it is empty. ``keys`` are the names of its table's keys.

    Raises KeyError, TypeError or ValueError for an item that it cannot read.
    """
    [read] = [_READERS[key] for key in keys if key in _READERS]
    return read(item) if item else ()


class RecordReader:
    """Reads the facts of all records from the tables themselves."""

    def __init__(self, client: Any, tables: Iterable[str]) -> None:
        self._client = client
        self._tables = tuple(tables)

    def facts(self) -> Iterator[Fact]:
        """Yields every fact that the tables state. It scans them.

        A record that cannot be read is logged and left out.
        """
        for table in self._tables:
            schema = self._client.describe_table(TableName=table)["Table"]["KeySchema"]
            keys = [each["AttributeName"] for each in schema]
            for page in self._client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
                for item in page["Items"]:
                    yield from self._readable(keys, item)

    def _readable(self, keys: list[str], item: dict[str, Any]) -> tuple[Fact, ...]:
        try:
            return facts_of(keys, from_attributes(item))
        except (KeyError, TypeError, ValueError):
            logger.exception("a record could not be counted", extra={"entry": {key: item.get(key) for key in keys}})
            return ()


def _style(name: str) -> str:
    """Returns a name of a fixed list, because each name is a count of its own."""
    if name.startswith(OWN_PREFIX):
        return "own"
    return name if name in registry().catalogue.newest else OTHER


def _time(item: Item, name: str) -> datetime | None:
    return from_iso(item[name]) if name in item else None
