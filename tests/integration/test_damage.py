"""Renders, credits and webhooks survive dying workers and lost or duplicated messages."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.receiver import receiving
from renderiq.domain.webhooks import SUBSCRIBABLE, Webhook, generate_secret
from renderiq.engines import EngineRequest, Output
from renderiq.ids import uuid7
from renderiq.queues import DeliveryJob, RenderJob, from_message
from renderiq.services.render_worker import RenderLeasedError
from renderiq.settings import settings
from renderiq.workers import delivery
from tests.support import wiring
from tests.support.accounts import User, balance_of, create_user
from tests.support.aws import AwsEnvironment
from tests.support.crashing_workers import SleepingEngine, crashing_workers, render_worker
from tests.support.orders import order
from tests.support.recovery import records_agree, renders, sweep_until_settled
from tests.support.renders import request_render


@pytest.fixture
def user(aws: AwsEnvironment) -> Iterator[User]:
    yield create_user(aws)
    aws.empty("RendersTable", "DeliveriesTable")
    for url in (settings().render_queue_url, settings().delivery_queue_url):
        aws.messages(url)


def subscribe_to_all_events(user: User, url: str = "http://127.0.0.1:9/") -> None:
    events = frozenset(SUBSCRIBABLE)
    wiring.webhooks().add(Webhook(uuid7(), user.user_id, url, events, generate_secret(), datetime.now(UTC)))


@pytest.mark.long
def test_no_render_is_lost_if_twenty_workers_die(aws: AwsEnvironment, user: User, tmp_path: Path) -> None:
    """Each worker dies before or after a call to AWS that a seeded generator chooses, so at any point of a render."""
    subscribe_to_all_events(user)
    accepted = [request_render(user, wanted=order(seed=seed)) for seed in range(10)]
    logs = [tmp_path / "first", tmp_path / "second"]
    with crashing_workers(logs[0], seed=1, crashes=10), crashing_workers(logs[1], seed=2, crashes=10):
        outcomes = sweep_until_settled(aws)
        while deaths_in(logs) < 20:  # a worker that found no more messages has not died
            accepted += [request_render(create_user(aws)) for _ in range(2)]
            outcomes = sweep_until_settled(aws)

    assert outcomes.total() == len(accepted)
    assert outcomes.keys() <= {"completed", "failed"}
    assert records_agree()
    endings = {"completed": "render.completed", "failed": "render.failed"}
    published = Counter(each["event"] for each in aws.items_of("DeliveriesTable", user))
    ended = Counter(endings[item["status"]] for item in renders(aws) if item["userId"] == user.user_id)
    assert {event: published[event] for event in ended} == ended


def deaths_in(logs: list[Path]) -> int:
    return sum(log.read_text(encoding="utf-8").count("died") for log in logs)


class CountingEngine(SleepingEngine):
    """Records which renders it was called for."""

    def __init__(self) -> None:
        self.made: Counter[int] = Counter()

    def render(
        self, request: EngineRequest, on_progress: Callable[[int], None], should_cancel: Callable[[], bool]
    ) -> Output:
        self.made[request.seed] += 1
        return super().render(request, on_progress, should_cancel)


class MessageForwarder:
    """Delivers each message of a queue to its worker ``copies`` times; 0 loses the message."""

    def __init__(self, aws: AwsEnvironment, url: str, job_type: type[Any], work: Callable[[Any], object]) -> None:
        self.copies = 1
        self._sqs, self._url, self._job_type, self._work = aws.client("sqs"), url, job_type, work

    @contextmanager
    def running(self) -> Iterator[None]:
        closing = threading.Event()

        def run(pool: ThreadPoolExecutor) -> None:
            while not closing.is_set():
                answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
                for message in answer.get("Messages", ()):
                    self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                    for _ in range(self.copies):
                        pool.submit(self._deliver, from_message(self._job_type, message["Body"]))

        with ThreadPoolExecutor(6) as pool:
            thread = threading.Thread(target=run, args=(pool,))
            thread.start()
            try:
                yield
            finally:
                closing.set()
                thread.join()

    def _deliver(self, job: Any) -> None:
        with suppress(RenderLeasedError):
            self._work(job)


def test_lost_and_tripled_messages_have_each_effect_once(aws: AwsEnvironment, user: User) -> None:
    engine = CountingEngine()
    counting_worker = replace(
        render_worker(), engine=lambda _name: engine, lease=timedelta(seconds=settings().render_lease_seconds)
    )
    to_workers = MessageForwarder(aws, settings().render_queue_url, RenderJob, counting_worker.work)
    to_webhooks = MessageForwarder(aws, settings().delivery_queue_url, DeliveryJob, delivery.work)
    to_workers.copies = to_webhooks.copies = 0
    with receiving() as receiver, to_workers.running(), to_webhooks.running():
        subscribe_to_all_events(user, receiver.url)
        accepted = [request_render(user, wanted=order(seed=16 * number)) for number in range(5)]
        time.sleep(1)
        assert engine.made.total() == 0
        to_workers.copies = to_webhooks.copies = 3
        accepted += [request_render(user, wanted=order(seed=16 * number)) for number in range(5, 10)]
        outcomes = sweep_until_settled(
            aws, more=lambda: not [each for each in aws.items("DeliveriesTable") if "dueAt" in each]
        )

    arrived = [receiver.arrivals.get().headers["webhook-id"] for _ in range(receiver.arrivals.qsize())]
    assert outcomes == {"completed": len(accepted)}
    assert set(engine.made.values()) == {1}
    assert sorted(arrived) == sorted(each["deliveryId"] for each in aws.items("DeliveriesTable"))
    assert balance_of(user) == 0
    assert records_agree()
