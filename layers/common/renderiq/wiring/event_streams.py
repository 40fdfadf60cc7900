"""The store of the events of poll endpoints."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.event_streams import EventStreamStore


@cache
def event_streams() -> EventStreamStore:
    """Returns the store of the events of poll endpoints."""
    return EventStreamStore(
        client("dynamodb"), deliveries=settings().deliveries_table, webhooks=settings().webhooks_table
    )
