"""A hanging receiver does not delay other webhooks, and several workers never send one delivery twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from renderiq.addresses import AddressPolicy
from renderiq.domain.webhooks import (
    MAX_IN_FLIGHT,
    Delivery,
    DeliveryState,
    Event,
    Webhook,
    callback_target,
    generate_secret,
)
from renderiq.ids import uuid7
from renderiq.outbound import GuardedTransport, Outbound
from renderiq.queues import DeliveryJob, from_message
from renderiq.services.delivery_worker import DeliveryWorker
from renderiq.settings import settings
from renderiq.stores.webhooks import WebhookBusyError
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.clients import at_once
from tests.support.receivers import Connection, Receiver, fine, receiver

WORKERS = 8
"""As many as in the local stack: two more than the hanging webhooks can hold."""


class HangingReceiver:
    """A receiver that answers only after ``release``. Counts how many requests waited at the same time."""

    def __init__(self) -> None:
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._waiting = 0
        self.most = 0

    def __call__(self, connection: Connection) -> None:
        with self._lock:
            self._waiting += 1
            self.most = max(self.most, self._waiting)
        self._released.wait(60)
        with self._lock:
            self._waiting -= 1
        fine(connection)

    def release(self) -> None:
        self._released.set()


def worker() -> DeliveryWorker:
    return DeliveryWorker(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=Outbound(GuardedTransport(AddressPolicy(allow_loopback=True), timeout=60)),
        callback_secret=wiring.callback_secret,
        clock=lambda: datetime.now(UTC),
    )


@contextmanager
def workers(aws: AwsEnvironment) -> Iterator[None]:
    """Runs workers that receive one message at a time from the delivery queue, as on Lambda."""
    sqs, queue, stopping, at_work = aws.client("sqs"), settings().delivery_queue_url, threading.Event(), worker()

    def poll() -> None:
        while not stopping.is_set():
            for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
                at_work.work(from_message(DeliveryJob, message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    threads = [threading.Thread(target=poll, daemon=True) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def add_webhook(there: Receiver, user_id: str) -> Webhook:
    webhook = Webhook(
        uuid7(), user_id, there.url, frozenset({Event.RENDER_COMPLETED}), generate_secret(), datetime.now(UTC)
    )
    wiring.webhooks().add(webhook)
    return webhook


def add_delivery(target: str, user_id: str, callback_url: str | None = None) -> DeliveryJob:
    now = datetime.now(UTC)
    delivery = Delivery(target, uuid7(), user_id, Event.RENDER_COMPLETED, "{}", now, callback_url)
    wiring.deliveries().add(delivery, due_at=now + timedelta(minutes=1))
    return DeliveryJob(target, delivery.delivery_id)


def send(target: str, user_id: str, callback_url: str | None = None) -> None:
    wiring.delivery_queue().enqueue(add_delivery(target, user_id, callback_url))


def seconds_until_received(there: Receiver, send: Callable[[], None]) -> float:
    received, began = len(there.connections), time.monotonic()
    send()
    there.wait_for(received + 1)
    return time.monotonic() - began


def test_a_webhook_receives_within_a_second_while_two_others_hang(aws: AwsEnvironment) -> None:
    user_id, hanging, also_hanging = uuid7(), HangingReceiver(), HangingReceiver()
    with ExitStack() as stack:
        slow = stack.enter_context(receiver(hanging))
        callbacks = stack.enter_context(receiver(also_hanging))
        quick = stack.enter_context(receiver(fine))
        stack.enter_context(workers(aws))
        stack.callback(also_hanging.release)
        stack.callback(hanging.release)
        hangs, answers = add_webhook(slow, user_id), add_webhook(quick, user_id)
        for _ in range(6):
            send(hangs.webhook_id, user_id)
            send(callback_target(user_id), user_id, callbacks.url)
        slow.wait_for(MAX_IN_FLIGHT)
        callbacks.wait_for(MAX_IN_FLIGHT)

        took = [seconds_until_received(quick, lambda: send(answers.webhook_id, user_id)) for _ in range(5)]

        assert (len(slow.connections), len(callbacks.connections)) == (MAX_IN_FLIGHT, MAX_IN_FLIGHT)
        assert sorted(took)[2] < 1
        hanging.release()
        also_hanging.release()
        slow.wait_for(6, seconds=60)
        callbacks.wait_for(6, seconds=60)
        assert (hanging.most, also_hanging.most) == (MAX_IN_FLIGHT, MAX_IN_FLIGHT)


def test_a_burst_for_one_webhook_is_delivered_completely_once_and_three_at_a_time(aws: AwsEnvironment) -> None:
    user_id, lock, at_once_now, most = uuid7(), threading.Lock(), 0, 0

    def answer(connection: Connection) -> None:
        nonlocal at_once_now, most
        with lock:
            at_once_now += 1
            most = max(most, at_once_now)
        time.sleep(0.02)
        with lock:
            at_once_now -= 1
        fine(connection)

    with receiver(answer) as there, workers(aws):
        webhook = add_webhook(there, user_id)
        jobs = [add_delivery(webhook.webhook_id, user_id) for _ in range(20)]
        for job in jobs:
            wiring.delivery_queue().enqueue(job)
        there.wait_for(len(jobs), seconds=60)

    received = Counter(connection.header("webhook-id") for connection in there.connections)
    assert received == {job.delivery_id: 1 for job in jobs}
    assert most <= MAX_IN_FLIGHT
    found, _ = wiring.deliveries().page(user_id, webhook.webhook_id, limit=20, before=None)
    assert {(each.state, each.tries) for each in found} == {(DeliveryState.SUCCEEDED, 1)}


@pytest.mark.usefixtures("aws")
def test_exactly_three_of_many_concurrent_workers_get_a_slot() -> None:
    with receiver(fine) as there:
        webhook = add_webhook(there, uuid7())

    def enter(at: datetime, _: int) -> str:
        until = at + timedelta(minutes=1)
        try:
            entered = wiring.webhooks().acquire_slot(webhook.user_id, webhook.webhook_id, until=until, now=at)
        except WebhookBusyError:
            return "busy"
        assert entered
        return "entered"

    for hours in range(5):  # each round begins after the leases of the last one
        at = datetime.now(UTC) + timedelta(hours=hours)
        assert Counter(at_once(8, partial(enter, at))) == {"entered": MAX_IN_FLIGHT, "busy": 5}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("kind", ["webhook", "callback"])
def test_a_message_received_eight_times_is_delivered_once(kind: str) -> None:
    user_id, at_work = uuid7(), worker()
    with receiver(fine) as there:
        webhook_id = add_webhook(there, user_id).webhook_id
        owed = (webhook_id, user_id) if kind == "webhook" else (callback_target(user_id), user_id, there.url)
        for _ in range(5):
            at_once(8, partial(_work, at_work, add_delivery(*owed)))

    received = Counter(connection.header("webhook-id") for connection in there.connections)
    assert sorted(received.values()) == [1] * 5


def _work(at_work: DeliveryWorker, job: DeliveryJob, _: int) -> None:
    at_work.work(job)
