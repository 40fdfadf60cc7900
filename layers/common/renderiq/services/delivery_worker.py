"""The delivery worker: makes one attempt at a webhook delivery."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from renderiq import metrics
from renderiq.addresses import ForbiddenAddressError
from renderiq.clock import Clock, retry_after
from renderiq.domain.renders import REDELIVERY_DELAY
from renderiq.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    DisabledReason,
    Result,
    Webhook,
    busy_retry_delay,
    retry_delay,
    signature_headers,
)
from renderiq.ids import uuid7
from renderiq.logs import logger
from renderiq.outbound import NoResponseError, Outbound, Response
from renderiq.queues import MAX_DELAY, DeliveryJob, Queue
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.webhooks import Slot, WebhookBusyError, WebhookStore

_LEASE: Final = timedelta(seconds=60)
# SQS delays are whole seconds, so a message may arrive this much before its time.
_SQS_DELAY_ROUNDING: Final = timedelta(seconds=1)
_STORED_RESPONSE_BYTES: Final = 2048


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Where to send a delivery, and the slot that it holds meanwhile. A callback has no ``webhook``."""

    url: str
    secrets: tuple[str, ...]
    headers: dict[str, str]
    slot: Slot
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class DeliveryWorker:
    """Makes attempts at deliveries.

    ``callback_secret`` returns the secret that signs the callbacks of a user. ``chance`` returns random numbers,
    uniform in [0, 1), which spread the retries.
    """

    deliveries: DeliveryStore
    webhooks: WebhookStore
    queue: Queue
    outbound: Outbound
    callback_secret: Callable[[str], str]
    clock: Clock
    chance: Callable[[], float] = random.random

    def work(self, job: DeliveryJob) -> Delivery | None:
        """Makes one attempt and stores its result. Returns the delivery, and enqueues its next attempt if that is soon.

        If the receiver has ``MAX_IN_FLIGHT`` deliveries already, the delivery is enqueued again, and no attempt is used
        up. Returns None if the delivery is not due or not pending, or if another worker holds its lease.
        """
        lease, now = uuid7(), self.clock()
        delivery = self.deliveries.claim(job.target, job.delivery_id, lease=lease, until=now + _LEASE, now=now)
        if delivery is None:
            return None
        logger.append_keys(
            renderId=delivery.render_id, platform=delivery.platform, pluginVersion=delivery.plugin_version
        )
        try:
            recipient = self._acquire_slot(delivery, now)
        except WebhookBusyError:
            return self._release(delivery, lease, now)
        if recipient is None:
            attempt = Attempt(now, 0, None, problem="the endpoint was deleted or disabled")
            return self._record_attempt(delivery, attempt, lease, DeliveryState.FAILED)
        attempt, retry_after = self._post(delivery, recipient)
        recorded = self._record_and_schedule(
            delivery, attempt, lease, retry_after, give_up=attempt.status == HTTPStatus.GONE
        )
        self._release_slot(recipient, delivery, attempt)
        return recorded

    def _acquire_slot(self, delivery: Delivery, now: datetime) -> _Recipient | None:
        """Returns None if the webhook was deleted or is disabled. Raises ``WebhookBusyError``."""
        user_id, until = delivery.user_id, now + _LEASE
        if delivery.callback_url:
            secret = self.callback_secret(user_id)
            slot = self.webhooks.acquire_callback_slot(user_id, until=until, now=now)
            return _Recipient(delivery.callback_url, (secret,), {}, slot)
        acquired = self.webhooks.acquire_slot(user_id, delivery.target, until=until, now=now)
        if acquired is None:
            return None
        slot, webhook = acquired
        return _Recipient(webhook.url, webhook.signing_secrets(now), webhook.headers, slot, webhook)

    def _release_slot(self, recipient: _Recipient, delivery: Delivery, attempt: Attempt) -> None:
        """Frees the slot and stores the result. Disables a webhook that is gone (410) or has failed for too long."""
        if recipient.webhook is None:
            self.webhooks.release_slot(recipient.slot)
            return
        result = Result(attempt.at, delivery.delivery_id, attempt.succeeded, attempt.status, attempt.problem)
        webhook = self.webhooks.record_result(recipient.webhook, result, slot=recipient.slot)
        if webhook is None:
            return
        if attempt.status == HTTPStatus.GONE:
            self.webhooks.disable(webhook, DisabledReason.GONE)
        elif webhook.should_be_disabled(attempt.at):
            self.webhooks.disable(webhook, DisabledReason.ONLY_FAILURES)

    def _release(self, delivery: Delivery, lease: str, now: datetime) -> Delivery | None:
        waited = now - (delivery.next_attempt_at or now)
        delay = busy_retry_delay(waited, chance=self.chance())
        released = self.deliveries.release(delivery, lease=lease, due_at=now + delay + REDELIVERY_DELAY)
        if released:
            self.queue.enqueue(DeliveryJob(delivery.target, delivery.delivery_id), delay=delay)
        return released

    def _record_and_schedule(
        self, delivery: Delivery, attempt: Attempt, lease: str, retry_after: float | None, *, give_up: bool
    ) -> Delivery | None:
        tries = delivery.tries + 1
        delay = None if give_up else retry_delay(tries, chance=self.chance(), retry_after=retry_after)
        if attempt.succeeded or delay is None:
            state = DeliveryState.SUCCEEDED if attempt.succeeded else DeliveryState.FAILED
            return self._record_attempt(delivery, attempt, lease, state)
        next_at = self.clock() + delay
        is_soon = delay <= MAX_DELAY
        recorded = self._record_attempt(
            delivery,
            attempt,
            lease,
            DeliveryState.PENDING,
            next_at=next_at - _SQS_DELAY_ROUNDING,
            due_at=next_at + REDELIVERY_DELAY if is_soon else next_at,
        )
        if recorded and is_soon:
            self.queue.enqueue(DeliveryJob(delivery.target, delivery.delivery_id), delay=delay)
        return recorded

    def _record_attempt(
        self,
        delivery: Delivery,
        attempt: Attempt,
        lease: str,
        state: DeliveryState,
        *,
        next_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> Delivery | None:
        recorded = self.deliveries.record_attempt(
            delivery, attempt, lease=lease, state=state, next_at=next_at, due_at=due_at
        )
        if recorded:
            metrics.delivery_attempted(recorded, attempt)
        return recorded

    def _post(self, delivery: Delivery, recipient: _Recipient) -> tuple[Attempt, float | None]:
        started_at, body = self.clock(), delivery.body.encode()
        signature = signature_headers(
            recipient.secrets, message_id=delivery.delivery_id, event=delivery.event, at=started_at, body=body
        )
        headers = {
            **recipient.headers,
            "content-type": "application/json",
            "user-agent": "Renderiq-Webhooks/1",
            **signature,
        }
        sent_at = time.monotonic()
        response: Response | None = None
        problem = None
        try:
            response = self.outbound.post(recipient.url, body, headers)
        except (NoResponseError, ForbiddenAddressError) as error:
            problem = str(error)
        attempt = Attempt(
            at=started_at,
            duration_ms=round((time.monotonic() - sent_at) * 1000),
            status=response.status if response else None,
            answer=response.body[:_STORED_RESPONSE_BYTES].decode("utf-8", "replace") if response else "",
            problem=problem,
        )
        return attempt, retry_after(response.headers.get("retry-after", ""), started_at) if response else None
