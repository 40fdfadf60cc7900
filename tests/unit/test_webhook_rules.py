"""Signatures that receivers' own libraries accept, and a schedule that gives up in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from renderiq.domain.webhooks import (
    MAX_ATTEMPTS,
    Event,
    delivery_id,
    derive_callback_secret,
    new_secret,
    next_attempt_in,
    signature_headers,
)
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BODY = b'{"event":"render.completed"}'


def signed(*secrets: str) -> dict[str, str]:
    return signature_headers(secrets, message_id="msg_1", event=Event.RENDER_COMPLETED, at=datetime.now(UTC), body=BODY)


def test_the_standard_library_of_receivers_verifies_a_delivery() -> None:
    secret = new_secret()

    assert Webhook(secret).verify(BODY, signed(secret)) == {"event": "render.completed"}


def test_a_secret_that_is_rotating_out_still_verifies() -> None:
    new, old = new_secret(), new_secret()

    assert Webhook(old).verify(BODY, signed(new, old))
    assert Webhook(new).verify(BODY, signed(new, old))


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_another_id_or_time_does_not_verify(header: str) -> None:
    secret = new_secret()
    headers = signed(secret)
    headers[header] = headers[header][:-1] + ("1" if headers[header][-1] != "1" else "2")

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers)


def test_another_body_does_not_verify() -> None:
    secret = new_secret()

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY.replace(b"completed", b"completer"), signed(secret))


def test_plugins_in_the_field_verify_the_body_with_the_secrets_characters() -> None:
    secret = "chosen-by-the-user"

    expected = hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()

    assert signed(secret)["X-Renderiq-Signature"] == expected


def test_a_chosen_secret_signs_with_its_own_bytes() -> None:
    secret = "whsec_not base64 at all"
    headers = signed(secret)
    content = f"msg_1.{headers['webhook-timestamp']}.".encode() + BODY

    expected = base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_one_user_never_has_anothers_callback_secret() -> None:
    assert derive_callback_secret("master", "a") != derive_callback_secret("master", "b")


def test_the_same_fact_for_the_same_target_has_one_id() -> None:
    first = delivery_id("r", Event.RENDER_COMPLETED, "w")

    assert first == delivery_id("r", Event.RENDER_COMPLETED, "w")
    assert first != delivery_id("r", Event.RENDER_FAILED, "w")


def test_attempts_follow_the_schedule_and_then_end() -> None:
    delays = [next_attempt_in(made, chance=0.5) for made in range(1, MAX_ATTEMPTS + 1)]

    hours = [round(delay.total_seconds() / 3600, 6) if delay else None for delay in delays]
    assert hours == [round(5 / 3600, 6), round(300 / 3600, 6), 0.5, 2, 5, 10, 14, 20, 24, None]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 240.0), (0.5, 300.0), (0.999999, 360.0)])
def test_delays_are_spread_by_a_fifth(chance: float, seconds: float) -> None:
    delay = next_attempt_in(2, chance=chance)

    assert delay is not None
    assert delay.total_seconds() == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(("asked", "seconds"), [(1, 300), (450, 450), (86400, 600)])
def test_retry_after_lengthens_a_delay_to_twice_at_most(asked: int, seconds: int) -> None:
    assert next_attempt_in(2, chance=0.5, retry_after=asked) == timedelta(seconds=seconds)
