"""What the delivery worker does with one job, whatever the receiver answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from renderiq import wiring
from renderiq.addresses import AddressPolicy
from renderiq.domain.webhooks import Delivery, DeliveryState, Event, Webhook, callback_target
from renderiq.ids import uuid7
from renderiq.outbound import Answer, NoAnswerError, Outbound
from renderiq.queues import DeliveryJob
from renderiq.services.delivering import DeliveryDesk
from renderiq.settings import settings
from standardwebhooks.webhooks import Webhook as Receiver

from tests.support.world import World

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"event": "render.completed"})


class FakeOutbound(Outbound):
    """Answers what it was told to, and remembers what it was sent."""

    def __init__(self, *answers: Answer | NoAnswerError) -> None:
        super().__init__(AddressPolicy())
        self._answers = list(answers)
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.sent.append((url, body, dict(headers)))
        answer = self._answers.pop(0)
        if isinstance(answer, NoAnswerError):
            raise answer
        return answer


def answering(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, headers, body)


@pytest.fixture
def webhook(here: World) -> Iterator[Webhook]:
    webhook = Webhook(
        webhook_id=uuid7(),
        user_id=uuid7(),
        url="https://receiver.example/hook",
        events=frozenset({Event.RENDER_COMPLETED}),
        secrets=(SECRET,),
        created_at=datetime.now(UTC),
        headers={"x-tenant": "7"},
    )
    wiring.webhooks().add(webhook)
    here.messages(settings().delivery_queue_url)
    yield webhook
    here.messages(settings().delivery_queue_url)


@pytest.fixture
def job(webhook: Webhook) -> DeliveryJob:
    return owed(webhook.webhook_id, webhook.user_id)


def owed(target: str, user_id: str, callback_url: str | None = None) -> DeliveryJob:
    now = datetime.now(UTC)
    delivery = Delivery(target, uuid7(), user_id, Event.RENDER_COMPLETED, BODY, now, callback_url)
    wiring.deliveries().add(delivery, due_at=now)
    return DeliveryJob(target, delivery.delivery_id)


def desk(outbound: Outbound, *, late: timedelta = timedelta()) -> DeliveryDesk:
    return DeliveryDesk(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=outbound,
        callback_secret=wiring.callback_secret,
        clock=lambda: datetime.now(UTC) + late,
    )


def test_a_delivery_verifies_and_names_itself(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(204))

    delivery = desk(outbound).work(job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://receiver.example/hook"
    assert Receiver(SECRET).verify(body, headers) == {"event": "render.completed"}
    assert (headers["webhook-id"], headers["x-tenant"]) == (job.delivery_id, "7")
    assert delivery is not None
    assert delivery.state is DeliveryState.SUCCEEDED


def test_what_was_delivered_is_not_sent_again(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(200))

    desk(outbound).work(job)
    desk(outbound).work(job)

    assert len(outbound.sent) == 1


@pytest.mark.parametrize(
    "answer", [answering(301, location="http://10.0.0.1/"), answering(500), NoAnswerError("connection failed")]
)
def test_only_2xx_is_success(here: World, job: DeliveryJob, answer: Answer | NoAnswerError) -> None:
    delivery = desk(FakeOutbound(answer)).work(job)

    assert delivery is not None
    assert delivery.state is DeliveryState.PENDING
    assert not delivery.attempts[0].succeeded


def test_a_retry_keeps_the_id_and_the_log_keeps_both_attempts(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(500, b"x" * 5000), answering(200, b"thanks"))

    desk(outbound).work(job)
    delivery = desk(outbound, late=timedelta(seconds=10)).work(job)

    assert {headers["webhook-id"] for _, _, headers in outbound.sent} == {job.delivery_id}
    assert delivery is not None
    assert [(attempt.status, len(attempt.answer)) for attempt in delivery.attempts] == [(500, 2048), (200, 6)]


def test_ten_failures_end_it(job: DeliveryJob) -> None:
    outbound = FakeOutbound(*[answering(503)] * 12)

    for attempt in range(12):
        desk(outbound, late=timedelta(days=2 * attempt)).work(job)

    assert len(outbound.sent) == 10


def test_a_message_that_comes_before_its_time_sends_nothing(job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(503))

    desk(outbound).work(job)
    desk(outbound, late=timedelta(seconds=2)).work(job)

    assert len(outbound.sent) == 1


def test_gone_disables_the_endpoint(webhook: Webhook, job: DeliveryJob) -> None:
    delivery = desk(FakeOutbound(answering(410))).work(job)

    found = wiring.webhooks().find(webhook.user_id, webhook.webhook_id)
    assert delivery is not None
    assert found is not None
    assert (delivery.state, found.enabled) == (DeliveryState.FAILED, False)


def test_a_disabled_endpoint_is_sent_nothing(webhook: Webhook, job: DeliveryJob) -> None:
    wiring.webhooks().disable(webhook, "by hand")
    outbound = FakeOutbound()

    desk(outbound).work(job)

    assert outbound.sent == []


def test_a_callback_is_signed_with_its_users_secret(webhook: Webhook) -> None:
    job = owed(callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    outbound = FakeOutbound(answering(200))

    desk(outbound).work(job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://plugin.example/done"
    assert Receiver(wiring.callback_secret(webhook.user_id)).verify(body, headers)
