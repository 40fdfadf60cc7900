"""Figures in DynamoDB.

PK scope (``all`` or ``user#<id>``)   SK period
    ``hour#2026-11-26T09``, ``day#2026-11-26``: the counts of a period; ``total``: those since the beginning, of ``all``
    ``gone#`` before one of these: what facts that no record states any more have added to it
    ``gauges``, of ``all``: what the sweeper found in its last run
PK ``mark#<change id>``               SK ``mark``: a change that is counted, for 3 days
PK ``control``                        SK ``rebuild``: until when a rebuild keeps the worker from counting
TTL expiresAt

A change is counted in the transaction that stores its mark, so it is counted once, whatever was repeated, killed or
reordered. Streams repeat a record for a day at most, which is less than marks are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from renderiq.domain.figures import ACTIVE, EVERYBODY, Bucket, FactChange
from renderiq.ids import uuid7
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    batch_write,
    conditional,
    delete_item,
    from_attributes,
    put_item,
    to_attributes,
    transact,
    update_item,
)

MARK_TTL: Final = timedelta(days=3)
TOTAL: Final = "total"
_GAUGES: Final = "gauges"
_GONE: Final = "gone#"
_MARK: Final = "mark"
_FORMATS: Final = {Bucket.HOUR: "hour#%Y-%m-%dT%H", Bucket.DAY: "day#%Y-%m-%d"}
_MOST_ACTIONS: Final = 90
"""Of a transaction, which DynamoDB allows 100."""
_MOST_CHANGES: Final = 40
"""An update expression may have 4 KB, and a fact adds at most eight names to one."""
_MOST_WRITES: Final = 25
"""Of a batch of writes."""
_REMEMBERED: Final = 10_000
_NOT_COUNTS: Final = frozenset({"scope", "period", "expiresAt"})
_CONTROL: Final = {"scope": "control", "period": "rebuild"}

Key = tuple[str, str]
"""The scope and the period of an item."""


class RebuildInProgressError(Exception):
    """A rebuild from the tables runs. The changes are to be counted when it has ended."""


@dataclass(frozen=True, slots=True)
class Period:
    """The counts of an hour or a day. ``start`` is in UTC."""

    start: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of everybody: since the beginning, of this hour and of this day, and the sweeper's gauges."""

    totals: Mapping[str, int]
    hour: Mapping[str, int]
    day: Mapping[str, int]
    gauges: Mapping[str, float]


@dataclass(slots=True)
class _Batch:
    """Changes that one transaction counts, and the counts that they add to each item."""

    now: datetime
    changes: list[FactChange] = field(default_factory=list)
    counts: dict[Key, Counter[str]] = field(default_factory=dict)
    active: set[Key] = field(default_factory=set)
    """The items of users that were active in the period."""

    def add(self, change: FactChange) -> None:
        self.changes.append(change)
        for key in periods_of(change, self.now):
            self.counts.setdefault(key, Counter()).update(change.fact.counts)
            if change.fact.shows_activity and key[0] != EVERYBODY:
                self.active.add(key)

    @property
    def is_full(self) -> bool:
        return len(self.changes) >= _MOST_CHANGES or len(self.changes) + len(self.counts) > _MOST_ACTIONS - 10


class FigureStore:
    """Counts changes, and reads the figures."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._known_active: set[Key] = set()

    def count(self, changes: Sequence[FactChange], *, now: datetime) -> None:
        """Counts each change, unless it is counted already. Changes of a few transactions are counted together.

        Raises ``RebuildInProgressError``. After an error, some of the changes are counted: call it again.
        """
        batch, known = _Batch(now), set()
        for change in changes:
            if change.change_id not in known:
                known.add(change.change_id)
                batch.add(change)
            if batch.is_full:
                self._count(batch)
                batch = _Batch(now)
        self._count(batch)

    def periods(self, scope: str, bucket: Bucket, first: datetime, last: datetime) -> list[Period]:
        """Returns the periods from that of ``first`` to that of ``last`` in which something happened, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#scope = :scope AND #period BETWEEN :first AND :last",
            ExpressionAttributeNames={"#scope": "scope", "#period": "period"},
            ExpressionAttributeValues=to_attributes(
                {":scope": scope, ":first": period_of(bucket, first), ":last": period_of(bucket, last)}
            ),
        )
        return [_period(bucket, from_attributes(item)) for page in pages for item in page["Items"]]

    def overview(self, now: datetime) -> Overview:
        """Returns the figures of everybody, in one read."""
        wanted = [TOTAL, period_of(Bucket.HOUR, now), period_of(Bucket.DAY, now), _GAUGES]
        response = self._client.batch_get_item(
            RequestItems={self._table: {"Keys": [_key(EVERYBODY, period) for period in wanted]}}
        )
        found = {item["period"]: _counts(item) for item in map(from_attributes, response["Responses"][self._table])}
        return Overview(*(found.get(period, {}) for period in wanted))

    def record_gauges(self, gauges: Mapping[str, float]) -> None:
        """Replaces the gauges."""
        item = {"scope": EVERYBODY, "period": _GAUGES, **gauges}
        put_item(self._client, TableName=self._table, Item=to_attributes(item))

    def begin_rebuild(self, *, lease: str, until: datetime, now: datetime) -> None:
        """Keeps the worker from counting until ``until``. Raises ``RebuildInProgressError`` if another one runs."""
        self._keep(lease, until, "attribute_not_exists(keptUntil) OR keptUntil < :now", {":now": now.timestamp()})

    def extend_rebuild(self, *, lease: str, until: datetime, now: datetime) -> None:
        """Extends the time. Raises ``RebuildInProgressError`` if it was over: then the worker has counted again."""
        self._keep(lease, until, "leaseId = :lease AND keptUntil >= :now", {":now": now.timestamp()})

    def end_rebuild(self, *, lease: str) -> None:
        """Lets the worker count again. Raises ``RebuildInProgressError`` if another rebuild has begun meanwhile."""
        self._keep(lease, datetime.fromtimestamp(0, UTC), "leaseId = :lease", {})

    def all_counts(self) -> Iterator[tuple[Key, dict[str, int]]]:
        """Yields every item with counts, also those of facts that have gone. It scans the whole table."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        for page in pages:
            for item in map(from_attributes, page["Items"]):
                key = item["scope"], item["period"]
                if key[1].removeprefix(_GONE).startswith(("hour#", "day#", TOTAL)):
                    yield key, _counts(item)

    def replace(self, key: Key, counts: Mapping[str, int] | None) -> None:
        """Writes the counts of an item, whatever it has; None deletes it. Only a rebuild may do that."""
        if counts is None:
            delete_item(self._client, TableName=self._table, Key=_key(*key))
            return
        item = {"scope": key[0], "period": key[1], "expiresAt": _expiry(key[1]), **counts}
        put_item(self._client, TableName=self._table, Item=to_attributes(item))

    def mark(self, changes: Sequence[FactChange], *, now: datetime) -> None:
        """Stores that changes are counted. Only a rebuild may do that."""
        for begin in range(0, len(changes), _MOST_WRITES):
            part = changes[begin : begin + _MOST_WRITES]
            batch_write(self._client, self._table, [{"PutRequest": {"Item": _mark_item(each, now)}} for each in part])

    def _count(self, batch: _Batch) -> None:
        while batch.changes:
            marks: list[Action] = [self._mark(each, batch.now) for each in batch.changes]
            keys = [key for key in batch.counts if key[0] != EVERYBODY]
            newly = [key for key in keys if key in batch.active - self._known_active]
            updates = [self._update(key, batch.counts[key], first=key in newly) for key in keys]
            newly_in = Counter(period for _, period in newly if not period.startswith(_GONE))
            for key, counts in batch.counts.items():
                if key[0] == EVERYBODY:
                    active = {ACTIVE: newly_in[key[1]]} if newly_in[key[1]] else {}
                    updates.append(self._update(key, counts + Counter(active), first=False))
            try:
                transact(self._client, [self._not_rebuilding(batch.now), *marks, *updates], token=uuid7())
            except TransactionRejectedError as rejection:
                batch = self._without_counted(batch, keys, newly, rejection)
                continue
            self._remember(newly)
            return

    def _without_counted(
        self, batch: _Batch, keys: list[Key], newly: list[Key], rejection: TransactionRejectedError
    ) -> _Batch:
        """Returns the changes that another invocation has not counted, and learns which users were active before."""
        if 0 in rejection.rejected:
            raise RebuildInProgressError from rejection
        self._remember(
            [
                key
                for position, key in enumerate(keys, start=1 + len(batch.changes))
                if key in newly and position in rejection.rejected
            ]
        )
        rest = _Batch(batch.now)
        for position, change in enumerate(batch.changes, start=1):
            if position not in rejection.rejected:
                rest.add(change)
        return rest

    def _remember(self, active: Iterable[Key]) -> None:
        if len(self._known_active) > _REMEMBERED:
            self._known_active.clear()
        self._known_active.update(active)

    def _mark(self, change: FactChange, now: datetime) -> Action:
        return {
            "Put": {
                "TableName": self._table,
                "Item": _mark_item(change, now),
                "ConditionExpression": "attribute_not_exists(#scope)",
                "ExpressionAttributeNames": {"#scope": "scope"},
            }
        }

    def _not_rebuilding(self, now: datetime) -> Action:
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": to_attributes(_CONTROL),
                "ConditionExpression": "attribute_not_exists(keptUntil) OR keptUntil < :now",
                "ExpressionAttributeValues": to_attributes({":now": now.timestamp()}),
            }
        }

    def _update(self, key: Key, counts: Mapping[str, int], *, first: bool) -> Action:
        """Returns the action that adds counts to an item.

        ``first`` makes it the first that tells that the user was active in the period: it is rejected if it is not.
        """
        names = {f"#{number}": name for number, name in enumerate(counts)}
        values = {f":{number}": count for number, count in enumerate(counts.values())}
        adds = ", ".join(f"#{number} :{number}" for number in range(len(counts)))
        sets, condition = [], {}
        if (expires_at := _expiry(key[1])) is not None:
            sets.append("expiresAt = :expires")
            values[":expires"] = expires_at
        if first:
            sets.append(f"{ACTIVE} = :once")
            values[":once"] = 1
            if not key[1].startswith(_GONE):
                condition["ConditionExpression"] = f"attribute_not_exists({ACTIVE})"
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(*key),
                "UpdateExpression": (f"SET {', '.join(sets)} " if sets else "") + f"ADD {adds}",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": to_attributes(values),
                **condition,
            }
        }

    def _keep(self, lease: str, until: datetime, condition: str, values: Item) -> None:
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes(_CONTROL),
                    UpdateExpression="SET keptUntil = :until, leaseId = :lease",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_attributes({":until": until.timestamp(), ":lease": lease, **values}),
                )
        except ConditionFailedError as error:
            raise RebuildInProgressError from error


def period_of(bucket: Bucket, moment: datetime) -> str:
    """Returns the sort key of the period that ``moment`` is in. Sort keys sort by time."""
    return moment.astimezone(UTC).strftime(_FORMATS[bucket])


def periods_of(change: FactChange, now: datetime) -> Iterator[Key]:
    """Yields the items that count the change. Those whose time to live would be over are left out."""
    prefix = _GONE if change.gone else ""
    for scope in change.fact.scopes:
        for bucket in Bucket:
            if change.fact.at + bucket.length + bucket.retention > now:
                yield scope, prefix + period_of(bucket, change.fact.at)
    yield EVERYBODY, prefix + TOTAL


def without_gone(key: Key) -> Key | None:
    """Returns the item to which an item of facts that have gone belongs, or None for any other item."""
    return (key[0], key[1].removeprefix(_GONE)) if key[1].startswith(_GONE) else None


def _key(scope: str, period: str) -> dict[str, Any]:
    return to_attributes({"scope": scope, "period": period})


def _mark_item(change: FactChange, now: datetime) -> dict[str, Any]:
    expires_at = int((now + MARK_TTL).timestamp())
    return to_attributes({"scope": f"mark#{change.change_id}", "period": _MARK, "expiresAt": expires_at})


def _expiry(period: str) -> int | None:
    """Returns the time to live of an item by its sort key, in seconds since the epoch; None if it is kept."""
    for bucket, pattern in _FORMATS.items():
        text = period.removeprefix(_GONE)
        if text.startswith(f"{bucket}#"):
            start = datetime.strptime(text, pattern).replace(tzinfo=UTC)
            return int((start + bucket.length + bucket.retention).timestamp())
    return None


def _counts(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in _NOT_COUNTS}


def _period(bucket: Bucket, item: Item) -> Period:
    return Period(datetime.strptime(item["period"], _FORMATS[bucket]).replace(tzinfo=UTC), _counts(item))
