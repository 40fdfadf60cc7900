"""The body of a webhook, as receivers see it. The service writes it without these; a test holds both together."""

from __future__ import annotations

from renderiq.domain.renders import Status
from renderiq.domain.webhooks import Event
from renderiq.models.wire import Moment, WireModel
from renderiq.platform import Platform


class EventDataOut(WireModel):
    """What happened to a render. A test event has only ``webhookId``."""

    webhook_id: str | None = None
    render_id: str | None = None
    status: Status | None = None
    output_url: str | None = None
    output_url_expires_at: Moment | None = None
    error: str | None = None
    error_code: str | None = None
    project_id: str | None = None
    platform: Platform | None = None


class EventOut(WireModel):
    """What a webhook or a callback is sent. ``type`` repeats ``event``."""

    event: Event
    type: Event
    timestamp: Moment
    data: EventDataOut
