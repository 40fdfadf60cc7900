"""The stores of webhooks and of their deliveries."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.webhooks import WebhookStore


@cache
def webhooks() -> WebhookStore:
    """Returns the store of webhooks."""
    return WebhookStore(client("dynamodb"), settings().webhooks_table)


@cache
def deliveries() -> DeliveryStore:
    """Returns the store of deliveries."""
    return DeliveryStore(client("dynamodb"), settings().deliveries_table, webhooks=webhooks())
