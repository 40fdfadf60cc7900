"""Webhooks: events, signatures (Standard Webhooks, and an older header), deliveries and their retries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from renderiq.clock import to_iso
from renderiq.domain.events import Event as Event
from renderiq.domain.renders import Render
from renderiq.ids import uuid8

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (a prefix, not a secret)
_KEY_BYTES: Final = range(24, 65)
"""The lengths of keys that the Standard Webhooks specification allows."""
_URL_SAFE: Final = str.maketrans("-_", "+/")
_DELAYS: Final = tuple(timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
MAX_ATTEMPTS: Final = len(_DELAYS)
MAX_STORED_ATTEMPTS: Final = 2 * MAX_ATTEMPTS
JITTER: Final = 0.2
MAX_WEBHOOKS: Final = 20
MAX_IN_FLIGHT: Final = 3
"""Concurrent deliveries to one webhook, or to the callbacks of one user, so that a slow receiver holds few workers."""
_BUSY_DELAY: Final = timedelta(seconds=1)
_MIN_BUSY_SPREAD: Final = timedelta(seconds=4)
_MAX_BUSY_DELAY: Final = timedelta(minutes=1)
RETIRED_SECRET_TTL: Final = timedelta(hours=24)
MAX_FAILURE_PERIOD: Final = timedelta(days=5)
_MAX_RETIRED_SECRETS: Final = 9


SUBSCRIBABLE: Final = tuple(event for event in Event if event is not Event.TEST)
"""The events that a webhook can subscribe to."""
OF_ORGANIZATIONS: Final = frozenset({Event.USAGE_MONTH})
"""The events that only a webhook of an organisation can subscribe to, because users have no such event."""


class WebhookType(StrEnum):
    """How events reach their receiver."""

    PUSH = "push"
    """They are sent to a URL."""
    POLL = "poll"
    """The receiver asks for them. It needs no address that can be reached from outside."""


class DisabledReason(StrEnum):
    """Why a webhook is disabled, as a sentence for its owner."""

    BY_OWNER = "Its owner disabled it."
    GONE = "The endpoint answered 410 Gone."
    ONLY_FAILURES = "Every delivery failed for 5 days."


@dataclass(frozen=True, slots=True)
class RetiredSecret:
    """A replaced signing secret. Deliveries are signed with it and its successor until ``expires_at``."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """The result of the last attempt at a webhook. ``status`` is the HTTP status, None if there was no response."""

    at: datetime
    delivery_id: str
    succeeded: bool
    status: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A URL that a user registered for events; or a poll endpoint, which has neither URL nor secret.

    ``sequence`` is the number of the last event of a poll endpoint. ``retired`` are the former secrets, newest first.
    ``failing_since`` is the time of the first failure after the last
    success, or None.
    """

    webhook_id: str
    user_id: str
    url: str
    events: frozenset[Event]
    secret: str
    created_at: datetime
    description: str = ""
    headers: dict[str, str] = field(default_factory=dict, hash=False)
    enabled: bool = True
    disabled_reason: str | None = None
    """A ``DisabledReason``."""
    retired: tuple[RetiredSecret, ...] = ()
    failing_since: datetime | None = None
    last_result: Result | None = None
    type: WebhookType = WebhookType.PUSH
    sequence: int = 0

    def is_subscribed_to(self, event: Event) -> bool:
        """Returns whether the event is to be delivered here."""
        return self.enabled and event in self.events

    def active_retired_secrets(self, now: datetime) -> tuple[RetiredSecret, ...]:
        """Returns the former secrets that are still in use."""
        return tuple(each for each in self.retired if each.expires_at > now)

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        """Returns every secret to sign with, the current one first."""
        return self.secret, *(each.secret for each in self.active_retired_secrets(now))

    def with_new_secret(self, secret: str, now: datetime) -> Webhook:
        """Returns the webhook with a new secret. The old one stays in use for ``RETIRED_SECRET_TTL``.

        A leaked secret must be replaceable at any time. So rotations are not limited; instead the oldest secrets are
        dropped early.
        """
        retired = RetiredSecret(self.secret, now + RETIRED_SECRET_TTL)
        all_retired = (retired, *(each for each in self.active_retired_secrets(now) if each.secret != secret))
        return replace(self, secret=secret, retired=all_retired[:_MAX_RETIRED_SECRETS])

    def should_be_disabled(self, now: datetime) -> bool:
        """Returns whether deliveries have failed for ``MAX_FAILURE_PERIOD``, without any success."""
        return self.failing_since is not None and now - self.failing_since >= MAX_FAILURE_PERIOD


@dataclass(frozen=True, slots=True)
class WebhookChanges:
    """What to change about a webhook. None leaves a value as it is."""

    url: str | None = None
    events: frozenset[Event] | None = None
    description: str | None = None
    headers: dict[str, str] | None = field(default=None, hash=False)
    enabled: bool | None = None


class DeliveryState(StrEnum):
    """The state of a delivery: ``pending`` until it has succeeded or its retries are used up."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to a receiver.

    ``status`` is the HTTP status, None if there was no response. ``answer`` is the first 2 KB of the response body.
    """

    at: datetime
    duration_ms: int
    status: int | None
    answer: str = ""
    problem: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver accepted the event: the status is 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one target: the id of a webhook, or ``callback#<user id>`` together with a ``callback_url``.

    ``tries`` counts the attempts of the current retry schedule. ``attempts`` are the last ``MAX_STORED_ATTEMPTS``.
    ``render_id``, ``platform`` and ``plugin_version`` belong to the render of the event; they are for logs and metrics.
    """

    target: str
    delivery_id: str
    user_id: str
    event: Event
    body: str
    created_at: datetime
    callback_url: str | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    next_attempt_at: datetime | None = None
    render_id: str | None = None
    platform: str = "unknown"
    plugin_version: str | None = None


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event of a poll endpoint. ``sequence`` counts from 1 without gaps; ``body`` is that of a delivery."""

    sequence: int
    event_id: str
    body: str
    created_at: datetime


def delivery_id(render: Render, event: Event, target: str) -> str:
    """Returns the id of a delivery. It is always the same for one event and target, so that publishing is idempotent.

    It begins with the time of the event, so that ids sort by that time.
    """
    happened_at = render.started_at if event is Event.RENDER_PROCESSING else render.completed_at
    return uuid8(happened_at or render.created_at, f"{render.render_id}/{event}/{target}")


def callback_target(user_id: str) -> str:
    """Returns the target of the callbacks of a user."""
    return f"callback#{user_id}"


def retry_delay(attempts: int, *, chance: float, retry_after: float | None = None) -> timedelta | None:
    """Returns the delay before the next attempt after ``attempts`` attempts, or None if none is left.

    ``chance`` is uniform in [0, 1) and spreads the delay by ``JITTER`` in both directions. The ``Retry-After`` of a
    receiver (in seconds) can lengthen the delay to twice that of the schedule; it never shortens it.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    planned = _DELAYS[attempts]
    delay = planned * (1 - JITTER + 2 * JITTER * chance)
    if retry_after is not None:
        delay = max(delay, min(timedelta(seconds=retry_after), planned * 2))
    return delay


def busy_retry_delay(waited: timedelta, *, chance: float) -> timedelta:
    """Returns when to try again to send to a receiver that has ``MAX_IN_FLIGHT`` deliveries already.

    ``waited`` is the time since the attempt could first have been made. ``chance`` is uniform in [0, 1). A delivery
    that has waited longer tries less often, and deliveries that arrive together are spread.
    """
    return min(_BUSY_DELAY + max(waited, _MIN_BUSY_SPREAD) * chance, _MAX_BUSY_DELAY)


def message_body(event: Event, data: dict[str, Any], *, now: datetime) -> str:
    """Returns the body of a delivery as JSON. ``type`` is what Standard Webhooks call ``event``."""
    return json.dumps({"event": event, "type": event, "timestamp": to_iso(now), "data": data}, separators=(",", ":"))


def generate_secret() -> str:
    """Returns a new signing secret: ``whsec_`` and 32 random bytes in base64 (Standard Webhooks)."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def derive_callback_secret(master: str, user_id: str) -> str:
    """Returns the secret that signs the callbacks of one user.

    It is derived from the master secret, so that creating a render needs no read.
    """
    digest = hmac.new(master.encode(), f"callback/{user_id}".encode(), hashlib.sha256).digest()
    return SECRET_PREFIX + base64.b64encode(digest).decode()


def signature_headers(
    secrets_in_force: Iterable[str], *, message_id: str, event: Event, at: datetime, body: bytes
) -> dict[str, str]:
    """Returns the headers that prove the origin of a message: those of Standard Webhooks, and the older ones.

    The older header is signed with the first secret only.
    """
    known = tuple(secrets_in_force)
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for secret in known
        for key in _keys(secret)
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
        "X-Renderiq-Signature": hmac.new(known[0].encode(), body, hashlib.sha256).hexdigest(),
        "X-Renderiq-Event": event,
        "X-Renderiq-Timestamp": timestamp,
    }


def standard_secret(secret: str) -> str:
    """Returns a secret in the form that Standard Webhooks libraries verify with: ``whsec_`` and base64 of its key."""
    return SECRET_PREFIX + base64.b64encode(_key(secret)).decode()


def is_valid_secret(secret: str) -> bool:
    """Returns whether a secret that begins with ``whsec_`` has base64 of 24 to 64 bytes, as the specification asks.

    The alphabet may be the URL-safe one. Any other secret is valid: its characters in UTF-8 are its key.
    """
    return not secret.startswith(SECRET_PREFIX) or _decode_key(secret.removeprefix(SECRET_PREFIX)) is not None


def _key(secret: str) -> bytes:
    if secret.startswith(SECRET_PREFIX):
        decoded = _decode(secret.removeprefix(SECRET_PREFIX))
        if decoded is not None:  # None for a secret from before secrets were checked
            return decoded
    return secret.encode()


def _keys(secret: str) -> tuple[bytes, ...]:
    """Returns what a receiver may verify with: libraries decode also a secret without the prefix, if it is base64."""
    also = None if secret.startswith(SECRET_PREFIX) else _decode_key(secret)
    return (_key(secret),) if also is None else (_key(secret), also)


def _decode_key(encoded: str) -> bytes | None:
    decoded = _decode(encoded)
    return decoded if decoded is not None and len(decoded) in _KEY_BYTES else None


def _decode(encoded: str) -> bytes | None:
    standard = encoded.rstrip("=").translate(_URL_SAFE)
    try:  # receivers' libraries take it without its padding too
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        return None
