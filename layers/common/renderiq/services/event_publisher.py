"""Publishing the events of a render: one delivery for each subscribed webhook, and one for the callback URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from renderiq.clock import to_iso
from renderiq.domain.renders import LINK_TTL, REDELIVERY_DELAY, Render, Status
from renderiq.domain.webhooks import Delivery, Event, WebhookType, callback_target, delivery_id, message_body
from renderiq.logs import logger
from renderiq.queues import DeliveryJob, Queue
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.event_streams import EventStreamStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.webhooks import WebhookStore


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """Publishes the events of renders. ``link`` returns a temporary URL of an image."""

    webhooks: WebhookStore
    deliveries: DeliveryStore
    renders: RenderStore
    queue: Queue
    link: Callable[[str], str]
    streams: EventStreamStore

    def try_publish(self, render: Render, *, now: datetime) -> Render:
        """Publishes like ``publish``, but logs errors. The events then stay pending, and the sweeper publishes them."""
        try:
            return self.publish(render, now=now)
        except Exception:  # a failure to publish must not stop the render
            logger.exception("the events of a render could not be published yet")
            return render

    def publish(self, render: Render, *, now: datetime) -> Render:
        """Stores and enqueues one delivery of each pending event, for each subscribed webhook and the callback URL.

        For a poll endpoint, the event is appended to its stream instead. Returns the render without
        pending events. This is stored if the render has ended; before that, the worker
        stores it with its next change of the render. It is safe to repeat: deliveries have deterministic ids.
        """
        if not render.pending_events:
            return render
        webhooks, queue_available = self.webhooks.of_user(render.user_id), True
        for event in sorted(map(Event, render.pending_events), key=list(Event).index):
            subscribed = [webhook for webhook in webhooks if webhook.is_subscribed_to(event)]
            for webhook in subscribed:
                if webhook.type is WebhookType.POLL:
                    body = event_body(event, render, now=now, link=self.link)
                    self.streams.append(webhook, delivery_id(render, event, webhook.webhook_id), body, now=now)
            targets: list[tuple[str, str | None]] = [
                (webhook.webhook_id, None) for webhook in subscribed if webhook.type is WebhookType.PUSH
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
                # Each message to an unavailable queue takes seconds. The sweeper sends those that are left out.
                queue_available = queue_available and self.queue.enqueue(DeliveryJob(target, delivery.delivery_id))
        if render.status.is_terminal:
            self.renders.mark_published(render)
        return replace(render, pending_events=frozenset())


def event_body(event: Event, render: Render, *, now: datetime, link: Callable[[str], str]) -> str:
    """Returns the body of the delivery of a render event."""
    data: dict[str, Any] = {
        "renderId": render.render_id,
        "status": Status.PROCESSING if event is Event.RENDER_PROCESSING else render.status,
        **_outcome(event, render, now=now, link=link),
        "styleId": render.order.style_id,
        "projectId": render.order.project_id,
        "platform": render.platform,
        "metadata": render.order.metadata or None,
    }
    fields = {name: value for name, value in data.items() if value is not None}
    return message_body(event, fields, now=now)


def _outcome(event: Event, render: Render, *, now: datetime, link: Callable[[str], str]) -> dict[str, Any]:
    """Returns the fields that only some events have.

    They depend on the event and not on the status: an event that is published late must not show later changes.
    """
    if event is Event.RENDER_COMPLETED and render.output:
        return {"outputUrl": link(render.output.key), "outputUrlExpiresAt": to_iso(now + LINK_TTL)}
    if event is Event.RENDER_FAILED:
        return {"error": render.error, "errorCode": render.error_code}
    return {}
