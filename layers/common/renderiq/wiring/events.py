"""The publisher of render events."""

from __future__ import annotations

from functools import cache

from renderiq.services.event_publisher import EventPublisher
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.event_streams import event_streams
from renderiq.wiring.file_links import file_links
from renderiq.wiring.render_store import renders
from renderiq.wiring.webhook_stores import deliveries, webhooks


@cache
def event_publisher() -> EventPublisher:
    """Returns the publisher of render events."""
    return EventPublisher(
        webhooks=webhooks(),
        deliveries=deliveries(),
        renders=renders(),
        queue=delivery_queue(),
        link=file_links().link,
        streams=event_streams(),
    )
