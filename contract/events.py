"""Webhooks and callbacks: the requests that this API sends.

The service writes the bodies without these models. A test validates what it writes against them.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field
from pydantic.alias_generators import to_camel

from contract.examples import COMPLETED_AT, ORGANIZATION, PROJECT, RENDER, RENDER_EXAMPLE, WEBHOOK
from contract.schemas import Schema, ref
from renderiq.domain.renders import Status
from renderiq.domain.styles import STYLE_PATTERN
from renderiq.domain.webhooks import Event
from renderiq.errors import ErrorCode
from renderiq.models.usage import UsageFigures, UsageGroup
from renderiq.models.wire import Timestamp, WireModel
from renderiq.platform import Platform


class EventDataOut(WireModel):
    """What the event is about: a render, a month of an organization, or the webhook itself.

    ``usage.month`` has only ``organizationId``, ``month`` and ``usage``, and a test event only ``webhookId``.
    """

    webhook_id: str | None = None
    render_id: str | None = None
    status: Status | None = None
    style_id: str | None = Field(
        None,
        description="The version of the style, `name@version`.",
        json_schema_extra={"pattern": f"^{STYLE_PATTERN}$"},
    )
    output_url: str | None = None
    output_url_expires_at: Timestamp | None = None
    error: str | None = None
    error_code: str | None = None
    project_id: str | None = None
    platform: Platform | None = None
    metadata: dict[str, Any] | None = None
    organization_id: str | None = None
    month: str | None = Field(
        None,
        description="A calendar month in UTC.",
        json_schema_extra={"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    )
    usage: UsageFigures | None = Field(
        None,
        description="The sum of the month, with renders by platform in `groups`: what `GET /analytics/usage` has as "
        "`total` for the organization, from the begin of the month to its end.",
    )


class EventOut(WireModel):
    """The body of a webhook or a callback. ``type`` repeats ``event``."""

    event: Event
    type: Event
    timestamp: Timestamp
    data: EventDataOut


_HEADERS: Final = {
    "webhook-id": "The same for all attempts of a delivery. Ignore a delivery that you have received before.",
    "webhook-timestamp": "The time of this attempt, in seconds since the Unix epoch.",
    "webhook-signature": "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, as the Standard Webhooks "
    "specification says. While a secret is being replaced there are several, separated by spaces.",
    "X-Renderiq-Signature": "The hexadecimal HMAC-SHA256 of the body. The key is the text of the secret, as you chose "
    "it or as it was generated; while a secret is being replaced, of the new one.",
    "X-Renderiq-Event": "The event.",
    "X-Renderiq-Timestamp": "The same as `webhook-timestamp`.",
}
_DATA_EXAMPLES: Final = {
    Event.RENDER_PROCESSING: EventDataOut(
        render_id=RENDER,
        style_id=RENDER_EXAMPLE.style_id,
        status=Status.PROCESSING,
        project_id=PROJECT,
        platform=Platform.SKETCHUP,
    ),
    Event.RENDER_COMPLETED: EventDataOut(
        render_id=RENDER,
        style_id=RENDER_EXAMPLE.style_id,
        status=Status.COMPLETED,
        output_url=RENDER_EXAMPLE.output_url,
        output_url_expires_at=RENDER_EXAMPLE.output_url_expires_at,
        project_id=PROJECT,
        platform=Platform.SKETCHUP,
        metadata=RENDER_EXAMPLE.metadata,
    ),
    Event.RENDER_FAILED: EventDataOut(
        render_id=RENDER,
        style_id=RENDER_EXAMPLE.style_id,
        status=Status.FAILED,
        error=ErrorCode.CONTENT_BLOCKED.sentence,
        error_code=ErrorCode.CONTENT_BLOCKED.name,
        project_id=PROJECT,
        platform=Platform.SKETCHUP,
    ),
    Event.RENDER_CANCELLED: EventDataOut(
        render_id=RENDER, status=Status.CANCELLED, project_id=PROJECT, platform=Platform.SKETCHUP
    ),
    Event.USAGE_MONTH: EventDataOut(
        organization_id=ORGANIZATION,
        month="2026-11",
        usage=UsageFigures(
            ordered=412,
            completed=398,
            failed=9,
            cancelled=5,
            credits_used=2140,
            credits_debited=2215,
            credits_refunded=75,
            seconds_mean=11.402,
            seconds_p50=9.6,
            seconds_p95=27.35,
            delivery_attempts=421,
            delivery_failures=6,
            delivery_seconds_p95=0.42,
            uploads=37,
            uploads_failed=1,
            groups=[
                UsageGroup(group="rhino", ordered=101, completed=97, failed=4, cancelled=0),
                UsageGroup(group="sketchup", ordered=311, completed=301, failed=5, cancelled=5),
            ],
        ),
    ),
    Event.TEST: EventDataOut(webhook_id=WEBHOOK),
}


_OUTPUT_URL: Final = "`outputUrl` is valid until `outputUrlExpiresAt`; after that, get the render for a new one."
_USAGE_MONTH: Final = (
    "The figures of the month before, of an organization. Published once a month, from 06:00 UTC on the first day of "
    "the next month on, also if nothing happened. Only a webhook of an organization can be registered for it."
)


def webhook_operation(event: Event) -> Schema:
    """Returns the request that a webhook receives for an event."""
    return _operation(
        event,
        operation_id=to_camel(f"on_{event.replace('.', '_')}"),
        summary=f"`{event}`",
        description="Sent to every enabled webhook that is registered for the event. Respond with 2xx within 15 "
        "seconds. Otherwise the delivery is attempted again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h. A 410 "
        f"response disables the webhook. {_USAGE_MONTH if event is Event.USAGE_MONTH else _OUTPUT_URL}",
    )


def callback_operation() -> Schema:
    """Returns the request that a callback URL receives."""
    return _operation(
        Event.RENDER_COMPLETED,
        operation_id="onRenderEvent",
        summary="An event of the render",
        description="Signed with `callbackSecret`.",
    )


def _operation(event: Event, *, operation_id: str, summary: str, description: str) -> Schema:
    example = EventOut(event=event, type=event, timestamp=COMPLETED_AT, data=_DATA_EXAMPLES[event]).to_json()
    return {
        "operationId": operation_id,
        "tags": ["events"],
        "summary": summary,
        "description": description,
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref(EventOut.__name__), "example": example}},
        },
        "responses": {
            "2XX": {"description": "The event was received."},
            "410": {"description": "No more events are wanted: the webhook is disabled."},
        },
    }
