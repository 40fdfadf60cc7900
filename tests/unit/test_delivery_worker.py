"""What the delivery worker does with one job for each kind of answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Receiver

from renderiq.domain.webhooks import (
    DeliveryState,
    Event,
    Webhook,
    WebhookChanges,
    callback_target,
    signature_headers,
)
from renderiq.outbound import NoResponseError, Response
from renderiq.queues import DeliveryJob
from tests.support import wiring
from tests.support.aws import AwsEnvironment
from tests.support.deliveries import SECRET, FakeOutbound, add_delivery, answering, delivery_worker, stored_webhook


def fail(webhook: Webhook, days: float) -> None:
    """Makes a delivery fail, ``days`` days from now."""
    delivery_worker(FakeOutbound(answering(500)), late=timedelta(days=days)).work(
        add_delivery(webhook.webhook_id, webhook.user_id)
    )


def test_a_delivery_can_be_verified_and_carries_its_id(delivery_job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(204))

    delivery = delivery_worker(outbound).work(delivery_job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://receiver.example/hook"
    assert Receiver(SECRET).verify(body, headers) == {"event": "render.completed"}
    assert (headers["webhook-id"], headers["x-tenant"]) == (delivery_job.delivery_id, "7")
    assert delivery is not None
    assert delivery.state is DeliveryState.SUCCEEDED


def test_a_succeeded_delivery_is_not_sent_again(delivery_job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound).work(delivery_job)
    delivery_worker(outbound).work(delivery_job)

    assert len(outbound.sent) == 1


@pytest.mark.parametrize(
    "answer", [answering(301, location="http://10.0.0.1/"), answering(500), NoResponseError("connection failed")]
)
def test_only_a_2xx_response_is_a_success(
    aws: AwsEnvironment, delivery_job: DeliveryJob, answer: Response | NoResponseError
) -> None:
    delivery = delivery_worker(FakeOutbound(answer)).work(delivery_job)

    assert delivery is not None
    assert delivery.state is DeliveryState.PENDING
    assert not delivery.attempts[0].succeeded


def test_a_retry_keeps_the_id_and_both_attempts_are_recorded(delivery_job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(500, b"x" * 5000), answering(200, b"thanks"))

    delivery_worker(outbound).work(delivery_job)
    delivery = delivery_worker(outbound, late=timedelta(seconds=10)).work(delivery_job)

    assert {headers["webhook-id"] for _, _, headers in outbound.sent} == {delivery_job.delivery_id}
    assert delivery is not None
    assert [(attempt.status, len(attempt.answer)) for attempt in delivery.attempts] == [(500, 2048), (200, 6)]


def test_ten_failed_attempts_end_a_delivery(webhook: Webhook) -> None:
    delivery_job = add_delivery(callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    outbound = FakeOutbound(*[answering(503)] * 12)

    for attempt in range(12):
        delivery_worker(outbound, late=timedelta(days=2 * attempt)).work(delivery_job)

    assert len(outbound.sent) == 10


def test_a_message_received_before_the_delivery_is_due_sends_nothing(delivery_job: DeliveryJob) -> None:
    outbound = FakeOutbound(answering(503))

    delivery_worker(outbound).work(delivery_job)
    delivery_worker(outbound, late=timedelta(seconds=2)).work(delivery_job)

    assert len(outbound.sent) == 1


def test_a_410_response_disables_the_webhook(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    delivery = delivery_worker(FakeOutbound(answering(410))).work(delivery_job)

    found = stored_webhook(webhook)
    assert delivery is not None
    assert (delivery.state, found.enabled) == (DeliveryState.FAILED, False)
    assert found.disabled_reason == "The endpoint answered 410 Gone."


def test_five_days_of_failures_disable_the_webhook(webhook: Webhook) -> None:
    for days in (0, 4.9):
        fail(webhook, days)
    assert stored_webhook(webhook).enabled

    fail(webhook, 5)

    assert not stored_webhook(webhook).enabled
    assert stored_webhook(webhook).disabled_reason == "Every delivery failed for 5 days."


def test_one_success_in_five_days_keeps_the_webhook_enabled(webhook: Webhook) -> None:
    fail(webhook, 0)
    delivery_worker(FakeOutbound(answering(200)), late=timedelta(days=3)).work(
        add_delivery(webhook.webhook_id, webhook.user_id)
    )
    fail(webhook, 5)

    assert stored_webhook(webhook).enabled


def test_enabling_a_webhook_resets_its_failures(webhook: Webhook) -> None:
    fail(webhook, 0)
    fail(webhook, 5)
    wiring.webhooks().change(webhook.user_id, webhook.webhook_id, WebhookChanges(enabled=True))
    fail(webhook, 6)

    assert stored_webhook(webhook).enabled
    assert stored_webhook(webhook).disabled_reason is None


def test_the_webhook_stores_its_last_result(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    delivery_worker(FakeOutbound(NoResponseError("connection failed"))).work(delivery_job)

    result = stored_webhook(webhook).last_result
    assert result is not None
    assert (result.succeeded, result.status, result.problem) == (False, None, "connection failed")
    assert result.delivery_id == delivery_job.delivery_id


def test_an_answer_of_the_former_url_is_ignored(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    def move() -> None:
        changes = WebhookChanges(url="https://elsewhere.example/hook")
        wiring.webhooks().change(webhook.user_id, webhook.webhook_id, changes)

    delivery_worker(FakeOutbound(answering(410), meanwhile=move)).work(delivery_job)

    assert stored_webhook(webhook).enabled
    assert stored_webhook(webhook).last_result is None


def test_a_webhook_deleted_during_a_delivery_stays_deleted(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    def delete() -> None:
        wiring.webhooks().remove(webhook.user_id, webhook.webhook_id)

    delivery = delivery_worker(FakeOutbound(answering(410), meanwhile=delete)).work(delivery_job)

    assert delivery is not None
    assert wiring.webhooks().of_user(webhook.user_id) == []


def test_deleting_a_webhook_ends_its_pending_deliveries(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    wiring.webhooks().remove(webhook.user_id, webhook.webhook_id)
    outbound = FakeOutbound()

    delivery = delivery_worker(outbound).work(delivery_job)

    assert delivery is not None
    assert (outbound.sent, delivery.state) == ([], DeliveryState.FAILED)


@pytest.mark.parametrize(("late", "verifies"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_a_rotated_secret_signs_until_it_expires(
    webhook: Webhook, delivery_job: DeliveryJob, late: timedelta, verifies: bool
) -> None:
    wiring.webhooks().replace_secret(webhook, webhook.with_new_secret("whsec_" + "QUJD" * 8, datetime.now(UTC)))
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound, late=late).work(delivery_job)

    [(_, body, headers)] = outbound.sent
    signatures = headers["webhook-signature"].split()
    old = signature_headers(
        [SECRET],
        message_id=delivery_job.delivery_id,
        event=Event.RENDER_COMPLETED,
        at=datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC),
        body=body,
    )
    assert (old["webhook-signature"] in signatures) is verifies
    assert len(signatures) == 1 + verifies


def test_the_last_twenty_attempts_are_kept(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    delivery = None
    for number in range(25):
        now = datetime.now(UTC) + timedelta(days=number / 10)
        wiring.deliveries().reopen(webhook.user_id, webhook.webhook_id, delivery_job.delivery_id, now=now, due_at=now)
        delivery = delivery_worker(FakeOutbound(answering(500 + number)), late=timedelta(days=number / 10)).work(
            delivery_job
        )

    assert delivery is not None
    assert [attempt.status for attempt in delivery.attempts] == list(range(505, 525))
    assert delivery.tries == 1


def test_a_disabled_webhook_is_sent_nothing(webhook: Webhook, delivery_job: DeliveryJob) -> None:
    wiring.webhooks().change(webhook.user_id, webhook.webhook_id, WebhookChanges(enabled=False))
    outbound = FakeOutbound()

    delivery_worker(outbound).work(delivery_job)

    assert outbound.sent == []


def test_a_callback_is_signed_with_the_callback_secret_of_its_user(webhook: Webhook) -> None:
    delivery_job = add_delivery(callback_target(webhook.user_id), webhook.user_id, "https://plugin.example/done")
    outbound = FakeOutbound(answering(200))

    delivery_worker(outbound).work(delivery_job)

    [(url, body, headers)] = outbound.sent
    assert url == "https://plugin.example/done"
    assert Receiver(wiring.callback_secret(webhook.user_id)).verify(body, headers)
