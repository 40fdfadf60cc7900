"""Webhooks and callbacks: the requests that this API sends.

The service writes the bodies without these models. A test validates what it writes against them.
"""

from __future__ import annotations

from typing import Any, Final

from contract.examples import COMPLETED_AT, PROJECT, RENDER, RENDER_EXAMPLE, WEBHOOK
from contract.schemas import Schema, ref
from renderiq.domain.renders import Status
from renderiq.domain.webhooks import Event
from renderiq.models.wire import Timestamp, WireModel
from renderiq.platform import Platform


class EventDataOut(WireModel):
    """The render that the event is about. A test event has only ``webhookId``."""

    webhook_id: str | None = None
    render_id: str | None = None
    status: Status | None = None
    output_url: str | None = None
    output_url_expires_at: Timestamp | None = None
    error: str | None = None
    error_code: str | None = None
    project_id: str | None = None
    platform: Platform | None = None
    metadata: dict[str, Any] | None = None


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
    "X-Renderiq-Signature": "The hexadecimal HMAC-SHA256 of the body. The key is the text of the secret, as you "
    "chose it or as it was generated; while a secret is being replaced, of the new one.",
    "X-Renderiq-Event": "The event.",
    "X-Renderiq-Timestamp": "The same as `webhook-timestamp`.",
}
_EXAMPLE: Final = EventOut(
    event=Event.RENDER_COMPLETED,
    type=Event.RENDER_COMPLETED,
    timestamp=COMPLETED_AT,
    data=EventDataOut(
        render_id=RENDER,
        status=Status.COMPLETED,
        output_url=RENDER_EXAMPLE.output_url,
        output_url_expires_at=RENDER_EXAMPLE.output_url_expires_at,
        project_id=PROJECT,
        platform=Platform.SKETCHUP,
        metadata=RENDER_EXAMPLE.metadata,
    ),
)


def webhook_operation(event: Event) -> Schema:
    """Returns the request that a webhook receives for an event."""
    return _operation(
        event,
        summary=f"`{event}`",
        description="Sent to every enabled webhook that is registered for the event. Respond with 2xx within 15 "
        "seconds. Otherwise the delivery is attempted again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h. A 410 "
        "response disables the webhook. `outputUrl` is valid until `outputUrlExpiresAt`; after that, get the render "
        "for a new one.",
    )


def callback_operation() -> Schema:
    """Returns the request that a callback URL receives."""
    return _operation(
        Event.RENDER_COMPLETED, summary="An event of the render", description="Signed with `callbackSecret`."
    )


def _operation(event: Event, *, summary: str, description: str) -> Schema:
    example = _EXAMPLE.model_copy(update={"event": event, "type": event}).to_json()
    if event is Event.TEST:
        example["data"] = {"webhookId": WEBHOOK}
    return {
        "summary": summary,
        "description": description,
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref(EventOut.__name__), "example": example}},
        },
        "responses": {"2XX": {"description": "Received."}},
    }
