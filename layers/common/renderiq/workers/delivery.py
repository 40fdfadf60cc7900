"""Builds the webhook delivery worker."""

from __future__ import annotations

from functools import cache

from renderiq.domain.webhooks import Delivery
from renderiq.outbound import GuardedTransport, Outbound
from renderiq.queues import DeliveryJob
from renderiq.services.delivery_worker import DeliveryWorker
from renderiq.wiring.addresses import address_policy
from renderiq.wiring.base import time_source
from renderiq.wiring.callbacks import callback_secret
from renderiq.wiring.delivery_queue import delivery_queue
from renderiq.wiring.webhook_stores import deliveries, webhooks


@cache
def worker() -> DeliveryWorker:
    """Returns the worker; each container builds it once."""
    return DeliveryWorker(
        deliveries=deliveries(),
        webhooks=webhooks(),
        queue=delivery_queue(),
        outbound=Outbound(GuardedTransport(address_policy())),
        callback_secret=callback_secret,
        clock=time_source(),
    )


def work(job: DeliveryJob) -> Delivery | None:
    """Makes one attempt at a delivery."""
    return worker().work(job)
