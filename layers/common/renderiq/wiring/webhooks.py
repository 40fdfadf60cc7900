"""Webhooks, their deliveries, and the publisher of events."""

from __future__ import annotations

from functools import cache

from renderiq.domain.webhooks import derive_callback_secret
from renderiq.services.event_publisher import EventPublisher
from renderiq.services.webhooks import WebhookService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.webhooks import WebhookStore
from renderiq.wiring.addresses import address_policy, name_resolver
from renderiq.wiring.images import images
from renderiq.wiring.queues import delivery_queue
from renderiq.wiring.render_store import renders
from renderiq.wiring.secrets import secrets


@cache
def webhooks() -> WebhookStore:
    """Returns the store of webhooks."""
    return WebhookStore(client("dynamodb"), settings().webhooks_table)


@cache
def deliveries() -> DeliveryStore:
    """Returns the store of deliveries."""
    return DeliveryStore(client("dynamodb"), settings().deliveries_table, webhooks=webhooks())


@cache
def event_publisher() -> EventPublisher:
    """Returns the publisher of render events."""
    return EventPublisher(
        webhooks=webhooks(), deliveries=deliveries(), renders=renders(), queue=delivery_queue(), link=images().link
    )


@cache
def webhook_service() -> WebhookService:
    """Returns the service that manages webhooks and deliveries."""
    return WebhookService(
        webhooks=webhooks(),
        deliveries=deliveries(),
        queue=delivery_queue(),
        policy=address_policy(),
        resolve=name_resolver(),
    )


def callback_secret(user_id: str) -> str:
    """Returns the secret that signs the callbacks of one user."""
    return derive_callback_secret(secrets().value(settings().callback_secret_id), user_id)
