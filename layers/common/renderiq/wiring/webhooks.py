"""Webhooks and their deliveries."""

from __future__ import annotations

from functools import cache

from renderiq.services.webhooks import WebhookService
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.event_streams import event_streams
from renderiq.wiring.waiting import waiter
from renderiq.wiring.webhook_stores import deliveries, webhooks


@cache
def webhook_service() -> WebhookService:
    """Returns the service that manages webhooks and deliveries."""
    return WebhookService(
        webhooks=webhooks(),
        deliveries=deliveries(),
        queue=delivery_queue(),
        policy=address_policy(),
        resolve=name_resolver(),
        streams=event_streams(),
        waiter=waiter(),
    )
