"""Deterministic delivery ids, the rotation of secrets and the retry schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from renderiq.clock import from_iso, to_iso
from renderiq.domain.renders import Render
from renderiq.domain.webhooks import (
    MAX_ATTEMPTS,
    Event,
    busy_retry_delay,
    delivery_id,
    derive_callback_secret,
    retry_delay,
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


def test_a_secret_that_is_used_again_signs_once() -> None:
    rotated = WEBHOOK.with_new_secret("second", NOW).with_new_secret("first", NOW)

    assert rotated.signing_secrets(NOW) == ("first", "second")


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
