"""The publisher of the figures of months."""

from __future__ import annotations

from functools import cache

from renderiq.models.usage import month_figures
from renderiq.services.usage_months import UsageMonthPublisher
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.usage_months import UsageMonthStore
from renderiq.wiring.base import time_source
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.event_streams import event_streams
from renderiq.wiring.memberships import memberships
from renderiq.wiring.usage import usage_service
from renderiq.wiring.webhook_stores import deliveries, webhooks


@cache
def usage_month_publisher() -> UsageMonthPublisher:
    """Returns the publisher of the figures of months."""
    return UsageMonthPublisher(
        organizations=memberships(),
        webhooks=webhooks(),
        deliveries=deliveries(),
        streams=event_streams(),
        queue=delivery_queue(),
        usage=usage_service(),
        progress=UsageMonthStore(client("dynamodb"), settings().figures_table),
        describe=month_figures,
        clock=time_source(),
    )
