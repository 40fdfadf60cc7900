"""Publishing the events of a render: one delivery for each subscribed webhook, and one for the callback URL."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from renderiq.clock import to_iso
from renderiq.domain.renders import LINK_TTL, REDELIVERY_DELAY, Render, Status
from renderiq.domain.webhooks import Delivery, Event, callback_target, delivery_id
from renderiq.queues import DeliveryJob, Queue
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.webhooks import WebhookStore

logger = Logger()


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """Tells every endpoint that asked what happened to a render."""

    webhooks: WebhookStore
    deliveries: DeliveryStore
    renders: RenderStore
    queue: Queue
    link: Callable[[str], str]

    def try_publish(self, render: Render, *, now: datetime) -> None:
        """As ``announce``, but what cannot be told now stays owed, for the next time or the sweeper."""
        try:
            self.publish(render, now=now)
        except Exception:  # an announcement that nobody can make must not stop the render that it is about
            logger.exception("an announcement has to wait")

    def publish(self, render: Render, *, now: datetime) -> None:
        """Makes a delivery of each event the render pending_events, for each endpoint that wants it, and rings for them.

        Safe to repeat: deliveries have deterministic ids, and what was owed is struck off last.
        """
        if not render.pending_events:
            return
        endpoints, heard = self.webhooks.of_user(render.user_id), True
        for event in sorted(map(Event, render.pending_events), key=_order_of_life):
            targets: list[tuple[str, str | None]] = [
                (endpoint.webhook_id, None) for endpoint in endpoints if endpoint.is_subscribed_to(event)
            ]
            if render.order.callback_url:
                targets.append((callback_target(render.user_id), render.order.callback_url))
            for target, callback_url in targets:
                delivery = Delivery(
                    target=target,
                    delivery_id=delivery_id(render, event, target),
                    user_id=render.user_id,
                    event=event,
                    body=event_body(event, render, now=now, link=self.link),
                    created_at=now,
                    callback_url=callback_url,
                    render_id=render.render_id,
                    platform=render.platform,
                    plugin_version=render.plugin_version,
                )
                self.deliveries.add(delivery, due_at=now + REDELIVERY_DELAY)
                # A queue that is silent costs seconds a ring. What is written down is found without it.
                heard = heard and self.queue.enqueue(DeliveryJob(target, delivery.delivery_id))
        self.renders.mark_published(render)


def event_body(event: Event, render: Render, *, now: datetime, link: Callable[[str], str]) -> str:
    data: dict[str, Any] = {
        "renderId": render.render_id,
        "status": Status.PROCESSING if event is Event.RENDER_PROCESSING else render.status,
        **_outcome(event, render, now=now, link=link),
        "projectId": render.order.project_id,
        "platform": render.platform,
        "metadata": render.order.metadata or None,
    }
    known = {name: value for name, value in data.items() if value is not None}
    return message_body(event, known, now=now)


def _outcome(event: Event, render: Render, *, now: datetime, link: Callable[[str], str]) -> dict[str, Any]:
    """What only the event of an ended render tells; one that is told late must not tell what came after."""
    if event is Event.RENDER_COMPLETED and render.picture:
        return {"outputUrl": link(render.picture.key), "outputUrlExpiresAt": to_iso(now + LINK_TTL)}
    if event is Event.RENDER_FAILED:
        return {"error": render.error, "errorCode": render.error_code}
    return {}


def message_body(event: Event, data: dict[str, Any], *, now: datetime) -> str:
    """The body of a delivery; ``type`` is Standard Webhooks' name of ``event``."""
    return json.dumps({"event": event, "type": event, "timestamp": to_iso(now), "data": data}, separators=(",", ":"))


def _order_of_life(event: Event) -> int:
    return list(Event).index(event)
