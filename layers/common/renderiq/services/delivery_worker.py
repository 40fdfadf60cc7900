"""What a delivery worker does with one job: one attempt at one endpoint."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from aws_lambda_powertools import Logger

from renderiq.addresses import ForbiddenAddressError
from renderiq.clock import Clock, retry_after
from renderiq.domain.renders import REDELIVERY_DELAY
from renderiq.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    Result,
    Webhook,
    busy_retry_delay,
    retry_delay,
    signature_headers,
)
from renderiq.ids import uuid7
from renderiq.outbound import Answer, NoAnswerError, Outbound
from renderiq.queues import MAX_DELAY, DeliveryJob, Queue
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.webhooks import Slot, WebhookBusyError, WebhookStore

logger = Logger()

_LEASE: Final = timedelta(seconds=60)
# SQS counts delays in whole seconds: a message may ring this much before its time.
_SQS_DELAY_ROUNDING: Final = timedelta(seconds=1)
_KEPT_OF_ANSWER: Final = 2048
_GONE: Final = "The endpoint answered 410 Gone."
_NOTHING_ELSE: Final = "Every delivery failed for 5 days."


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Whom to POST to, and the slot that is held meanwhile. A callback has no ``webhook``."""

    url: str
    secrets: tuple[str, ...]
    headers: dict[str, str]
    slot: Slot
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class DeliveryWorker:
    """A worker's tools. ``callback_secret`` gives the secret that signs a user's callbacks.

    ``chance`` is uniform in [0, 1), and spreads what would come at the same time.
    """

    deliveries: DeliveryStore
    webhooks: WebhookStore
    queue: Queue
    outbound: Outbound
    callback_secret: Callable[[str], str]
    clock: Clock
    chance: Callable[[], float] = random.random

    def work(self, job: DeliveryJob) -> Delivery | None:
        """Makes one attempt and writes down what came of it; rings again where another attempt is owed soon.

        An endpoint with ``MAX_IN_FLIGHT`` on their way gets none now: the delivery comes again, and no attempt is
        used up. None where there was nothing to do: it is delivered, given up, or in another worker's hands.
        """
        lease, now = uuid7(), self.clock()
        delivery = self.deliveries.claim(job.target, job.delivery_id, lease=lease, until=now + _LEASE, now=now)
        if delivery is None:
            return None
        logger.append_keys(
            renderId=delivery.render_id, platform=delivery.platform, pluginVersion=delivery.plugin_version
        )
        try:
            recipient = self._enter(delivery, now)
        except WebhookBusyError:
            return self._postpone(delivery, lease, now)
        if recipient is None:
            attempt = Attempt(now, 0, None, problem="the endpoint was deleted or disabled")
            return self.deliveries.record(delivery, attempt, lease=lease, state=DeliveryState.FAILED)
        attempt, retry_after = self._post(delivery, recipient)
        recorded = self._record(delivery, attempt, lease, retry_after, give_up=attempt.status == HTTPStatus.GONE)
        self._leave(recipient, delivery, attempt)
        return recorded

    def _enter(self, delivery: Delivery, now: datetime) -> _Recipient | None:
        """None where the endpoint is gone or disabled. Raises ``WebhookBusyError``."""
        user_id, until = delivery.user_id, now + _LEASE
        if delivery.callback_url:
            secret = self.callback_secret(user_id)
            slot = self.webhooks.acquire_callback_slot(user_id, until=until, now=now)
            return _Recipient(delivery.callback_url, (secret,), {}, slot)
        entered = self.webhooks.acquire_slot(user_id, delivery.target, until=until, now=now)
        if entered is None:
            return None
        slot, webhook = entered
        return _Recipient(webhook.url, webhook.signing_secrets(now), webhook.headers, slot, webhook)

    def _leave(self, recipient: _Recipient, delivery: Delivery, attempt: Attempt) -> None:
        """Frees the slot, keeps the endpoint's last result, and disables one that is gone or has failed too long."""
        if recipient.webhook is None:
            self.webhooks.release_slot(recipient.slot)
            return
        result = Result(attempt.at, delivery.delivery_id, attempt.succeeded, attempt.status, attempt.problem)
        noted = self.webhooks.record_result(recipient.webhook, result, slot=recipient.slot)
        if noted is None:
            return
        if attempt.status == HTTPStatus.GONE:
            self.webhooks.disable(noted, _GONE)
        elif noted.should_be_disabled(attempt.at):
            self.webhooks.disable(noted, _NOTHING_ELSE)

    def _postpone(self, delivery: Delivery, lease: str, now: datetime) -> Delivery | None:
        waited = now - (delivery.next_attempt_at or now)
        delay = busy_retry_delay(waited, chance=self.chance())
        postponed = self.deliveries.postpone(delivery, lease=lease, due_at=now + delay + REDELIVERY_DELAY)
        if postponed:
            self.queue.enqueue(DeliveryJob(delivery.target, delivery.delivery_id), delay=delay)
        return postponed

    def _record(
        self, delivery: Delivery, attempt: Attempt, lease: str, retry_after: float | None, *, give_up: bool
    ) -> Delivery | None:
        tries = delivery.tries + 1
        delay = None if give_up else retry_delay(tries, chance=self.chance(), retry_after=retry_after)
        if attempt.succeeded or delay is None:
            state = DeliveryState.SUCCEEDED if attempt.succeeded else DeliveryState.FAILED
            return self.deliveries.record(delivery, attempt, lease=lease, state=state)
        next_at = self.clock() + delay
        by_queue = delay <= MAX_DELAY
        recorded = self.deliveries.record(
            delivery,
            attempt,
            lease=lease,
            state=DeliveryState.PENDING,
            next_at=next_at - _SQS_DELAY_ROUNDING,
            due_at=next_at + REDELIVERY_DELAY if by_queue else next_at,
        )
        if recorded and by_queue:
            self.queue.enqueue(DeliveryJob(delivery.target, delivery.delivery_id), delay=delay)
        return recorded

    def _post(self, delivery: Delivery, recipient: _Recipient) -> tuple[Attempt, float | None]:
        at, body = self.clock(), delivery.body.encode()
        signed = signature_headers(
            recipient.secrets, message_id=delivery.delivery_id, event=delivery.event, at=at, body=body
        )
        headers = {
            **recipient.headers,
            "content-type": "application/json",
            "user-agent": "Renderiq-Webhooks/1",
            **signed,
        }
        began = time.monotonic()
        answer: Answer | None = None
        problem = None
        try:
            answer = self.outbound.post(recipient.url, body, headers)
        except (NoAnswerError, ForbiddenAddressError) as error:
            problem = str(error)
        attempt = Attempt(
            at=at,
            duration_ms=round((time.monotonic() - began) * 1000),
            status=answer.status if answer else None,
            answer=answer.body[:_KEPT_OF_ANSWER].decode("utf-8", "replace") if answer else "",
            problem=problem,
        )
        return attempt, retry_after(answer.headers.get("retry-after", ""), at) if answer else None
