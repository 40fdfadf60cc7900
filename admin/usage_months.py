"""``make usage-month``: publishes the figures of a month to the webhooks of organisations that have not got them."""

from __future__ import annotations

from collections.abc import Callable

from admin.targets import Target
from renderiq.clock import Clock, utc_now
from renderiq.domain.months import Month
from renderiq.models.usage import month_figures
from renderiq.queues import Queue
from renderiq.services.usage import UsageService
from renderiq.services.usage_months import UsageMonthPublisher
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.event_streams import EventStreamStore
from renderiq.stores.figures import FigureStore
from renderiq.stores.memberships import MembershipStore
from renderiq.stores.usage_months import UsageMonthStore
from renderiq.stores.webhooks import WebhookStore


def publish_month(target: Target, text: str, say: Callable[[str], None] = print, clock: Clock = utc_now) -> int:
    """Publishes the month, which is written as ``2026-11``. Returns the exit status."""
    try:
        result = _publisher(target, clock).publish_again(Month.parse(text))
    except ValueError as error:
        say(f"✗ {error}")
        return 1
    say(
        f"{result.month}: {result.new} deliveries are new, {result.known} had been stored before, and {result.polled} "
        f"poll endpoints have the event; {result.subscribed} of {result.organizations} organizations ask for it"
    )
    if result.failures:
        say(f"✗ {result.failures} organizations failed, as the lines above say: run the command again")
    return 1 if result.failures else 0


def _publisher(target: Target, clock: Clock) -> UsageMonthPublisher:
    dynamodb, names = target.client("dynamodb"), target.names
    webhooks = WebhookStore(dynamodb, names["WebhooksTable"])
    return UsageMonthPublisher(
        organizations=MembershipStore(dynamodb, names["OrganizationsTable"]),
        webhooks=webhooks,
        deliveries=DeliveryStore(dynamodb, names["DeliveriesTable"], webhooks=webhooks),
        streams=EventStreamStore(dynamodb, deliveries=names["DeliveriesTable"], webhooks=names["WebhooksTable"]),
        queue=Queue(lambda: target.client("sqs"), names["DeliveryQueue"]),
        usage=UsageService(FigureStore(dynamodb, names["FiguresTable"])),
        progress=UsageMonthStore(dynamodb, names["FiguresTable"]),
        describe=month_figures,
        clock=clock,
    )
