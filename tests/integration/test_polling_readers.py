"""Readers of a poll endpoint lose no event, whoever writes at the same time and however often they crash."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from renderiq.domain.webhooks import Event, Webhook, WebhookType
from renderiq.ids import uuid7
from renderiq.settings import settings
from renderiq.stores.event_streams import EventStreamStore
from renderiq.stores.items import to_attributes
from tests.support import wiring
from tests.support.aws import AwsEnvironment

EVENTS: Final = int(os.environ.get("POLLED_EVENTS", "2000"))
WRITTEN_TOGETHER: Final = 300
WRITERS: Final = 6
READERS: Final = 3
PAGE: Final = EVENTS // 10
"""More than the API returns at once: the emulator sorts all events for each page."""
BODY: Final = json.dumps({"type": Event.TEST, "timestamp": "2026-03-14T09:00:00.000Z", "data": {}})


@pytest.fixture
def webhook(aws: AwsEnvironment) -> Webhook:
    webhook = Webhook(
        webhook_id=uuid7(),
        user_id=uuid7(),
        url="",
        events=frozenset({Event.RENDER_COMPLETED}),
        secret="",
        created_at=datetime.now(UTC),
        type=WebhookType.POLL,
    )
    wiring.webhooks().add(webhook)
    return webhook


def store_events(aws: AwsEnvironment, webhook: Webhook, *, first: int, last: int) -> list[str]:
    """Stores events as if they had been appended one after another, and returns their ids.

    The emulator copies a table for each transaction on it, so thousands of events cannot be appended.
    """
    ids = [uuid7() for _ in range(first, last + 1)]
    table, now = settings().deliveries_table, datetime.now(UTC).isoformat()
    puts = [
        {
            "PutRequest": {
                "Item": to_attributes(
                    {
                        "target": webhook.webhook_id,
                        "deliveryId": f"stream#{number:015d}",
                        "userId": webhook.user_id,
                        "eventId": event_id,
                        "body": BODY,
                        "createdAt": now,
                    }
                )
            }
        }
        for number, event_id in enumerate(ids, start=first)
    ]
    for at in range(0, len(ids), 25):
        aws.client("dynamodb").batch_write_item(RequestItems={table: puts[at : at + 25]})
    aws.client("dynamodb").update_item(
        TableName=settings().webhooks_table,
        Key=to_attributes({"userId": webhook.user_id, "webhookId": webhook.webhook_id}),
        UpdateExpression="SET #sequence = :last",
        ExpressionAttributeNames={"#sequence": "sequence"},
        ExpressionAttributeValues=to_attributes({":last": last}),
    )
    return ids


class Reader:
    """Continues from its stored cursor. It crashes at random: it has handled events and has not stored the cursor."""

    def __init__(self, streams: EventStreamStore, webhook_id: str, seed: int) -> None:
        self._streams = streams
        self._webhook_id = webhook_id
        self._random = random.Random(seed)
        self._cursor = 0
        self.handled: list[str] = []
        self.crashes = 0

    def read(self, *, until: threading.Event) -> None:
        while True:
            is_over = until.is_set()
            page = self._streams.read(self._webhook_id, after=self._cursor, limit=PAGE)
            crash = self._random.random() < 0.2
            handled = self._random.randrange(len(page.events) + 1) if crash else len(page.events)
            self.handled += [event.event_id for event in page.events[:handled]]
            if crash:
                self.crashes += 1
                continue
            self._cursor = page.events[-1].sequence if page.events else self._cursor
            if is_over and page.is_last:
                return
            if page.is_last:
                time.sleep(0.05)


@pytest.mark.long
def test_three_readers_that_crash_lose_no_event(aws: AwsEnvironment, webhook: Webhook) -> None:
    streams = wiring.event_streams()
    readers = [Reader(streams, webhook.webhook_id, seed) for seed in range(READERS)]
    appended = [uuid7() for _ in range(WRITTEN_TOGETHER)]
    random.Random(7).shuffle(appended)  # an event with an earlier id may become known later

    def append(event_id: str) -> None:
        assert streams.append(webhook, event_id, BODY, now=datetime.now(UTC))

    with ThreadPoolExecutor(READERS) as reading, ThreadPoolExecutor(WRITERS) as writing:
        written = threading.Event()
        done = [reading.submit(reader.read, until=written) for reader in readers]
        try:
            list(writing.map(append, appended))
        finally:
            written.set()
        for each in done:
            each.result()
    stored = store_events(aws, webhook, first=WRITTEN_TOGETHER + 1, last=EVENTS)
    for reader in readers:
        reader.read(until=written)

    orders = [list(dict.fromkeys(reader.handled)) for reader in readers]
    assert orders[0] == orders[1] == orders[2]
    assert (set(orders[0][:WRITTEN_TOGETHER]), orders[0][WRITTEN_TOGETHER:]) == (set(appended), stored)
    assert len(orders[0]) == EVENTS
    assert min(reader.crashes for reader in readers) > 2


def test_an_event_that_several_writers_append_is_there_once(aws: AwsEnvironment, webhook: Webhook) -> None:
    streams, event_ids = wiring.event_streams(), [uuid7() for _ in range(20)]

    with ThreadPoolExecutor(WRITERS) as writers:
        for _ in range(WRITERS):
            for each in event_ids:
                writers.submit(streams.append, webhook, each, BODY, now=datetime.now(UTC))

    events = streams.read(webhook.webhook_id, after=0, limit=200).events
    assert sorted(event.event_id for event in events) == sorted(event_ids)
    assert [event.sequence for event in events] == list(range(1, 21))


def test_a_reader_never_sees_a_gap(aws: AwsEnvironment, webhook: Webhook) -> None:
    streams, stop = wiring.event_streams(), threading.Event()

    def last_numbers() -> Iterator[tuple[int, list[int]]]:
        while not stop.is_set():
            known = wiring.webhooks().get(webhook.user_id, webhook.webhook_id).sequence
            page = streams.read(webhook.webhook_id, after=0, limit=1000)
            yield known, [event.sequence for event in page.events]

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        watching = threads.submit(list, last_numbers())
        writing = [threads.submit(streams.append, webhook, uuid7(), BODY, now=datetime.now(UTC)) for _ in range(120)]
        try:
            assert all(each.result() for each in writing)
        finally:
            stop.set()
        seen = watching.result()

    assert all(numbers == list(range(1, len(numbers) + 1)) for _, numbers in seen)
    assert all(len(numbers) >= known for known, numbers in seen), "what was counted can be read"


def test_a_response_that_was_lost_appends_nothing_twice(aws: AwsEnvironment, webhook: Webhook) -> None:
    streams, event_id = wiring.event_streams(), uuid7()

    first = streams.append(webhook, event_id, BODY, now=datetime.now(UTC))
    again = streams.append(replace(webhook, sequence=1), event_id, BODY, now=datetime.now(UTC))

    assert first
    assert again
    assert len(streams.read(webhook.webhook_id, after=0, limit=10).events) == 1
