"""Deterministic delivery ids, the rotation of secrets and the retry schedule."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.clock import from_iso, to_iso
from renderiq.domain import webhooks
from renderiq.domain.render_transitions import CANCEL_PENDING, CLAIM, COMPLETE, FAIL
from renderiq.domain.renders import Render, Status
from renderiq.domain.webhooks import (
    MAX_ATTEMPTS,
    SUBSCRIBABLE,
    Attempt,
    Delivery,
    DeliveryState,
    Event,
    busy_retry_delay,
    callback_target,
    delivery_id,
    derive_callback_secret,
    generate_secret,
    retry_delay,
    signature_headers,
)
from renderiq.domain.webhooks import Webhook as Endpoint
from renderiq.ids import is_uuid
from tests.support.orders import order

BODY = b'{"event":"render.completed"}'
NOW = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
RENDER = Render(
    render_id="r",
    user_id="u",
    order=order(),
    cost=10,
    capture_key="c",
    platform="rhino",
    created_at=NOW - timedelta(seconds=9),
    started_at=NOW - timedelta(seconds=5),
    completed_at=NOW,
)
WEBHOOK = Endpoint("w", "u", "https://receiver.example/", frozenset({Event.RENDER_COMPLETED}), "first", NOW)


def test_callback_secrets_differ_between_users() -> None:
    assert derive_callback_secret("master", "a") != derive_callback_secret("master", "b")


def test_the_same_event_for_the_same_target_has_one_delivery_id() -> None:
    first = delivery_id(RENDER, Event.RENDER_COMPLETED, "w")

    assert first == delivery_id(RENDER, Event.RENDER_COMPLETED, "w")
    assert first != delivery_id(RENDER, Event.RENDER_FAILED, "w")
    assert first != delivery_id(RENDER, Event.RENDER_COMPLETED, "x")


def test_a_delivery_id_ignores_fractions_of_time_that_are_not_stored() -> None:
    read_again = replace(RENDER, completed_at=from_iso(to_iso(NOW)))

    assert delivery_id(RENDER, Event.RENDER_COMPLETED, "w") == delivery_id(read_again, Event.RENDER_COMPLETED, "w")


def test_delivery_ids_sort_by_the_time_of_their_events() -> None:
    processing = delivery_id(RENDER, Event.RENDER_PROCESSING, "w")
    completed = delivery_id(RENDER, Event.RENDER_COMPLETED, "w")
    a_millisecond_later = delivery_id(
        replace(RENDER, render_id="0", completed_at=NOW + timedelta(milliseconds=1)), Event.RENDER_COMPLETED, "w"
    )

    assert is_uuid(completed)
    assert processing < completed < a_millisecond_later


def test_the_former_secret_signs_for_a_day_beside_the_new_one() -> None:
    rotated = WEBHOOK.with_new_secret("second", NOW)

    assert rotated.signing_secrets(NOW + timedelta(hours=23, minutes=59)) == ("second", "first")
    assert rotated.signing_secrets(NOW + timedelta(hours=24)) == ("second",)
    assert rotated.signing_secrets(NOW + timedelta(hours=25)) == ("second",)


def test_a_secret_that_is_used_again_signs_once() -> None:
    rotated = WEBHOOK.with_new_secret("second", NOW).with_new_secret("first", NOW)

    assert rotated.signing_secrets(NOW) == ("first", "second")
    assert rotated.with_new_secret("".join(["sec", "ond"]), NOW).signing_secrets(NOW) == ("second", "first")
    assert rotated.with_new_secret("a new one", NOW).signing_secrets(NOW) == ("a new one", "first", "second")


def test_at_most_ten_secrets_sign_however_often_they_rotate() -> None:
    rotated = WEBHOOK
    for number in range(30):
        rotated = rotated.with_new_secret(str(number), NOW)

    assert rotated.signing_secrets(NOW) == tuple(map(str, range(29, 19, -1)))


def test_attempts_follow_the_schedule_and_then_stop() -> None:
    delays = [retry_delay(made, chance=0.5) for made in range(1, MAX_ATTEMPTS + 1)]

    hours = [round(delay.total_seconds() / 3600, 6) if delay else None for delay in delays]
    assert hours == [round(5 / 3600, 6), round(300 / 3600, 6), 0.5, 2, 5, 10, 14, 20, 24, None]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 240.0), (0.5, 300.0), (0.999999, 360.0)])
def test_delays_are_spread_by_a_fifth(chance: float, seconds: float) -> None:
    delay = retry_delay(2, chance=chance)

    assert delay is not None
    assert delay.total_seconds() == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(("asked", "seconds"), [(1, 300), (450, 450), (86400, 600)])
def test_retry_after_lengthens_a_delay_to_twice_at_most(asked: int, seconds: int) -> None:
    assert retry_delay(2, chance=0.5, retry_after=asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("waited", "least", "most"),
    [(timedelta(), 1, 5), (timedelta(seconds=20), 1, 21), (timedelta(hours=1), 1, 60)],
)
def test_a_delivery_that_waits_long_for_a_busy_webhook_is_tried_less_often_but_within_a_minute(
    waited: timedelta, least: int, most: int
) -> None:
    assert busy_retry_delay(waited, chance=0) == timedelta(seconds=least)
    assert busy_retry_delay(waited, chance=1) == timedelta(seconds=most)


def test_a_delivery_id_of_an_event_without_a_time_begins_with_the_creation_of_the_render() -> None:
    unfinished = replace(RENDER, started_at=None, completed_at=None)

    ids = [delivery_id(unfinished, event, "w") for event in (Event.RENDER_PROCESSING, Event.RENDER_CANCELLED)]

    milliseconds = int(RENDER.created_at.timestamp() * 1000)
    assert {int(each.replace("-", "")[:12], 16) for each in ids} == {milliseconds}


def test_only_the_id_of_the_processing_event_begins_with_the_start_of_the_render() -> None:
    started_at = int(RENDER.started_at.timestamp() * 1000) if RENDER.started_at else 0

    times = {event: int(delivery_id(RENDER, event, "w").replace("-", "")[:12], 16) for event in Event}

    assert [event for event, time in times.items() if time == started_at] == [Event.RENDER_PROCESSING]
    assert len(set(times.values())) == 2


def test_callback_secrets_are_derived_from_the_master_secret() -> None:
    digest = hmac.new(b"master", b"callback/user", hashlib.sha256).digest()

    assert derive_callback_secret("master", "user") == "whsec_" + base64.b64encode(digest).decode()


def test_a_generated_secret_has_256_random_bits() -> None:
    secret = generate_secret()

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert generate_secret() != secret


def test_the_target_of_callbacks_names_the_user() -> None:
    assert callback_target("user") == "callback#user"


@pytest.mark.parametrize(
    ("webhook", "subscribed"),
    [(WEBHOOK, [Event.RENDER_COMPLETED]), (replace(WEBHOOK, enabled=False), [])],
)
def test_an_enabled_webhook_is_subscribed_to_its_events(webhook: Endpoint, subscribed: list[Event]) -> None:
    assert [event for event in Event if webhook.is_subscribed_to(event)] == subscribed


@pytest.mark.parametrize(
    ("failing_since", "disabled"),
    [
        (None, False),
        (NOW - timedelta(days=5), True),
        (NOW - timedelta(days=5) + timedelta(microseconds=1), False),
        (NOW - timedelta(days=6), True),
    ],
)
def test_a_webhook_that_failed_for_five_days_should_be_disabled(failing_since: datetime | None, disabled: bool) -> None:
    assert replace(WEBHOOK, failing_since=failing_since).should_be_disabled(NOW) is disabled


@pytest.mark.parametrize(
    ("status", "succeeded"), [(None, False), (199, False), (200, True), (299, True), (300, False), (500, False)]
)
def test_an_attempt_succeeds_with_a_2xx_status(status: int | None, succeeded: bool) -> None:
    assert Attempt(NOW, 1, status).succeeded is succeeded


def test_attempts_start_without_delay_and_stop_after_ten() -> None:
    assert retry_delay(0, chance=0.9) == timedelta()
    assert retry_delay(11, chance=0.5) is None
    assert MAX_ATTEMPTS == 10


@pytest.mark.parametrize("retry_after", [0.0, 299.0, None])
def test_retry_after_never_shortens_a_delay(retry_after: float | None) -> None:
    assert retry_delay(2, chance=0.5, retry_after=retry_after) == timedelta(seconds=300)


SIGNED_AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
PADDED = base64.b64encode(b"sixteen bytes, 1").decode()


def signature(key: bytes) -> str:
    signed = f"id.{int(SIGNED_AT.timestamp())}.".encode() + BODY
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (f"whsec_{PADDED}", b"sixteen bytes, 1"),
        (f"whsec_{PADDED.rstrip('=')}", b"sixteen bytes, 1"),
        (f"whsec_{base64.b64encode(bytes(20)).decode().rstrip('=')}", bytes(20)),
        ("whsec_correct horse", b"whsec_correct horse"),
        ("plain text", b"plain text"),
    ],
    ids=[
        "base64",
        "base64 without padding",
        "base64 without one padding character",
        "a prefix without base64",
        "plain text",
    ],
)
def test_messages_are_signed_with_each_secret(secret: str, key: bytes) -> None:
    headers = signature_headers(
        [secret, "former"], message_id="id", event=Event.RENDER_COMPLETED, at=SIGNED_AT, body=BODY
    )

    timestamp = str(int(SIGNED_AT.timestamp()))
    assert headers == {
        "webhook-id": "id",
        "webhook-timestamp": timestamp,
        "webhook-signature": f"{signature(key)} {signature(b'former')}",
        "X-Renderiq-Signature": hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest(),
        "X-Renderiq-Event": "render.completed",
        "X-Renderiq-Timestamp": timestamp,
    }


def test_every_event_but_the_test_can_be_subscribed_to() -> None:
    assert [*SUBSCRIBABLE] == [
        "render.processing",
        "render.completed",
        "render.failed",
        "render.cancelled",
        "usage.month",
    ]
    assert [*Event][-1:] == ["webhook.test"]
    assert {
        each.target: each.event.partition(".")[2] for each in (CLAIM, COMPLETE, FAIL, CANCEL_PENDING) if each.event
    } == {status: str(status) for status in Status if status is not Status.PENDING}


def test_a_new_delivery_is_pending_without_attempts() -> None:
    new = Delivery("w", "d", "u", Event.TEST, "{}", NOW)

    assert (new.state, new.attempts, new.tries, new.platform) == ("pending", (), 0, "unknown")
    assert [*DeliveryState] == ["pending", "succeeded", "failed"]


def test_the_limits_of_webhooks_are_as_documented() -> None:
    assert (webhooks.MAX_WEBHOOKS, webhooks.MAX_IN_FLIGHT, webhooks.MAX_STORED_ATTEMPTS) == (20, 3, 20)
    assert timedelta(days=5) == webhooks.MAX_FAILURE_PERIOD


def test_webhooks_and_changes_can_be_members_of_sets() -> None:
    assert len({WEBHOOK, replace(WEBHOOK, headers={"x-tenant": "7"})}) == 2
    assert len({webhooks.WebhookChanges(headers={}), webhooks.WebhookChanges(headers={})}) == 1


def test_a_new_webhook_is_enabled() -> None:
    assert (WEBHOOK.enabled, WEBHOOK.headers, WEBHOOK.retired, WEBHOOK.description) == (True, {}, (), "")
