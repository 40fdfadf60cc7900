"""What an owner does with an endpoint: change it, rotate its secret, try it, look at its deliveries, repeat one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.renders import RING_AGAIN_AFTER
from renderiq.domain.webhooks import Delivery, Event, Webhook, WebhookChanges, new_secret
from renderiq.errors import ApiError, ErrorCode, invalid_field
from renderiq.ids import uuid7
from renderiq.queues import DeliveryJob, Queue
from renderiq.services.webhooks import check_url, message
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.webhooks import WebhookStore


@dataclass(frozen=True, slots=True)
class EndpointDesk:
    """Where an owner changes an endpoint."""

    webhooks: WebhookStore
    policy: AddressPolicy
    resolve: Resolve

    def change(self, user_id: str, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Raises ``INVALID_INPUT`` for a URL that may not be called, ``NOT_FOUND``."""
        if changes.url is not None:
            check_url(changes.url, "url", policy=self.policy, resolve=self.resolve)
        return self.webhooks.change(user_id, webhook_id, changes)


def rotate_secret(
    user_id: str, webhook_id: str, secret: str | None, *, webhooks: WebhookStore, now: datetime
) -> Webhook:
    """The endpoint with its new secret. Raises ``NOT_FOUND``, ``INVALID_INPUT`` for the secret it has already,
    ``RESOURCE_CONFLICT`` where another request was faster.
    """
    before = webhooks.get(user_id, webhook_id)
    if secret == before.secret:
        raise invalid_field("secret", "is the present secret; choose another")
    after = before.with_secret(secret or new_secret(), now)
    if not webhooks.replace_secret(before, after):
        raise ApiError(ErrorCode.RESOURCE_CONFLICT, "The secret was changed by another request just now.")
    return after


def send_test(user_id: str, webhook_id: str, *, deliveries: DeliveryStore, queue: Queue, now: datetime) -> Delivery:
    """Sends ``webhook.test``. Raises ``NOT_FOUND``, ``RESOURCE_CONFLICT`` for a disabled endpoint."""
    delivery = Delivery(
        target=webhook_id,
        delivery_id=uuid7(),
        user_id=user_id,
        event=Event.TEST,
        body=message(Event.TEST, {"webhookId": webhook_id}, now=now),
        created_at=now,
    )
    deliveries.add_to_enabled(delivery, due_at=now + RING_AGAIN_AFTER)
    queue.ring(DeliveryJob(webhook_id, delivery.delivery_id))
    return delivery


def list_deliveries(
    user_id: str,
    webhook_id: str,
    *,
    limit: int,
    before: str | None,
    deliveries: DeliveryStore,
    webhooks: WebhookStore,
) -> tuple[list[Delivery], str | None]:
    """Newest first, and where to continue. Raises ``NOT_FOUND``.

    What was sent stays to be seen after the endpoint is deleted, so only an empty page asks whether there is one.
    """
    found, cursor = deliveries.page(user_id, webhook_id, limit=limit, before=before)
    if not found:
        webhooks.get(user_id, webhook_id)
    return found, cursor


def redeliver(
    user_id: str, webhook_id: str, delivery_id: str, *, deliveries: DeliveryStore, queue: Queue, now: datetime
) -> None:
    """Sends a delivery again under its old id. Raises as ``DeliveryStore.reopen``."""
    deliveries.reopen(user_id, webhook_id, delivery_id, now=now, due_at=now + RING_AGAIN_AFTER)
    queue.ring(DeliveryJob(webhook_id, delivery_id))
