"""Bodies of the webhook endpoints."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from renderiq.domain.webhooks import (
    SECRET_PREFIX,
    SUBSCRIBABLE,
    Attempt,
    Delivery,
    DeliveryState,
    Event,
    Result,
    RetiredSecret,
    Webhook,
    WebhookChanges,
)
from renderiq.models.wire import Flag, Moment, Printable, UuidText, WireModel

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OURS = re.compile(r"(?i:(?:webhook-|x-renderiq-|content-|transfer-).*|host|connection|user-agent|te|upgrade)")
# HTTP takes blanks inside a value only.
_VISIBLE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?)?")


def _subscribable(events: frozenset[Event]) -> frozenset[Event]:
    if not events <= set(SUBSCRIBABLE):
        raise ValueError(f"choose among {', '.join(SUBSCRIBABLE)}")
    return events


def _harmless(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VISIBLE.fullmatch(value):
            raise ValueError("names and values must be plain HTTP header text, values of at most 512 characters")
        if _OURS.fullmatch(name):
            raise ValueError(f"{name} is set by us")
    return headers


Url = Annotated[str, Field(min_length=1, max_length=2048, json_schema_extra={"format": "uri"})]
Events = Annotated[
    frozenset[Event],
    Field(min_length=1, json_schema_extra={"items": {"enum": [event.value for event in SUBSCRIBABLE]}}),
    AfterValidator(_subscribable),
]
Secret = Annotated[Printable, Field(min_length=16, max_length=256)]
Description = Annotated[Printable, Field(max_length=256)]
Headers = Annotated[
    dict[str, str],
    Field(
        max_length=10,
        json_schema_extra={
            "propertyNames": {"pattern": f"^(?!{_OURS.pattern}$){_TOKEN.pattern}$"},
            "additionalProperties": {"type": "string", "pattern": f"^{_VISIBLE.pattern}$"},
        },
    ),
    AfterValidator(_harmless),
]


class WebhookIn(WireModel):
    """An endpoint to register. Without a secret one is made."""

    url: Url
    events: Events
    secret: Secret | None = None
    description: Description = ""
    headers: Headers = Field(default_factory=dict)


class WebhookChangesIn(WireModel):
    """What to change about an endpoint; what is absent or null stays as it is."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    headers: Headers | None = None
    enabled: Flag | None = None

    def changes(self) -> WebhookChanges:
        return WebhookChanges(self.url, self.events, self.description, self.headers, self.enabled)


class RotationIn(WireModel):
    """Without a secret one is made."""

    secret: Secret | None = None


class DeliveriesQuery(WireModel):
    limit: int = Field(20, ge=1, le=100)
    cursor: UuidText | None = None


class WebhookRegistered(WireModel):
    """With the whole secret, which only this answer and the one to a rotation show."""

    webhook_id: str
    url: str
    events: list[Event]
    secret: str
    created_at: Moment

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookRegistered:
        return cls(
            webhook_id=webhook.webhook_id,
            url=webhook.url,
            events=sorted(webhook.events),
            secret=webhook.secret,
            created_at=webhook.created_at,
        )


class ResultOut(WireModel):
    at: Moment
    delivery_id: str
    succeeded: bool
    status: int | None = None
    problem: str | None = None

    @classmethod
    def of(cls, result: Result) -> ResultOut:
        return cls(
            at=result.at,
            delivery_id=result.delivery_id,
            succeeded=result.succeeded,
            status=result.status,
            problem=result.problem,
        )


class RetiredSecretOut(WireModel):
    """A former secret, masked, that signs until ``expiresAt``."""

    secret: str
    expires_at: Moment

    @classmethod
    def of(cls, retired: RetiredSecret) -> RetiredSecretOut:
        return cls(secret=masked(retired.secret), expires_at=retired.expires_at)


class WebhookOut(WireModel):
    """An endpoint, its secrets masked. ``failingSince`` is absent while the last attempt succeeded."""

    webhook_id: str
    url: str
    events: list[Event]
    description: str
    headers: dict[str, str]
    secret: str
    retired_secrets: list[RetiredSecretOut]
    state: Literal["enabled", "disabled"]
    disabled_reason: str | None = None
    failing_since: Moment | None = None
    last_result: ResultOut | None = None
    created_at: Moment

    @classmethod
    def of(cls, webhook: Webhook, *, now: datetime) -> WebhookOut:
        return cls(
            webhook_id=webhook.webhook_id,
            url=webhook.url,
            events=sorted(webhook.events),
            description=webhook.description,
            headers=webhook.headers,
            secret=masked(webhook.secret),
            retired_secrets=[RetiredSecretOut.of(each) for each in webhook.active_retired_secrets(now)],
            state="enabled" if webhook.enabled else "disabled",
            disabled_reason=webhook.disabled_reason,
            failing_since=webhook.failing_since,
            last_result=ResultOut.of(webhook.last_result) if webhook.last_result else None,
            created_at=webhook.created_at,
        )


class WebhookList(WireModel):
    webhooks: list[WebhookOut]

    @classmethod
    def of(cls, webhooks: list[Webhook], *, now: datetime) -> WebhookList:
        return cls(webhooks=[WebhookOut.of(webhook, now=now) for webhook in webhooks])


class WebhookDeleted(WireModel):
    webhook_id: str
    deleted: Literal[True] = True


class SecretRotated(WireModel):
    """The new secret, shown this once, and the former ones, masked."""

    webhook_id: str
    secret: str
    retired_secrets: list[RetiredSecretOut]

    @classmethod
    def of(cls, webhook: Webhook, *, now: datetime) -> SecretRotated:
        return cls(
            webhook_id=webhook.webhook_id,
            secret=webhook.secret,
            retired_secrets=[RetiredSecretOut.of(each) for each in webhook.active_retired_secrets(now)],
        )


class DeliveryAccepted(WireModel):
    delivery_id: str
    state: DeliveryState = DeliveryState.PENDING


class AttemptOut(WireModel):
    """``answer`` is the first 2 KB of what the endpoint answered; ``status`` is absent where no answer came."""

    at: Moment
    duration_ms: int
    status: int | None = None
    answer: str
    problem: str | None = None

    @classmethod
    def of(cls, attempt: Attempt) -> AttemptOut:
        return cls(
            at=attempt.at,
            duration_ms=attempt.duration_ms,
            status=attempt.status,
            answer=attempt.answer,
            problem=attempt.problem,
        )


class DeliveryOut(WireModel):
    """One event owed to one endpoint. ``deliveryId`` is the ``webhook-id`` that the endpoint sees."""

    delivery_id: str
    event: Event
    state: DeliveryState
    created_at: Moment
    next_attempt_at: Moment | None = None
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        return cls(
            delivery_id=delivery.delivery_id,
            event=delivery.event,
            state=delivery.state,
            created_at=delivery.created_at,
            next_attempt_at=delivery.next_attempt_at,
            attempts=[AttemptOut.of(attempt) for attempt in delivery.attempts],
        )


class DeliveryPage(WireModel):
    """Newest first; ``nextCursor`` is absent on the last page."""

    deliveries: list[DeliveryOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, deliveries: list[Delivery], cursor: str | None) -> DeliveryPage:
        return cls(deliveries=[DeliveryOut.of(delivery) for delivery in deliveries], next_cursor=cursor)


def masked(secret: str) -> str:
    """Enough to tell one secret from another: ``whsec_…3Kw=``."""
    return f"{SECRET_PREFIX if secret.startswith(SECRET_PREFIX) else ''}…{secret[-4:]}"
