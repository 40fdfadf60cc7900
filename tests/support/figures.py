"""The figures as counting the tables gives them: written apart from the code under test, and as plainly as possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from renderiq.clock import to_iso
from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.items import to_attributes
from tests.support.aws import AwsEnvironment
from tests.support.functions import handler, lambda_context

SOURCES = ("RendersTable", "DeliveriesTable", "UploadsTable", "LedgerTable")
RENDER_KEYS = ("userId", "renderId")
SEVEN_SECONDS = timedelta(seconds=7)
NOW = datetime.now(UTC)
Figures = dict[tuple[str, str], dict[str, int]]
"""Counts by scope and period."""

_SECONDS = (2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0)
_LATENCY = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)


def stored(aws: AwsEnvironment) -> Figures:
    """Returns the counts that the table of figures has, without those of facts that have gone."""
    found: Figures = {}
    for item in aws.items("FiguresTable"):
        scope, period = item.pop("scope"), item.pop("period")
        item.pop("expiresAt", None)
        if scope.startswith(("all", "user#")) and period.startswith(("hour", "day", "total")):
            found[scope, period] = item
    return found


def counted(items: Mapping[str, Iterable[dict[str, Any]]]) -> Figures:
    """Returns the counts of the items of each table."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    active: dict[str, set[str]] = {}
    for table, records in items.items():
        for record in records:
            for at, names, acts in _facts(table, record):
                hour, day = f"hour#{at[:13]}", f"day#{at[:10]}"
                user = f"user#{record['userId']}"
                for key in (("all", hour), ("all", day), ("all", "total"), (user, hour), (user, day)):
                    sums.setdefault(key, Counter()).update(names)
                for period in (hour, day) if acts else ():
                    active.setdefault(period, set()).add(user)
    for period, users in active.items():
        sums["all", period]["active"] = len(users)
        for user in users:
            sums[user, period]["active"] = 1
    return {key: dict(counts) for key, counts in sums.items()}


def from_tables(aws: AwsEnvironment) -> Figures:
    """Returns the counts of everything that is in the tables."""
    return counted({table: aws.items(table) for table in SOURCES})


def _facts(table: str, item: dict[str, Any]) -> Iterator[tuple[str, dict[str, int], bool]]:
    """Yields time, counts and whether it shows that the user is active, of everything that an item tells."""
    match table:
        case "RendersTable" if "order" in item:
            platform, quality, status = item["platform"], item["order"]["quality"], item["status"]
            version = ".".join(item["pluginVersion"].split(".")[:2])
            yield item["createdAt"], {f"ordered/{platform}/{quality}": 1, f"versions/{platform}/{version}": 1}, True
            if status in {"completed", "failed", "cancelled"}:
                names = {f"renders/{platform}/{quality}/{status}": 1}
                names |= {f"styles/{item['order']['style']}/{status}": 1}
                names |= {f"engines/{item['order']['engine']}/{status}": 1}
                if status == "failed":
                    names[f"errors/{item['errorCode']}"] = 1
                if status == "completed":
                    took = _time(item["completedAt"]) - _time(item["createdAt"])
                    names[f"seconds/{platform}/{_first_not_below(took.total_seconds(), _SECONDS)}"] = 1
                    names[f"milliseconds/{platform}"] = round(took.total_seconds() * 1000)
                    names[f"used/{platform}"] = item["cost"]
                yield item["completedAt"], names, False
        case "DeliveriesTable" if "state" in item:
            for attempt in item["attempts"]:
                succeeded = attempt.get("status") in range(200, 300)
                below = _first_not_below(attempt["durationMs"] / 1000, _LATENCY)
                names = {"attempts/succeeded" if succeeded else "attempts/failed": 1, f"latency/{below}": 1}
                yield attempt["at"], names | {"latency_milliseconds": attempt["durationMs"]}, False
            if item["state"] == "failed":
                yield item["attempts"][-1]["at"], {"given_up": 1}, False
        case "UploadsTable" if "fileName" in item:
            yield item["createdAt"], {f"uploads/{item['purpose']}/announced": 1}, True
            if item["status"] in {"ready", "failed"}:
                names = {f"uploads/{item['purpose']}/{item['status']}": 1}
                if item["status"] == "ready":
                    names["upload_bytes"] = item["size"]
                yield item["endedAt"], names, False
        case "LedgerTable":
            yield item["at"], {f"credits/{item['movement']}": abs(item["amount"])}, False


def stream_event(*records: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the event that Lambda makes of records."""
    return {"Records": list(records)}


def stream_record(
    number: int, keys: Iterable[str], old: dict[str, Any] | None, new: dict[str, Any] | None
) -> dict[str, Any]:
    """Returns the record of a change. The items have plain values."""
    given = new or old or {}
    change = {"Keys": to_attributes({key: given[key] for key in keys}), "SequenceNumber": str(number)}
    if old:
        change["OldImage"] = to_attributes(old)
    if new:
        change["NewImage"] = to_attributes(new)
    return {"eventID": str(number), "eventSource": "aws:dynamodb", "dynamodb": change}


def work(*records: dict[str, Any]) -> list[dict[str, str]]:
    """Returns the records that the worker reports to be repeated."""
    failures: list[dict[str, str]] = handler("stats_worker")(stream_event(*records), lambda_context())[
        "batchItemFailures"
    ]
    return failures


def a_render(user: str = "ada", *, at: datetime | None = None) -> dict[str, Any]:
    """Returns the item of a new render."""
    return {
        "userId": user,
        "renderId": uuid7(),
        "status": "pending",
        "cost": 5,
        "platform": "rhino",
        "pluginVersion": "2.1.0",
        "createdAt": to_iso(at or NOW),
        "order": {"style": "soft", "quality": "high", "engine": "preview"},
    }


def ended(render: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    """Returns the item of a render seven seconds after its order."""
    end = to_iso(datetime.fromisoformat(render["createdAt"]) + SEVEN_SECONDS)
    return {**render, "status": status, "completedAt": end} | ({"errorCode": "TIMEOUT"} if status == "failed" else {})


def put(item: dict[str, Any]) -> None:
    """Stores an item in the table Renders."""
    client("dynamodb").put_item(TableName=settings().renders_table, Item=to_attributes(item))


def life(number: int, user: str = "ada", *, status: str = "completed") -> list[dict[str, Any]]:
    """Stores a render that has ended, and returns the records of its changes."""
    render = a_render(user)
    put(ended(render, status))
    return [
        stream_record(number, RENDER_KEYS, None, render),
        stream_record(number + 1, RENDER_KEYS, render, {**render, "status": "processing"}),
        stream_record(number + 2, RENDER_KEYS, {**render, "status": "processing"}, ended(render, status)),
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _first_not_below(value: float, bounds: Iterable[float]) -> str:
    return next((str(bound) for bound in bounds if value <= bound), "+Inf")
