"""What the delivery worker does with one job, whatever the receiver answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Receiver

from renderiq.addresses import AddressPolicy
from renderiq.domain.webhooks import (
    Delivery,
    DeliveryState,
    Event,
    Webhook,
    WebhookChanges,
    callback_target,
    signature_headers,
)
from renderiq.ids import uuid7
from renderiq.outbound import Answer, GuardedTransport, NoAnswerError, Outbound
from renderiq.queues import DeliveryJob
from renderiq.services.delivery_worker import DeliveryWorker
from renderiq.settings import settings
from tests.support import wiring
from tests.support.aws import AwsEnvironment

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"event": "render.completed"})


class FakeOutbound(Outbound):
    """Answers what it was told to, and remembers what it was sent. ``meanwhile`` happens while it is called."""

    def __init__(self, *answers: Answer | NoAnswerError, meanwhile: Callable[[], object] | None = None) -> None:
        super().__init__(GuardedTransport(AddressPolicy()))
        self._answers = list(answers)
        self._meanwhile = meanwhile
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.sent.append((url, body, dict(headers)))
        if self._meanwhile:
            self._meanwhile()
        answer = self._answers.pop(0)
        if isinstance(answer, NoAnswerError):
            raise answer
        return answer


def answering(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, headers, body)


@pytest.fixture
def webhook(aws: AwsEnvironment) -> Iterator[Webhook]:
    webhook = Webhook(
        webhook_id=uuid7(),
        user_id=uuid7(),
        url="https://receiver.example/hook",
        events=frozenset({Event.RENDER_COMPLETED}),
        secret=SECRET,
        created_at=datetime.now(UTC),
        headers={"x-tenant": "7"},
    )
    wiring.webhooks().add(webhook)
    aws.messages(settings().delivery_queue_url)
    yield webhook
    aws.messages(settings().delivery_queue_url)


@pytest.fixture
def job(webhook: Webhook) -> DeliveryJob:
    return owed(webhook.webhook_id, webhook.user_id)


def owed(target: str, user_id: str, callback_url: str | None = None) -> DeliveryJob:
    now = datetime.now(UTC)
    delivery = Delivery(target, uuid7(), user_id, Event.RENDER_COMPLETED, BODY, now, callback_url)
    wiring.deliveries().add(delivery, due_at=now)
    return DeliveryJob(target, delivery.delivery_id)


def worker(outbound: Outbound, *, late: timedelta = timedelta()) -> DeliveryWorker:
    return DeliveryWorker(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=outbound,
        callback_secret=wiring.callback_secret,
        clock=lambda: datetime.now(UTC) + late,
    )


def kept(webhook: Webhook) -> Webhook:
    return wiring.webhooks().get(webhook.user_id, webhook.webhook_id)


def fail(webhook: Webhook, days: float) -> None:
    """One delivery that fails, so many days from now."""
    worker(FakeOutbound(answering(500)), late=timedelta(days=days)).work(owed(webhook.webhook_id, webhook.user_id))


def test_a_delivery_verifies_and_names_itself(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(204))

    delivery = worker(outbound).work(job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://receiver.example/hook"
    assert Receiver(SECRET).verify(body, headers) == {"event": "render.completed"}
    assert (headers["webhook-id"], headers["x-tenant"]) == (job.delivery_id, "7")
    assert delivery is not None
    assert delivery.state is DeliveryState.SUCCEEDED


def test_what_was_delivered_is_not_sent_again(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(200))

    worker(outbound).work(job)
    worker(outbound).work(job)

    assert len(outbound.sent) == 1


@pytest.mark.parametrize(
    "answer", [answering(301, location="http://10.0.0.1/"), answering(500), NoAnswerError("connection failed")]
)
def test_only_2xx_is_success(aws: AwsEnvironment, job: DeliveryJob, answer: Answer | NoAnswerError) -> None:
    delivery = worker(FakeOutbound(answer)).work(job)

    assert delivery is not None
    assert delivery.state is DeliveryState.PENDING
    assert not delivery.attempts[0].succeeded


def test_a_retry_keeps_the_id_and_the_log_keeps_both_attempts(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(500, b"x" * 5000), answering(200, b"thanks"))

    worker(outbound).work(job)
    delivery = worker(outbound, late=timedelta(seconds=10)).work(job)

    assert {headers["webhook-id"] for _, _, headers in outbound.sent} == {job.delivery_id}
    assert delivery is not None
    assert [(attempt.status, len(attempt.answer)) for attempt in delivery.attempts] == [(500, 2048), (200, 6)]


def test_ten_failures_end_it(webhook: Webhook) -> None:
    job = owed(callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    outbound = FakeOutbound(*[answering(503)] * 12)

    for attempt in range(12):
        worker(outbound, late=timedelta(days=2 * attempt)).work(job)

    assert len(outbound.sent) == 10


def test_a_message_that_comes_before_its_time_sends_nothing(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(503))

    worker(outbound).work(job)
    worker(outbound, late=timedelta(seconds=2)).work(job)

    assert len(outbound.sent) == 1


def test_gone_disables_the_endpoint(webhook: Webhook, job: DeliveryJob) -> None:
    delivery = worker(FakeOutbound(answering(410))).work(job)

    found = kept(webhook)
    assert delivery is not None
    assert (delivery.state, found.enabled) == (DeliveryState.FAILED, False)
    assert found.disabled_reason == "The endpoint answered 410 Gone."


def test_five_days_of_nothing_but_failures_disable_the_endpoint(webhook: Webhook) -> None:
    for days in (0, 4.9):
        fail(webhook, days)
    assert kept(webhook).enabled

    fail(webhook, 5)

    assert not kept(webhook).enabled
    assert kept(webhook).disabled_reason == "Every delivery failed for 5 days."


def test_one_success_in_five_days_keeps_the_endpoint(webhook: Webhook) -> None:
    fail(webhook, 0)
    worker(FakeOutbound(answering(200)), late=timedelta(days=3)).work(owed(webhook.webhook_id, webhook.user_id))
    fail(webhook, 5)

    assert kept(webhook).enabled


def test_enabling_again_forgets_the_failures_before(webhook: Webhook) -> None:
    fail(webhook, 0)
    fail(webhook, 5)
    wiring.webhooks().change(webhook.user_id, webhook.webhook_id, WebhookChanges(enabled=True))
    fail(webhook, 6)

    assert kept(webhook).enabled
    assert kept(webhook).disabled_reason is None


def test_the_endpoint_keeps_its_last_result(webhook: Webhook, job: DeliveryJob) -> None:
    worker(FakeOutbound(NoAnswerError("connection failed"))).work(job)

    result = kept(webhook).last_result
    assert result is not None
    assert (result.succeeded, result.status, result.problem) == (False, None, "connection failed")
    assert result.delivery_id == job.delivery_id


def test_what_the_former_address_answers_no_longer_counts(webhook: Webhook, job: DeliveryJob) -> None:
    def move() -> None:
        changes = WebhookChanges(url="https://elsewhere.example/hook")
        wiring.webhooks().change(webhook.user_id, webhook.webhook_id, changes)

    worker(FakeOutbound(answering(410), meanwhile=move)).work(job)

    assert kept(webhook).enabled
    assert kept(webhook).last_result is None


def test_an_endpoint_deleted_while_it_is_called_stays_deleted(webhook: Webhook, job: DeliveryJob) -> None:
    def delete() -> None:
        wiring.webhooks().remove(webhook.user_id, webhook.webhook_id)

    delivery = worker(FakeOutbound(answering(410), meanwhile=delete)).work(job)

    assert delivery is not None
    assert wiring.webhooks().of_user(webhook.user_id) == []


def test_deleting_an_endpoint_ends_what_it_was_still_owed(webhook: Webhook, job: DeliveryJob) -> None:
    wiring.webhooks().remove(webhook.user_id, webhook.webhook_id)
    outbound = FakeOutbound()

    delivery = worker(outbound).work(job)

    assert delivery is not None
    assert (outbound.sent, delivery.state) == ([], DeliveryState.FAILED)


@pytest.mark.parametrize(("late", "verifies"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_a_rotated_secret_signs_until_it_expires(
    webhook: Webhook, job: DeliveryJob, late: timedelta, verifies: bool
) -> None:
    wiring.webhooks().replace_secret(webhook, webhook.with_new_secret("whsec_" + "QUJD" * 8, datetime.now(UTC)))
    outbound = FakeOutbound(answering(200))

    worker(outbound, late=late).work(job)

    [(_, body, headers)] = outbound.sent
    signatures = headers["webhook-signature"].split()
    old = signature_headers(
        [SECRET],
        message_id=job.delivery_id,
        event=Event.RENDER_COMPLETED,
        at=datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC),
        body=body,
    )
    assert (old["webhook-signature"] in signatures) is verifies
    assert len(signatures) == 1 + verifies


def test_a_long_history_keeps_its_last_twenty_attempts(webhook: Webhook, job: DeliveryJob) -> None:
    delivery = None
    for number in range(25):
        now = datetime.now(UTC) + timedelta(days=number / 10)
        wiring.deliveries().reopen(webhook.user_id, webhook.webhook_id, job.delivery_id, now=now, due_at=now)
        delivery = worker(FakeOutbound(answering(500 + number)), late=timedelta(days=number / 10)).work(job)

    assert delivery is not None
    assert [attempt.status for attempt in delivery.attempts] == list(range(505, 525))
    assert delivery.tries == 1


def test_a_disabled_endpoint_is_sent_nothing(webhook: Webhook, job: DeliveryJob) -> None:
    wiring.webhooks().change(webhook.user_id, webhook.webhook_id, WebhookChanges(enabled=False))
    outbound = FakeOutbound()

    worker(outbound).work(job)

    assert outbound.sent == []


def test_a_callback_is_signed_with_its_users_secret(webhook: Webhook) -> None:
    job = owed(callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    outbound = FakeOutbound(answering(200))

    worker(outbound).work(job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://plugin.example/done"
    assert Receiver(wiring.callback_secret(webhook.user_id)).verify(body, headers)
