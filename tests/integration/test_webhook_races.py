"""Concurrent operations on webhooks: exactly twenty are registered, no secret is lost, one worker sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from renderiq.domain.webhooks import MAX_WEBHOOKS, Event, Webhook
from renderiq.errors import ApiError
from renderiq.ids import uuid7
from renderiq.stores.webhooks import WebhookLimitError
from tests.support import wiring
from tests.support.clients import at_once

pytestmark = pytest.mark.usefixtures("aws")


def new_webhook(user_id: str) -> Webhook:
    return Webhook(
        webhook_id=uuid7(),
        user_id=user_id,
        url="https://receiver.example/hook",
        events=frozenset({Event.RENDER_COMPLETED}),
        secret="the first of all secrets",
        created_at=datetime.now(UTC),
    )


def add_webhook(user_id: str) -> Webhook:
    webhook = new_webhook(user_id)
    wiring.webhooks().add(webhook)
    return webhook


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except ApiError as error:
        return error.code.name
    except WebhookLimitError:
        return "QUOTA_EXCEEDED"
    return "done"


def test_exactly_twenty_of_forty_concurrent_registrations_succeed() -> None:
    user_id = uuid7()

    outcomes = at_once(8, lambda _: [outcome(lambda: wiring.webhooks().add(new_webhook(user_id))) for _ in range(5)])

    assert Counter(chain.from_iterable(outcomes)) == {"done": MAX_WEBHOOKS, "QUOTA_EXCEEDED": 20}
    assert len(wiring.webhooks().of_user(user_id)) == MAX_WEBHOOKS


def test_concurrent_deletions_of_one_webhook_free_one_place() -> None:
    user_id = uuid7()
    webhooks = [add_webhook(user_id) for _ in range(MAX_WEBHOOKS)]

    deleted = at_once(8, lambda _: outcome(lambda: wiring.webhooks().remove(user_id, webhooks[0].webhook_id)))
    added = at_once(8, lambda _: outcome(lambda: wiring.webhooks().add(new_webhook(user_id))))

    assert Counter(deleted) == {"done": 1, "NOT_FOUND": 7}
    assert Counter(added) == {"done": 1, "QUOTA_EXCEEDED": 7}


def test_concurrent_registrations_and_deletions_keep_the_count_right() -> None:
    user_id = uuid7()
    webhooks = [add_webhook(user_id) for _ in range(10)]

    def churn(number: int) -> None:
        wiring.webhooks().remove(user_id, webhooks[number].webhook_id)
        wiring.webhooks().add(new_webhook(user_id))

    at_once(10, churn)
    more = [outcome(lambda: wiring.webhooks().add(new_webhook(user_id))) for _ in range(12)]

    assert Counter(more) == {"done": 10, "QUOTA_EXCEEDED": 2}


def test_concurrent_rotations_keep_every_secret_that_was_returned() -> None:
    webhook, now = add_webhook(uuid7()), datetime.now(UTC)

    def rotate(number: int) -> str | None:
        try:
            return (
                wiring.webhook_service()
                .rotate_secret(webhook.user_id, webhook.webhook_id, f"chosen secret {number}", now=now)
                .secret
            )
        except ApiError as error:
            assert error.code.name == "RESOURCE_CONFLICT"  # noqa: PT017 (the other outcome is a success)
            return None

    given_out = {secret for secret in at_once(8, rotate) if secret}

    in_force = wiring.webhooks().get(webhook.user_id, webhook.webhook_id).signing_secrets(now)
    assert given_out
    assert set(in_force) == given_out | {webhook.secret}


def test_exactly_one_worker_claims_a_delivery_during_concurrent_redeliveries() -> None:
    webhook, now = add_webhook(uuid7()), datetime.now(UTC)
    for _ in range(10):
        delivery_id = wiring.webhook_service().send_test(webhook.user_id, webhook.webhook_id, now=now).delivery_id

        def work(number: int, delivery_id: str = delivery_id) -> str:
            if number % 2:
                until = now + timedelta(minutes=1)
                claimed = wiring.deliveries().claim(
                    webhook.webhook_id, delivery_id, lease=str(number), until=until, now=now
                )
                return "claimed" if claimed else "left"
            return outcome(
                lambda: wiring.webhook_service().redeliver(webhook.user_id, webhook.webhook_id, delivery_id, now=now)
            )

        outcomes = Counter(at_once(8, work))

        assert outcomes["claimed"] == 1
        assert outcomes["done"] + outcomes["RESOURCE_CONFLICT"] == 4
