"""What a user does with webhooks: register, change, rotate the secret, test, list deliveries, redeliver, delete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from renderiq.addresses import AddressPolicy, Resolve
from renderiq.domain.idempotency import claim_of
from renderiq.domain.renders import REDELIVERY_DELAY
from renderiq.domain.webhooks import (
    MAX_WEBHOOKS,
    OF_ORGANIZATIONS,
    Delivery,
    Event,
    Webhook,
    WebhookChanges,
    WebhookType,
    generate_secret,
    message_body,
)
from renderiq.errors import ApiError, ErrorCode, invalid_field, not_found
from renderiq.ids import uuid7
from renderiq.queues import DeliveryJob, Queue
from renderiq.services.url_checks import check_url
from renderiq.services.waiting import Waiter
from renderiq.stores.deliveries import DeliveryInProgressError, DeliveryStore
from renderiq.stores.event_streams import EventStreamStore, StreamPage
from renderiq.stores.idempotency import AlreadyAcceptedError
from renderiq.stores.webhooks import WebhookDisabledError, WebhookIsPolledError, WebhookLimitError, WebhookStore


@dataclass(frozen=True, slots=True)
class WebhookService:
    """Manages the webhooks of a user and their deliveries."""

    webhooks: WebhookStore
    deliveries: DeliveryStore
    queue: Queue
    policy: AddressPolicy
    resolve: Resolve
    streams: EventStreamStore
    waiter: Waiter

    def register(
        self,
        user_id: str,
        *,
        url: str | None,
        events: frozenset[Event],
        secret: str | None,
        description: str,
        headers: dict[str, str],
        webhook_type: WebhookType = WebhookType.PUSH,
        idempotency_key: str | None = None,
        of_organization: bool = False,
        now: datetime,
    ) -> Webhook:
        """Registers a webhook. A secret is generated if the user chose none. A poll endpoint has no URL and no secret.

        A repeated request with the same idempotency key returns the webhook of the first one. Raises
        ``MISSING_REQUIRED_FIELD`` without a URL, ``INVALID_INPUT`` if it may not be called or if a user asks for an
        event that only organisations have, ``QUOTA_EXCEEDED`` at ``MAX_WEBHOOKS``, and ``IDEMPOTENCY_KEY_REUSED``.
        """
        _check_events(events, of_organization=of_organization)
        claim = claim_of(
            idempotency_key,
            url=url,
            events=sorted(events),
            secret=secret,
            description=description,
            headers=headers,
            **({"type": webhook_type} if webhook_type is WebhookType.POLL else {}),
        )
        webhook = Webhook(
            webhook_id=uuid7(),
            user_id=user_id,
            url=self._check_url(url) if webhook_type is WebhookType.PUSH else "",
            events=events,
            secret=(secret or generate_secret()) if webhook_type is WebhookType.PUSH else "",
            type=webhook_type,
            created_at=now,
            description=description,
            headers=headers,
        )
        try:
            self.webhooks.add(webhook, claim)
        except AlreadyAcceptedError as earlier:
            return self.webhooks.get(user_id, earlier.check(claim))
        except WebhookLimitError as error:
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_WEBHOOKS} webhooks. Delete one first."
            ) from error
        return webhook

    def of_user(self, user_id: str) -> list[Webhook]:
        """Returns every webhook of the user, oldest first; there are at most ``MAX_WEBHOOKS``."""
        return self.webhooks.of_user(user_id)

    def get(self, user_id: str, webhook_id: str) -> Webhook:
        """Raises ``NOT_FOUND``, also for a webhook of another user."""
        return self.webhooks.get(user_id, webhook_id)

    def change(
        self, user_id: str, webhook_id: str, changes: WebhookChanges, *, of_organization: bool = False
    ) -> Webhook:
        """Raises ``INVALID_INPUT`` for a URL or events that are not allowed, as ``register``, and ``NOT_FOUND``."""
        _check_events(changes.events or frozenset(), of_organization=of_organization)
        if changes.url is not None:
            url = check_url(changes.url, "url", policy=self.policy, resolve=self.resolve)
            changes = replace(changes, url=url)
        try:
            return self.webhooks.change(user_id, webhook_id, changes)
        except WebhookIsPolledError as error:
            raise invalid_field("url", "a webhook of type poll has no URL") from error

    def delete(self, user_id: str, webhook_id: str) -> None:
        """Deletes a webhook; its pending deliveries are not sent. Raises ``NOT_FOUND``."""
        self.webhooks.remove(user_id, webhook_id)

    def rotate_secret(self, user_id: str, webhook_id: str, secret: str | None, *, now: datetime) -> Webhook:
        """Returns the webhook with its new secret. A secret is generated if the user chose none.

        Raises ``NOT_FOUND``, ``INVALID_INPUT`` if the secret is the current one, and ``RESOURCE_CONFLICT`` if another
        request changed the secret at the same time, or if it is a poll endpoint.
        """
        before = self.webhooks.get(user_id, webhook_id)
        if before.type is WebhookType.POLL:
            raise ApiError(ErrorCode.RESOURCE_CONFLICT, "A webhook of type poll has no secret.")
        if secret == before.secret:
            raise invalid_field("secret", "is the present secret; choose another")
        after = before.with_new_secret(secret or generate_secret(), now)
        if not self.webhooks.replace_secret(before, after):
            raise ApiError(ErrorCode.RESOURCE_CONFLICT, "The secret was changed by another request just now.")
        return after

    def send_test(self, user_id: str, webhook_id: str, *, now: datetime) -> Delivery:
        """Sends ``webhook.test``. Raises ``NOT_FOUND``, and ``RESOURCE_CONFLICT`` if the webhook is disabled."""
        delivery = Delivery(
            target=webhook_id,
            delivery_id=uuid7(),
            user_id=user_id,
            event=Event.TEST,
            body=message_body(Event.TEST, {"webhookId": webhook_id}, now=now),
            created_at=now,
        )
        try:
            self.deliveries.add_to_enabled(delivery, due_at=now + REDELIVERY_DELAY)
        except WebhookDisabledError as error:
            raise _disabled() from error
        except WebhookIsPolledError as polled:
            if not self.streams.append(polled.webhook, delivery.delivery_id, delivery.body, now=now):
                raise _disabled() from polled
            return delivery
        self.queue.enqueue(DeliveryJob(webhook_id, delivery.delivery_id))
        return delivery

    def poll(
        self, user_id: str, webhook_id: str, *, after: int, limit: int, seconds: int, since: datetime
    ) -> StreamPage:
        """Returns the events of a poll endpoint behind the number ``after``, oldest first.

        If there is none, it waits for one for ``seconds`` after ``since``. Meanwhile it reads once a second. Raises
        ``NOT_FOUND``, and ``RESOURCE_CONFLICT`` for a webhook whose events are sent.
        """
        webhook = self.webhooks.get(user_id, webhook_id)
        if webhook.type is not WebhookType.POLL:
            raise ApiError(ErrorCode.RESOURCE_CONFLICT, "Its events are sent to its URL. Only type poll is polled.")

        def read() -> StreamPage:
            return self.streams.read(webhook_id, after=after, limit=limit)

        return self.waiter.wait(
            read,
            first=read() if webhook.sequence > after else StreamPage((), is_last=True),
            is_news=lambda page: bool(page.events),
            seconds=seconds,
            since=since,
        )

    def list_deliveries(
        self, user_id: str, webhook_id: str, *, limit: int, before: str | None
    ) -> tuple[list[Delivery], str | None]:
        """Returns deliveries, newest first, and the cursor of the next page. Raises ``NOT_FOUND``.

        Deliveries stay visible after their webhook is deleted. So only an empty page checks that the webhook exists.
        """
        deliveries, cursor = self.deliveries.page(user_id, webhook_id, limit=limit, before=before)
        if not deliveries:
            self.webhooks.get(user_id, webhook_id)
        return deliveries, cursor

    def redeliver(self, user_id: str, webhook_id: str, delivery_id: str, *, now: datetime) -> None:
        """Sends a delivery again under its old id.

        Raises ``NOT_FOUND``, and ``RESOURCE_CONFLICT`` if the webhook is disabled or the delivery is being sent.
        """
        try:
            self.deliveries.reopen(user_id, webhook_id, delivery_id, now=now, due_at=now + REDELIVERY_DELAY)
        except WebhookDisabledError as error:
            raise _disabled() from error
        except WebhookIsPolledError as error:
            raise not_found("delivery") from error
        except DeliveryInProgressError as error:
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT, "The delivery is being sent right now. Wait for the answer."
            ) from error
        self.queue.enqueue(DeliveryJob(webhook_id, delivery_id))

    def _check_url(self, url: str | None) -> str:
        if url is None:
            problem = {"field": "url", "problem": "Field required"}
            raise ApiError(ErrorCode.MISSING_REQUIRED_FIELD, "Required: url.", fields=[problem])
        return check_url(url, "url", policy=self.policy, resolve=self.resolve)


def _check_events(events: frozenset[Event], *, of_organization: bool) -> None:
    """Raises ``INVALID_INPUT``: a webhook of a user would wait for such an event forever."""
    if not of_organization and (refused := sorted(events & OF_ORGANIZATIONS)):
        raise invalid_field("events", f"{refused[0]} is sent to webhooks of organizations only")


def _disabled() -> ApiError:
    return ApiError(ErrorCode.RESOURCE_CONFLICT, "The webhook is disabled. Enable it first.")
