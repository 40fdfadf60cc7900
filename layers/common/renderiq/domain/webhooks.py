"""Webhooks: events, signatures (Standard Webhooks, and the older header), and when to try again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from renderiq.domain.renders import Render, Status
from renderiq.ids import uuid8

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (a prefix, not a secret)
_KEY_BYTES: Final = range(24, 65)
"""The lengths of keys that the Standard Webhooks specification allows."""
_URL_SAFE: Final = str.maketrans("-_", "+/")
_DELAYS: Final = tuple(timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
MAX_ATTEMPTS: Final = len(_DELAYS)
KEPT_ATTEMPTS: Final = 2 * MAX_ATTEMPTS
JITTER: Final = 0.2
MAX_WEBHOOKS: Final = 20
MAX_IN_FLIGHT: Final = 3
"""Deliveries on their way to one endpoint, or to one user's callbacks, at a time: a slow one holds no more workers."""
_BUSY_DELAY: Final = timedelta(seconds=1)
_BUSY_SPREAD: Final = timedelta(seconds=4)
_MAX_BUSY_DELAY: Final = timedelta(minutes=1)
RETIRED_SECRET_TTL: Final = timedelta(hours=24)
MAX_FAILURE_PERIOD: Final = timedelta(days=5)
_MAX_RETIRED: Final = 9


class Event(StrEnum):
    RENDER_PROCESSING = "render.processing"
    RENDER_COMPLETED = "render.completed"
    RENDER_FAILED = "render.failed"
    RENDER_CANCELLED = "render.cancelled"
    TEST = "webhook.test"


SUBSCRIBABLE: Final = tuple(event for event in Event if event is not Event.TEST)
EVENT_OF_STATUS: Final = {
    Status.PROCESSING: Event.RENDER_PROCESSING,
    Status.COMPLETED: Event.RENDER_COMPLETED,
    Status.FAILED: Event.RENDER_FAILED,
    Status.CANCELLED: Event.RENDER_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class RetiredSecret:
    """A signing secret that was replaced, and signs beside its successor until ``expires_at``."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the last attempt at an endpoint. ``status`` is the HTTP status, None where no answer came."""

    at: datetime
    delivery_id: str
    succeeded: bool
    status: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint that a user registered.

    ``retired``: former secrets, the latest first. ``failing_since``: the first of the failures since which nothing
    succeeded.
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
    retired: tuple[RetiredSecret, ...] = ()
    failing_since: datetime | None = None
    last_result: Result | None = None

    def is_subscribed_to(self, event: Event) -> bool:
        return self.enabled and event in self.events

    def active_retired_secrets(self, now: datetime) -> tuple[RetiredSecret, ...]:
        return tuple(each for each in self.retired if each.expires_at > now)

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        """Every secret in force, the present one first."""
        return self.secret, *(each.secret for each in self.active_retired_secrets(now))

    def with_new_secret(self, secret: str, now: datetime) -> Webhook:
        """The same endpoint with another secret; the old one signs for ``RETIRED_SECRET_TTL`` more.

        A secret that leaks must be replaceable at any time, so it is never too often: the oldest go early instead.
        """
        replaced = RetiredSecret(self.secret, now + RETIRED_SECRET_TTL)
        kept = (replaced, *(each for each in self.active_retired_secrets(now) if each.secret != secret))
        return replace(self, secret=secret, retired=kept[:_MAX_RETIRED])

    def should_be_disabled(self, now: datetime) -> bool:
        return self.failing_since is not None and now - self.failing_since >= MAX_FAILURE_PERIOD


@dataclass(frozen=True, slots=True)
class WebhookChanges:
    """What to change about an endpoint; None leaves it as it is."""

    url: str | None = None
    events: frozenset[Event] | None = None
    description: str | None = None
    headers: dict[str, str] | None = field(default=None, hash=False)
    enabled: bool | None = None


class DeliveryState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST. ``status`` is the HTTP status, None where no answer came; ``answer`` its first 2 KB."""

    at: datetime
    duration_ms: int
    status: int | None
    answer: str = ""
    problem: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event owed to one target: a webhook's id, or ``callback#<user id>`` with a url of its own.

    ``tries`` counts attempts of the present schedule; ``attempts`` are the last ``KEPT_ATTEMPTS`` of all.
    ``render_id``, ``platform`` and ``plugin_version`` are the render's that it tells of, for logs and figures.
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


def delivery_id(render: Render, event: Event, target: str) -> str:
    """The same for the same fact told to the same target, so that publishing twice makes one delivery.

    It begins with the time of the fact, so that ids sort as what they tell of happened.
    """
    happened_at = render.started_at if event is Event.RENDER_PROCESSING else render.completed_at
    return uuid8(happened_at or render.created_at, f"{render.render_id}/{event}/{target}")


def callback_target(user_id: str) -> str:
    return f"callback#{user_id}"


def retry_delay(attempts: int, *, chance: float, retry_after: float | None = None) -> timedelta | None:
    """Delay before the attempt that follows ``attempts`` made, or None when the schedule is over.

    ``chance`` is uniform in [0, 1) and spreads the delay by ``JITTER`` either way. An endpoint's ``Retry-After``
    (seconds) may lengthen the delay to twice what the schedule says, and never shortens it.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    planned = _DELAYS[attempts]
    delay = planned * (1 - JITTER + 2 * JITTER * chance)
    if retry_after is not None:
        delay = max(delay, min(timedelta(seconds=retry_after), planned * 2))
    return delay


def busy_retry_delay(waited: timedelta, *, chance: float) -> timedelta:
    """When to look again whether a busy endpoint has room, ``waited`` after the attempt's time; no attempt is used up.

    ``chance`` is uniform in [0, 1): who waits long looks seldom, and those that came together come apart.
    """
    return min(_BUSY_DELAY + max(waited, _BUSY_SPREAD) * chance, _MAX_BUSY_DELAY)


def generate_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def derive_callback_secret(master: str, user_id: str) -> str:
    """The secret that signs one user's callbacks; derived, so that asking for a render costs no read."""
    digest = hmac.new(master.encode(), f"callback/{user_id}".encode(), hashlib.sha256).digest()
    return SECRET_PREFIX + base64.b64encode(digest).decode()


def signature_headers(
    secrets_in_force: Iterable[str], *, message_id: str, event: Event, at: datetime, body: bytes
) -> dict[str, str]:
    """Headers that let the receiver know the message is ours: Standard Webhooks, and the older ones beside it."""
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
