"""A webhook occupies at most three workers, and a delivery that waits for one of them loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from renderiq.clock import from_iso
from renderiq.domain.webhooks import MAX_IN_FLIGHT, DeliveryState, Event, Webhook, WebhookChanges, callback_target
from renderiq.ids import uuid7
from renderiq.outbound import NoResponseError
from renderiq.queues import DeliveryJob
from renderiq.stores.items import Item
from renderiq.stores.webhooks import Slot, WebhookBusyError
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.deliveries import FakeOutbound, add_delivery, answering, delivery_worker
from tests.unit.test_round_trips import calls

LEASE = timedelta(minutes=1)


class WorkerKilled(BaseException):
    """Ends a worker like a kill: no handler catches it."""


def acquire_slot(webhook: Webhook, at: datetime) -> Slot:
    entered = wiring.webhooks().acquire_slot(webhook.user_id, webhook.webhook_id, until=at + LEASE, now=at)
    assert entered is not None
    return entered[0]


def fill(webhook: Webhook, at: datetime | None = None) -> list[Slot]:
    return [acquire_slot(webhook, at or datetime.now(UTC)) for _ in range(MAX_IN_FLIGHT)]


def fill_callbacks(user_id: str) -> None:
    now = datetime.now(UTC)
    for _ in range(MAX_IN_FLIGHT):
        wiring.webhooks().acquire_callback_slot(user_id, until=now + LEASE, now=now)


def add_second_webhook(webhook: Webhook) -> Webhook:
    """Registers a second webhook of the same user."""
    now = datetime.now(UTC)
    made = Webhook(uuid7(), webhook.user_id, "https://other.example/", frozenset(Event), "a secret of theirs", now)
    wiring.webhooks().add(made)
    return made


def item(aws: AwsEnvironment, delivery_job: DeliveryJob) -> Item:
    return next(each for each in aws.items("DeliveriesTable") if each["deliveryId"] == delivery_job.delivery_id)


@contextmanager
def sent_messages(aws: AwsEnvironment) -> Iterator[list[dict[str, Any]]]:
    """Yields the list of messages that are sent to queues in the ``with`` block."""
    sent: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(params)

    events = aws.client("sqs").meta.events
    events.register("provide-client-params.sqs.SendMessage", note, unique_id="rings")
    yield sent
    events.unregister("provide-client-params.sqs.SendMessage", unique_id="rings")


def test_a_busy_webhook_is_sent_nothing_more(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    fill(webhook)
    outbound = FakeOutbound()

    delivery = delivery_worker(outbound).work(delivery_job)

    assert outbound.sent == []
    assert delivery is not None
    assert (delivery.state, delivery.tries, delivery.attempts) == (DeliveryState.PENDING, 0, ())


def test_waiting_for_a_busy_webhook_uses_no_attempt_of_the_schedule(
    aws: AwsEnvironment, webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    before = item(aws, delivery_job)
    fill(webhook)

    for late in range(0, 50, 5):
        delivery_worker(FakeOutbound(), late=timedelta(seconds=late)).work(delivery_job)

    after = item(aws, delivery_job)
    assert {**before, "dueAt": None} == {**after, "dueAt": None}
    assert after["dueAt"] > before["dueAt"]


def test_a_waiting_delivery_is_enqueued_again_and_is_found_if_its_message_is_lost(
    aws: AwsEnvironment, webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    fill(webhook)

    with sent_messages(aws) as sent:
        delivery_worker(FakeOutbound()).work(delivery_job)

    [message] = sent
    assert 1 <= message["DelaySeconds"] <= 5
    due_in = from_iso(item(aws, delivery_job)["dueAt"]) - datetime.now(UTC)
    assert timedelta(seconds=60) < due_in < timedelta(seconds=66)


@pytest.mark.parametrize(
    "answer", [answering(200), answering(500), answering(410), NoResponseError("connection failed")]
)
def test_every_outcome_of_an_attempt_releases_its_slot(webhook: Webhook, answer: Any) -> None:
    for _ in range(2 * MAX_IN_FLIGHT):
        delivery_worker(FakeOutbound(answer)).work(add_delivery(webhook.webhook_id, webhook.user_id))
        wiring.webhooks().change(webhook.user_id, webhook.webhook_id, WebhookChanges(enabled=True))

    fill(webhook)


def test_changing_the_url_during_an_attempt_releases_the_slot(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    def move() -> None:
        changes = WebhookChanges(url="https://elsewhere.example/hook")
        wiring.webhooks().change(webhook.user_id, webhook.webhook_id, changes)

    delivery_worker(FakeOutbound(answering(200), meanwhile=move)).work(delivery_job)

    fill(webhook)


def test_a_webhook_has_three_slots(webhook: Webhook) -> None:
    now = datetime.now(UTC)
    fill(webhook, now)

    with pytest.raises(WebhookBusyError):
        acquire_slot(webhook, now)


def test_slots_of_dead_workers_are_free_after_their_leases(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    fill(webhook)
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound, late=LEASE - timedelta(seconds=2)).work(delivery_job)
    assert outbound.sent == []
    delivery_worker(outbound, late=LEASE + timedelta(seconds=2)).work(delivery_job)

    assert len(outbound.sent) == 1


def test_a_late_worker_does_not_release_the_slot_of_a_newer_one(webhook: Webhook) -> None:
    now = datetime.now(UTC)
    late = fill(webhook, now)
    fill(webhook, now + 2 * LEASE)

    for slot in late:
        wiring.webhooks().release_slot(slot)

    with pytest.raises(WebhookBusyError):
        acquire_slot(webhook, now + 2 * LEASE)


def test_another_webhook_of_the_same_user_does_not_wait(webhook: Webhook) -> None:
    fill(webhook)
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound).work(add_delivery(add_second_webhook(webhook).webhook_id, webhook.user_id))

    assert [url for url, _, _ in outbound.sent] == ["https://other.example/"]


@pytest.mark.parametrize(("whose", "sent"), [("the same user's", 0), ("another user's", 1)])
def test_callbacks_wait_only_for_callbacks_of_the_same_user(webhook: Webhook, whose: str, sent: int) -> None:
    fill_callbacks(webhook.user_id)
    user_id = webhook.user_id if whose == "the same user's" else uuid7()
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound).work(add_delivery(callback_target(user_id), user_id, "https://plugin.example/done"))

    assert len(outbound.sent) == sent


def test_a_webhook_does_not_wait_for_callbacks(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    fill_callbacks(webhook.user_id)
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound).work(delivery_job)

    assert len(outbound.sent) == 1


def test_the_slots_of_callbacks_are_not_listed_as_a_webhook(webhook: Webhook) -> None:
    fill_callbacks(webhook.user_id)

    assert [each.webhook_id for each in wiring.webhooks().of_user(webhook.user_id)] == [webhook.webhook_id]


@pytest.mark.parametrize("kind", ["webhook", "callback"])
@pytest.mark.parametrize(("status", "messages"), [(200, []), (500, ["SendMessage"])], ids=["succeeds", "is retried"])
def test_an_attempt_costs_four_writes(
    aws: AwsEnvironment, webhook: Webhook, kind: str, status: int, messages: list[str]
) -> None:
    callback = (callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    delivery_job = add_delivery(*callback) if kind == "callback" else add_delivery(webhook.webhook_id, webhook.user_id)
    wiring.callback_secret(webhook.user_id)  # a warm container knows the secret

    with calls(aws) as made:
        delivery_worker(FakeOutbound(answering(status))).work(delivery_job)

    assert made == ["UpdateItem", "UpdateItem", "UpdateItem", *messages, "UpdateItem"]


def test_waiting_costs_three_writes_and_one_message(
    aws: AwsEnvironment, webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    fill(webhook)

    with calls(aws) as made:
        delivery_worker(FakeOutbound()).work(delivery_job)

    assert made == ["UpdateItem", "UpdateItem", "UpdateItem", "SendMessage"]


def test_a_delivery_of_a_worker_killed_after_its_request_is_sent_again_with_the_same_id(
    webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    def die() -> None:
        raise WorkerKilled

    killed, again = FakeOutbound(meanwhile=die), FakeOutbound(answering(200))

    with pytest.raises(WorkerKilled):
        delivery_worker(killed).work(delivery_job)
    delivery_worker(again, late=LEASE - timedelta(seconds=2)).work(delivery_job)
    assert again.sent == []
    delivery_worker(again, late=LEASE + timedelta(seconds=2)).work(delivery_job)

    assert [headers["webhook-id"] for _, _, headers in killed.sent + again.sent] == [delivery_job.delivery_id] * 2
    assert killed.sent[0][1] == again.sent[0][1]


def test_a_duplicate_message_sends_nothing_during_the_first_attempt(
    webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    duplicate = FakeOutbound()
    first = FakeOutbound(answering(200), meanwhile=lambda: delivery_worker(duplicate).work(delivery_job))

    delivery_worker(first).work(delivery_job)

    assert (len(first.sent), duplicate.sent) == (1, [])


def test_a_late_worker_does_not_change_the_result_of_a_newer_one(
    aws: AwsEnvironment, webhook: Webhook, delivery_job: DeliveryJob
) -> None:
    def overtake() -> None:
        delivery_worker(FakeOutbound(answering(200)), late=2 * LEASE).work(delivery_job)

    with sent_messages(aws) as sent:
        delivery_worker(FakeOutbound(answering(500), meanwhile=overtake)).work(delivery_job)

    assert sent == []
    kept = item(aws, delivery_job)
    assert (kept["state"], [each["status"] for each in kept["attempts"]]) == ("succeeded", [200])
