"""The webhook delivery worker's composition."""

from __future__ import annotations

from functools import cache

from renderiq import wiring
from renderiq.domain.webhooks import Delivery
from renderiq.outbound import GuardedTransport, Outbound
from renderiq.queues import DeliveryJob
from renderiq.services.delivering import DeliveryDesk


@cache
def desk() -> DeliveryDesk:
    return DeliveryDesk(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=Outbound(GuardedTransport(wiring.address_policy())),
        callback_secret=wiring.callback_secret,
        clock=wiring.time_source(),
    )


def work(job: DeliveryJob) -> Delivery | None:
    return desk().work(job)
