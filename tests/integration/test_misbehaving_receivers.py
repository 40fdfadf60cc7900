"""A delivery follows the retry schedule and records every attempt, whatever the receiver does.

No time passes: the delays of SQS and the due index are simulated on a clock of the test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from renderiq.addresses import AddressPolicy
from renderiq.clock import from_iso
from renderiq.domain.webhooks import Attempt, Delivery, DeliveryState, Event, Webhook, callback_target, generate_secret
from renderiq.ids import uuid7
from renderiq.outbound import GuardedTransport, Outbound
from renderiq.queues import AnyJob, DeliveryJob, Queue
from renderiq.services.delivery_worker import DeliveryWorker
from renderiq.settings import settings
from renderiq.stores.items import from_attributes, to_attributes
from tests.support import receivers, wiring
from tests.support.aws import AwsEnvironment
from tests.support.receivers import Authority, Behaviour, answering, fine, receiver

pytestmark = pytest.mark.usefixtures("aws")

SCHEDULE = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
"""Seconds from each attempt to the next."""
SHARDS = 8
BODY = json.dumps({"event": "render.completed"})


class RecordingQueue(Queue):
    """A queue with the delays of SQS: whole seconds, fifteen minutes at most."""

    def __init__(self) -> None:
        super().__init__(lambda: None, "")
        self.delays: list[timedelta] = []

    def enqueue(self, _: AnyJob, *, delay: timedelta = timedelta()) -> bool:
        assert delay <= timedelta(minutes=15)
        self.delays.append(timedelta(seconds=int(delay.total_seconds())))
        return True


class DeliverySimulation:
    """A delivery worker, its queue and the sweeper, on a clock that jumps to the next event."""

    def __init__(self, outbound: Outbound | None = None, chance: Callable[[], float] = lambda: 0.5) -> None:
        self.now = datetime(2026, 5, 1, 12, tzinfo=UTC)
        self._queue = RecordingQueue()
        self._worker = DeliveryWorker(
            deliveries=wiring.deliveries(),
            webhooks=wiring.webhooks(),
            queue=self._queue,
            outbound=outbound or Outbound(GuardedTransport(AddressPolicy(allow_loopback=True), timeout=10)),
            callback_secret=wiring.callback_secret,
            clock=lambda: self.now,
            chance=chance,
        )

    def add_delivery(self, target: str, user_id: str, callback_url: str | None = None) -> DeliveryJob:
        delivery = Delivery(target, uuid7(), user_id, Event.RENDER_COMPLETED, BODY, self.now, callback_url)
        wiring.deliveries().add(delivery, due_at=self.now + timedelta(minutes=1))
        return DeliveryJob(target, delivery.delivery_id)

    def attempt(self, job: DeliveryJob) -> Delivery:
        delivery = self._worker.work(job)
        assert delivery is not None
        return delivery

    def attempt_next(self, delivery: Delivery) -> Delivery:
        """Moves the clock to the next attempt of a delivery and makes it."""
        job = DeliveryJob(delivery.target, delivery.delivery_id)
        self.now = self._next_receipt(job)
        return self.attempt(job)

    def run(self, job: DeliveryJob, *, until: datetime | None = None) -> Delivery:
        """Makes each attempt when it is due, until the delivery has ended or the clock has reached ``until``."""
        while True:
            delivery = self.attempt(job)
            if delivery.state is not DeliveryState.PENDING:
                assert self._due(job) is None
                return delivery
            comes_at = self._next_receipt(job)
            if until and comes_at >= until:
                return delivery
            self.now = comes_at

    def _next_receipt(self, job: DeliveryJob) -> datetime:
        due = self._due(job)
        assert due is not None, "without an entry in the due index, the delivery would be lost with its message"
        if not self._queue.delays:
            return due
        by_queue = self.now + self._queue.delays.pop()
        assert due > by_queue, "the sweeper would enqueue the delivery before its message is received"
        return by_queue

    def _due(self, job: DeliveryJob) -> datetime | None:
        client = wiring.deliveries()._client
        for shard in range(SHARDS):
            found = client.query(
                TableName=settings().deliveries_table,
                IndexName="due",
                KeyConditionExpression="dueShard = :shard",
                ExpressionAttributeValues=to_attributes({":shard": f"due#{shard}"}),
            )
            for item in map(from_attributes, found["Items"]):
                if item["deliveryId"] == job.delivery_id:
                    return from_iso(item["dueAt"])
        return None


def add_webhook(url: str) -> Webhook:
    webhook = Webhook(uuid7(), uuid7(), url, frozenset({Event.RENDER_COMPLETED}), generate_secret(), datetime.now(UTC))
    wiring.webhooks().add(webhook)
    return webhook


def stored_webhook(webhook: Webhook) -> Webhook:
    return wiring.webhooks().get(webhook.user_id, webhook.webhook_id)


def add_delivery(simulation: DeliverySimulation, webhook: Webhook) -> DeliveryJob:
    return simulation.add_delivery(webhook.webhook_id, webhook.user_id)


def intervals(attempts: tuple[Attempt, ...]) -> list[float]:
    return [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(attempts)]


@pytest.mark.parametrize("kind", ["webhook", "callback"])
def test_a_receiver_that_always_fails_gets_ten_attempts_exactly_on_schedule(kind: str) -> None:
    simulation = DeliverySimulation()
    with receiver(answering(500, b"no")) as there:
        webhook = add_webhook(there.url)
        target = callback_target(webhook.user_id) if kind == "callback" else webhook.webhook_id
        began = simulation.now

        delivery = simulation.run(
            simulation.add_delivery(target, webhook.user_id, there.url if kind == "callback" else None)
        )

        assert len(there.connections) == 10
    assert delivery.state is DeliveryState.FAILED
    assert delivery.attempts[0].at == began
    assert intervals(delivery.attempts) == SCHEDULE
    assert {(each.status, each.answer) for each in delivery.attempts} == {(500, "no")}


def test_attempts_are_spread_by_a_fifth_in_both_directions() -> None:
    simulation = DeliverySimulation(chance=random.Random(7).random)
    with receiver(answering(500)) as there:
        delivery = simulation.run(add_delivery(simulation, add_webhook(there.url)))

    ratios = [made / planned for made, planned in zip(intervals(delivery.attempts), SCHEDULE, strict=True)]
    assert all(0.8 <= ratio <= 1.2 for ratio in ratios)
    assert max(ratios) - min(ratios) > 0.1


@pytest.mark.parametrize(
    "chance", [lambda: 0.0, lambda: 0.999999], ids=["as early as it may be", "as late as it may be"]
)
def test_the_schedule_holds_at_both_ends_of_the_jitter(chance: Callable[[], float]) -> None:
    simulation = DeliverySimulation(chance=chance)
    with receiver(answering(500)) as there:
        delivery = simulation.run(add_delivery(simulation, add_webhook(there.url)))

    ratios = [made / planned for made, planned in zip(intervals(delivery.attempts), SCHEDULE, strict=True)]
    assert len(ratios) == 9
    assert all(0.8 <= ratio <= 1.2 for ratio in ratios)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "waited"), [(1, 5), (8, 8), (10, 10), (3600, 10)])
@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "HTTP-date"])
def test_retry_after_counts_between_once_and_twice_the_scheduled_delay(
    status: int, asked: int, waited: int, as_date: bool
) -> None:
    simulation = DeliverySimulation()
    text = format_datetime(simulation.now + timedelta(seconds=asked), usegmt=True) if as_date else str(asked)

    with receiver(answering(status, Retry_After=text), fine) as there:
        delivery = simulation.run(add_delivery(simulation, add_webhook(there.url)))

    assert intervals(delivery.attempts) == [waited]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "-5",
        "1e9",
        "",
        "9" * 5000,
        "\xb2",  # ``str.isdigit`` is true for it, and ``int`` refuses it
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:00:00 -0000",
        "Thu, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_an_invalid_retry_after_is_ignored(text: str) -> None:
    simulation = DeliverySimulation()
    head = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nretry-after: " + text.encode("latin-1") + b"\r\n\r\n"

    with receiver(lambda connection: connection.send(head), fine) as there:
        delivery = simulation.run(add_delivery(simulation, add_webhook(there.url)))

    assert intervals(delivery.attempts)[0] in (5, 10)
    assert delivery.state is DeliveryState.SUCCEEDED


TROUBLE: dict[str, tuple[Behaviour, int | None, str | None]] = {
    "answers 500": (answering(500), 500, None),
    "answers 404": (answering(404), 404, None),
    "answers 304": (answering(304), 304, None),
    "redirects inside": (answering(302, location="http://169.254.169.254/latest/meta-data/"), 302, None),
    "redirects to itself": (answering(308, location="/hook"), 308, None),
    "resets": (receivers.reset, None, "the connection broke off"),
    "resets in the answer": (receivers.reset_in_the_answer, None, "the connection broke off"),
    "leaves in the answer": (receivers.leave_in_the_answer, None, "the connection broke off"),
    "leaves without a word": (receivers.leave, None, "the connection broke off"),
    "speaks another protocol": (receivers.talk_nonsense, None, "the connection broke off"),
    "sends headers for ever": (receivers.headers_for_ever, None, "the connection broke off"),
    "hangs": (receivers.hang, None, "no complete answer within 0.5 s"),
    "drips its headers": (receivers.drip_headers, None, "no complete answer within 0.5 s"),
    "drips its body": (receivers.drip, None, "no complete answer within 0.5 s"),
}
"""The receiver of the first attempt, and the problem that is recorded."""


@pytest.mark.parametrize(("trouble", "status", "problem"), TROUBLE.values(), ids=TROUBLE.keys())
def test_a_receiver_that_recovers_gets_the_same_message_five_seconds_later(
    trouble: Behaviour, status: int | None, problem: str | None
) -> None:
    simulation = DeliverySimulation(Outbound(GuardedTransport(AddressPolicy(allow_loopback=True), timeout=0.5)))
    with receiver(trouble, fine) as there:
        webhook = add_webhook(there.url)
        job = add_delivery(simulation, webhook)

        delivery = simulation.run(job)

        first, second = there.connections
        assert first.header("webhook-id") == second.header("webhook-id") == job.delivery_id
        assert first.body == second.body == BODY.encode()
    assert [(each.status, each.problem) for each in delivery.attempts] == [(status, problem), (200, None)]
    assert intervals(delivery.attempts) == [5]
    assert (delivery.state, delivery.attempts[1].answer) == (DeliveryState.SUCCEEDED, "thanks")
    assert stored_webhook(webhook).failing_since is None


def test_every_attempt_is_signed_with_its_own_timestamp() -> None:
    simulation = DeliverySimulation()
    simulation.now = datetime.now(UTC)
    with receiver(answering(500), fine) as there:
        webhook = add_webhook(there.url)
        simulation.run(add_delivery(simulation, webhook))

        for connection in there.connections:
            headers = {
                name: connection.header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
            }
            assert Verifier(webhook.secret).verify(connection.body, headers) == json.loads(BODY)
        times = [int(connection.header("webhook-timestamp")) for connection in there.connections]
    assert times[1] - times[0] == 5


def test_a_receiver_that_refuses_connections_is_tried_again() -> None:
    simulation = DeliverySimulation()
    with receiver(fine) as there:
        webhook = add_webhook(there.url)
        job = add_delivery(simulation, webhook)
    delivery = simulation.attempt(job)

    assert (delivery.state, delivery.attempts[0].problem) == (DeliveryState.PENDING, "connection failed")


def test_a_response_of_a_gigabyte_is_a_success_and_two_kilobytes_are_stored() -> None:
    simulation = DeliverySimulation()
    with receiver(receivers.flood) as there:
        delivery = simulation.run(add_delivery(simulation, add_webhook(there.url)))

        assert there.connections[0].sent < 50_000_000
    assert (delivery.state, len(delivery.attempts[0].answer)) == (DeliveryState.SUCCEEDED, 2048)


@pytest.mark.parametrize("fault", ["self-signed", "expired"])
def test_an_invalid_certificate_is_a_failed_attempt(tmp_path: Path, fault: str) -> None:
    authority = Authority(tmp_path)
    tls = authority.self_signed("127.0.0.1") if fault == "self-signed" else authority.server("127.0.0.1", days=-1)
    simulation = DeliverySimulation(
        Outbound(GuardedTransport(AddressPolicy(allow_loopback=True), ssl_context=authority.trusted))
    )
    with receiver(fine, tls=tls) as there:
        delivery = simulation.attempt(add_delivery(simulation, add_webhook(there.url)))

    assert delivery.state is DeliveryState.PENDING
    assert delivery.attempts[0].problem == "TLS could not be established"


def test_a_410_response_disables_the_webhook_with_a_reason(aws: AwsEnvironment) -> None:
    simulation = DeliverySimulation()
    with receiver(answering(410, b"moved away")) as there:
        webhook = add_webhook(there.url)
        delivery = simulation.run(add_delivery(simulation, webhook))
        later = simulation.run(add_delivery(simulation, webhook))

        assert len(there.connections) == 1
    assert (delivery.state, delivery.attempts[0].status) == (DeliveryState.FAILED, 410)
    assert (stored_webhook(webhook).enabled, stored_webhook(webhook).disabled_reason) == (
        False,
        "The endpoint answered 410 Gone.",
    )
    assert later.attempts[0].problem == "the endpoint was deleted or disabled"


def test_five_days_of_failures_disable_the_webhook_with_a_reason() -> None:
    simulation = DeliverySimulation()
    with receiver(answering(500)) as there:
        webhook = add_webhook(there.url)
        began = simulation.now
        first = simulation.run(add_delivery(simulation, webhook))
        simulation.now += timedelta(hours=1)
        second = simulation.run(add_delivery(simulation, webhook), until=began + timedelta(days=5))
        assert stored_webhook(webhook).enabled

        last = simulation.attempt_next(second)

    assert len(first.attempts) == 10
    assert stored_webhook(webhook).failing_since == began
    assert (stored_webhook(webhook).enabled, stored_webhook(webhook).disabled_reason) == (
        False,
        "Every delivery failed for 5 days.",
    )
    assert last.attempts[-1].at - began >= timedelta(days=5)


def test_disabling_a_webhook_ends_its_pending_deliveries() -> None:
    simulation = DeliverySimulation()
    with receiver(answering(500), answering(410), fine) as there:
        webhook = add_webhook(there.url)
        waiting = add_delivery(simulation, webhook)
        simulation.attempt(waiting)
        simulation.attempt(add_delivery(simulation, webhook))
        simulation.now += timedelta(seconds=5)

        ended = simulation.run(waiting)

        assert len(there.connections) == 2
    assert ended.state is DeliveryState.FAILED
    assert [each.problem for each in ended.attempts] == [None, "the endpoint was deleted or disabled"]
