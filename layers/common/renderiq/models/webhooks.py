"""Requests and responses of the webhook endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from renderiq.clock import to_iso
from renderiq.domain.renders import LINK_TTL
from renderiq.domain.webhooks import (
    SECRET_PREFIX,
    SUBSCRIBABLE,
    Attempt,
    Delivery,
    DeliveryState,
    Event,
    Result,
    RetiredSecret,
    StreamEvent,
    Webhook,
    WebhookChanges,
    WebhookType,
    is_valid_secret,
    standard_secret,
)
from renderiq.models.wire import Choice, PrintableText, RejectNumber, Timestamp, WireModel, read_choice
from renderiq.stores.event_streams import StreamPage

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_RESERVED_HEADERS = re.compile(
    r"(?i:(?:webhook-|x-renderiq-|content-|transfer-).*|host|connection|user-agent|te|upgrade)"
)
# RFC 9110, section 5.5: a field value has spaces only between visible characters.
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?)?")


def _check_subscribable(events: frozenset[Event]) -> frozenset[Event]:
    if not events <= set(SUBSCRIBABLE):
        raise ValueError(f"choose among {', '.join(SUBSCRIBABLE)}")
    return events


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _check_secret(secret: str) -> str:
    if not is_valid_secret(secret):
        raise ValueError("must have base64 of 24 to 64 bytes after whsec_")
    return secret


def _check_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError("names and values must be plain HTTP header text, values of at most 512 characters")
        if _RESERVED_HEADERS.fullmatch(name):
            raise ValueError(f"{name} is set by us")
    return headers


Url = Annotated[str, Field(min_length=1, max_length=2048, json_schema_extra={"format": "uri"})]
Events = Annotated[
    frozenset[Annotated[Event, Choice]],
    Field(min_length=1, json_schema_extra={"items": {"enum": [event.value for event in SUBSCRIBABLE]}}),
    AfterValidator(_check_subscribable),
]
Secret = Annotated[
    PrintableText, BeforeValidator(_strip), Field(min_length=16, max_length=256), AfterValidator(_check_secret)
]
Description = Annotated[PrintableText, Field(max_length=256)]
Headers = Annotated[
    dict[str, str],
    Field(
        max_length=10,
        json_schema_extra={"additionalProperties": {"type": "string", "pattern": f"^{_HEADER_VALUE.pattern}$"}},
    ),
    AfterValidator(_check_headers),
]


class WebhookIn(WireModel):
    """A webhook to register."""

    type: WebhookType = Field(
        WebhookType.PUSH,
        description="`push` sends the events to `url`. `poll` keeps them until they are asked for: it needs no `url`.",
    )
    url: Url | None = Field(None, description="Required unless `type` is `poll`.")
    events: Events
    secret: Secret | None = Field(
        None,
        description="A secret of your own: `whsec_` and base64 of 24 to 64 bytes, or any 16 to 256 characters. "
        "If absent, one is generated. The response has it as Standard Webhooks libraries need it (`whsec_…`).",
    )
    description: Description = ""
    headers: Headers = Field(
        default_factory=dict,
        description="Headers that are sent with each delivery: at most 10, without those that HTTP itself defines.",
    )

    _choices = field_validator("type", mode="before")(read_choice)


class WebhookChangesIn(WireModel):
    """Changes to a webhook. A field that is absent or null is kept."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    headers: Headers | None = None
    enabled: Annotated[bool, RejectNumber] | None = None

    def changes(self) -> WebhookChanges:
        """Returns the domain's changes."""
        return WebhookChanges(self.url, self.events, self.description, self.headers, self.enabled)


class RotationIn(WireModel):
    """The new secret of a webhook."""

    secret: Secret | None = Field(
        None,
        description="A secret of your own: `whsec_` and base64 of 24 to 64 bytes, or any 16 to 256 characters. "
        "If absent, one is generated.",
    )


class WebhookRegistered(WireModel):
    """A new webhook with its secret, as Standard Webhooks libraries need it. Later responses contain it only masked."""

    webhook_id: str
    type: WebhookType
    url: str | None = Field(None, description="Absent if `type` is `poll`.")
    events: list[Event]
    secret: str | None = Field(None, description="Absent if `type` is `poll`.")
    created_at: Timestamp

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookRegistered:
        """Returns the response for a new webhook."""
        return cls(
            webhook_id=webhook.webhook_id,
            type=webhook.type,
            url=webhook.url or None,
            events=sorted(webhook.events),
            secret=standard_secret(webhook.secret) if webhook.secret else None,
            created_at=webhook.created_at,
        )


class ResultOut(WireModel):
    """The result of the last attempt of any delivery. ``status`` is absent if the webhook did not respond."""

    at: Timestamp
    delivery_id: str
    succeeded: bool
    status: int | None = None
    problem: str | None = None

    @classmethod
    def of(cls, result: Result) -> ResultOut:
        """Returns the response for a result."""
        return cls(
            at=result.at,
            delivery_id=result.delivery_id,
            succeeded=result.succeeded,
            status=result.status,
            problem=result.problem,
        )


class RetiredSecretOut(WireModel):
    """A replaced secret, masked. It signs deliveries until ``expiresAt``."""

    secret: str
    expires_at: Timestamp

    @classmethod
    def of(cls, retired: RetiredSecret) -> RetiredSecretOut:
        """Returns the response for a replaced secret."""
        return cls(secret=mask(retired.secret), expires_at=retired.expires_at)


class WebhookOut(WireModel):
    """A webhook with its secrets masked. ``failingSince`` is absent if the last attempt succeeded."""

    webhook_id: str
    type: WebhookType
    url: str | None = Field(None, description="Absent if `type` is `poll`.")
    events: list[Event]
    description: str
    headers: dict[str, str]
    secret: str | None = Field(None, description="Absent if `type` is `poll`.")
    retired_secrets: list[RetiredSecretOut]
    state: Literal["enabled", "disabled"]
    disabled_reason: str | None = None
    failing_since: Timestamp | None = None
    last_result: ResultOut | None = None
    created_at: Timestamp

    @classmethod
    def of(cls, webhook: Webhook, *, now: datetime) -> WebhookOut:
        """Returns the response for a webhook."""
        return cls(
            webhook_id=webhook.webhook_id,
            type=webhook.type,
            url=webhook.url or None,
            events=sorted(webhook.events),
            description=webhook.description,
            headers=webhook.headers,
            secret=mask(webhook.secret) if webhook.secret else None,
            retired_secrets=[RetiredSecretOut.of(each) for each in webhook.active_retired_secrets(now)],
            state="enabled" if webhook.enabled else "disabled",
            disabled_reason=webhook.disabled_reason,
            failing_since=webhook.failing_since,
            last_result=ResultOut.of(webhook.last_result) if webhook.last_result else None,
            created_at=webhook.created_at,
        )


class WebhookList(WireModel):
    """All webhooks of a user."""

    webhooks: list[WebhookOut]

    @classmethod
    def of(cls, webhooks: list[Webhook], *, now: datetime) -> WebhookList:
        """Returns the response for these webhooks."""
        return cls(webhooks=[WebhookOut.of(webhook, now=now) for webhook in webhooks])


class WebhookDeleted(WireModel):
    """The webhook was deleted."""

    webhook_id: str
    deleted: Literal[True] = True


class SecretRotated(WireModel):
    """The new secret, and the replaced secrets, masked. Later responses contain the new secret only masked."""

    webhook_id: str
    secret: str
    retired_secrets: list[RetiredSecretOut]

    @classmethod
    def of(cls, webhook: Webhook, *, now: datetime) -> SecretRotated:
        """Returns the response for a webhook whose secret was replaced."""
        return cls(
            webhook_id=webhook.webhook_id,
            secret=standard_secret(webhook.secret),
            retired_secrets=[RetiredSecretOut.of(each) for each in webhook.active_retired_secrets(now)],
        )


class DeliveryAccepted(WireModel):
    """The delivery was accepted and is waiting for a worker."""

    delivery_id: str
    state: DeliveryState = DeliveryState.PENDING


class AttemptOut(WireModel):
    """An attempt to deliver an event.

    ``answer`` is the first 2 KB of the response body. ``status`` is absent if the webhook did not respond.
    """

    at: Timestamp
    duration_ms: int
    status: int | None = None
    answer: str
    problem: str | None = None

    @classmethod
    def of(cls, attempt: Attempt) -> AttemptOut:
        """Returns the response for an attempt."""
        return cls(
            at=attempt.at,
            duration_ms=attempt.duration_ms,
            status=attempt.status,
            answer=attempt.answer,
            problem=attempt.problem,
        )


class DeliveryOut(WireModel):
    """The delivery of one event to one webhook. ``deliveryId`` is the value of the ``webhook-id`` header."""

    delivery_id: str
    event: Event
    state: DeliveryState
    created_at: Timestamp
    next_attempt_at: Timestamp | None = None
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """Returns the response for a delivery."""
        return cls(
            delivery_id=delivery.delivery_id,
            event=delivery.event,
            state=delivery.state,
            created_at=delivery.created_at,
            next_attempt_at=delivery.next_attempt_at,
            attempts=[AttemptOut.of(attempt) for attempt in delivery.attempts],
        )


class DeliveryPage(WireModel):
    """A page of deliveries, from new to old. ``nextCursor`` is absent on the last page."""

    deliveries: list[DeliveryOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, deliveries: list[Delivery], cursor: str | None) -> DeliveryPage:
        """Returns the page of these deliveries. ``cursor`` is None on the last page."""
        return cls(deliveries=[DeliveryOut.of(delivery) for delivery in deliveries], next_cursor=cursor)


class PollQuery(WireModel):
    """Which events of a poll endpoint to return."""

    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,15}$")] = Field(
        "0", description="`cursor` of the previous response. If absent, the oldest event that is kept is the first."
    )
    limit: Annotated[int, Field(ge=1, le=100, description="The maximum number of events in the response.")] = 100
    wait: Annotated[int, Field(ge=0, json_schema_extra={"maximum": 20})] = Field(
        0, description="The seconds, at most 20, for which the response may wait for an event."
    )


class PolledEventOut(WireModel):
    """An event. It has what a webhook receives; ``id`` is the same if the event is returned again."""

    id: str
    type: Event
    timestamp: Timestamp
    data: dict[str, Any]

    @classmethod
    def of(cls, event: StreamEvent, *, renew: Callable[[str], str], now: datetime) -> PolledEventOut:
        """Returns the response for an event. ``renew`` makes a link valid again, which may be days old."""
        body = json.loads(event.body)
        data = body["data"]
        if "outputUrl" in data:
            data |= {"outputUrl": renew(data["outputUrl"]), "outputUrlExpiresAt": to_iso(now + LINK_TTL)}
        return cls(id=event.event_id, type=body["type"], timestamp=body["timestamp"], data=data)


class PolledEventsOut(WireModel):
    """Events in the order in which they became known. ``done`` tells that there are no more now."""

    events: list[PolledEventOut]
    cursor: str = Field(
        description="What the next request continues behind. Store it when the events have been handled.",
        json_schema_extra={"pattern": "^[0-9]{1,15}$"},
    )
    done: bool

    @classmethod
    def of(cls, page: StreamPage, *, cursor: str, renew: Callable[[str], str], now: datetime) -> PolledEventsOut:
        """Returns the response for a page that was asked for with ``cursor``."""
        return cls(
            events=[PolledEventOut.of(event, renew=renew, now=now) for event in page.events],
            cursor=str(page.events[-1].sequence) if page.events else cursor,
            done=page.is_last,
        )


def mask(secret: str) -> str:
    """Returns the prefix and the last four characters that libraries get, which tell secrets apart: ``whsec_…3Kw=``."""
    return f"{SECRET_PREFIX}…{standard_secret(secret)[-4:]}"
