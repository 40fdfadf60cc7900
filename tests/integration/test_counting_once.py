"""Thousands of changes by eight writers; the streams' records come twice and out of order, and the workers are killed.

Every count is what counting the tables gives. So it is after a rebuild.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from admin.figures import figure_rebuild
from local.aws import client
from local.streams import to_event
from renderiq.clock import to_iso
from renderiq.ids import uuid7
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.figures import SOURCES, counted, stored
from tests.support.paths import ROOT

pytestmark = pytest.mark.long

WRITERS, WORKERS = 8, 3
CHANGES = int(os.environ.get("COUNTED_CHANGES", "4000"))
CRASHES = min(CHANGES // 1_250, 12)
BEGIN = datetime.now(UTC) - timedelta(hours=2)


def lives(rng: random.Random) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Yields records, each as the states that it passes through, with its table."""
    while True:
        user, at = f"user-{rng.randrange(6)}", BEGIN + timedelta(seconds=rng.uniform(0, 5_000))
        render_id, cost = uuid7(), rng.choice((5, 10, 15))
        render = {
            "userId": user,
            "renderId": render_id,
            "status": "pending",
            "cost": cost,
            "platform": rng.choice(("sketchup", "revit", "rhino", "blender", "unknown")),
            "pluginVersion": rng.choice(("1.0.1", "1.4.2", "2.3")),
            "createdAt": to_iso(at),
            "order": {
                "style": rng.choice(("soft", "studio", "natural")),
                "quality": rng.choice(("standard", "high", "ultra")),
                "engine": rng.choice(("preview", "gemini")),
            },
        }
        status = rng.choice(("completed",) * 7 + ("failed", "cancelled"))
        end = to_iso(at + timedelta(seconds=rng.expovariate(1 / 20)))
        ended = {**render, "status": status, "completedAt": end}
        if status == "failed":
            ended["errorCode"] = rng.choice(("RENDER_FAILED", "TIMEOUT", "CONTENT_BLOCKED"))
        yield [("RendersTable", each) for each in (render, {**render, "status": "processing"}, ended)]
        entry = {"userId": user, "entryId": uuid7(), "movement": "debit", "amount": -cost, "at": to_iso(at)}
        yield [("LedgerTable", entry)]
        if status != "completed":
            refund = {**entry, "entryId": uuid7(), "movement": "refund", "amount": cost, "at": end}
            yield [("LedgerTable", refund)]
        yield [("DeliveriesTable", each) for each in _delivery(rng, user, at)]
        if rng.random() < 0.3:
            yield [("UploadsTable", each) for each in _upload(rng, user, at)]


def _delivery(rng: random.Random, user: str, at: datetime) -> Iterator[dict[str, Any]]:
    delivery: dict[str, Any] = {"target": f"hook-{user}", "deliveryId": uuid7(), "userId": user, "state": "pending"}
    attempts: list[dict[str, Any]] = []
    yield {**delivery, "attempts": []}
    for number in range(rng.choice((1, 1, 1, 2, 3))):
        status = rng.choice((200, 204, 500, None))
        took = round(rng.expovariate(1 / 300))
        attempt = {"at": to_iso(at + timedelta(minutes=number)), "durationMs": took, "status": status}
        attempts = [*attempts, {name: value for name, value in attempt.items() if value is not None}]
        state = "succeeded" if status in (200, 204) else "failed" if number == 2 else "pending"
        yield {**delivery, "state": state, "attempts": attempts}
        if state != "pending":
            return


def _upload(rng: random.Random, user: str, at: datetime) -> Iterator[dict[str, Any]]:
    upload = {
        "userId": user,
        "uploadId": uuid7(),
        "fileName": "a.png",
        "purpose": rng.choice(("capture", "depth", "model")),
        "size": rng.randrange(1, 10**9),
        "createdAt": to_iso(at),
    }
    yield {**upload, "status": "open"}
    yield {**upload, "status": rng.choice(("ready", "ready", "failed")), "endedAt": to_iso(at + timedelta(minutes=3))}


def write(aws: AwsEnvironment, seed: int, changes: int) -> None:
    """Stores the states of many records, 20 records at a time: their first states, then their next ones, and so on."""
    dynamodb, source, made = aws.client("dynamodb"), lives(random.Random(seed)), 0
    while made < changes:
        together = [next(source) for _ in range(20)]
        for step in range(max(map(len, together))):
            requests: dict[str, list[Any]] = {}
            for states in together:
                if step < len(states):
                    table, item = states[step]
                    put = {"PutRequest": {"Item": to_attributes(item)}}
                    requests.setdefault(aws.resources[table].ref, []).append(put)
            assert not dynamodb.batch_write_item(RequestItems=requests).get("UnprocessedItems")
            made += sum(map(len, requests.values()))


def records_of(aws: AwsEnvironment, table: str, url: str) -> list[dict[str, Any]]:
    """Returns every record of the stream of a table, as Lambda passes them on."""
    streams, arn = client("dynamodbstreams", url), aws.resources[table].attributes["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    position = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator, found = streams.get_shard_iterator(**position)["ShardIterator"], []
    while (page := streams.get_records(ShardIterator=iterator))["Records"]:
        found += page["Records"]
        iterator = page["NextShardIterator"]
    records: list[dict[str, Any]] = to_event(found, arn)["Records"]
    return records


def disturbed(records: list[dict[str, Any]], rng: random.Random) -> list[list[dict[str, Any]]]:
    """Returns batches of the records. One record in fifty comes twice, and one batch in ten.

    Records are up to some hundred places away from their own, and repetitions anywhere.
    """
    twice = rng.sample(records, len(records) // 50)
    places = [number + rng.uniform(0, 400) for number in range(len(records))]
    places += [rng.uniform(0, len(records)) for _ in twice]
    mixed = [record for _, record in sorted(zip(places, records + twice, strict=True), key=lambda each: each[0])]
    batches = [mixed[begin : begin + 250] for begin in range(0, len(mixed), 250)]
    for repeated in rng.sample(batches, len(batches) // 10):
        batches.insert(rng.randrange(len(batches)), repeated)
    return batches


def test_every_count_equals_a_count_of_the_tables(aws: AwsEnvironment, tmp_path: Path) -> None:
    rng = random.Random(19)
    with ThreadPoolExecutor(WRITERS) as writers:
        for written in [writers.submit(write, aws, seed, CHANGES // WRITERS) for seed in range(WRITERS)]:
            written.result()
    url = aws.client("dynamodb").meta.endpoint_url
    records = [record for table in SOURCES for record in records_of(aws, table, url)]
    assert len(records) >= CHANGES

    processes = []
    for number in range(WORKERS):
        batches = disturbed(records[number::WORKERS], rng)
        file = tmp_path / f"{number}.jsonl"
        file.write_text("\n".join(json.dumps({"Records": batch}) for batch in batches), encoding="utf-8")
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.crashing_counters", str(file), str(number), str(CRASHES)],
                env={
                    **os.environ,
                    "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'common'}",
                    "LOG_LEVEL": "CRITICAL",
                },
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    died = [int(process.communicate(timeout=300)[0]) for process in processes]
    tables = counted({table: aws.items(table) for table in SOURCES})

    assert died == [CRASHES] * WORKERS
    assert stored(aws) == tables
    assert figure_rebuild(aws.target).run() == 0
    lost = [key for key in tables if key[0] in {"all", "user#user-7"}]
    for key in lost:
        wiring.figures().replace(key, None)
    assert figure_rebuild(aws.target).run() == len(lost)
    assert stored(aws) == tables
