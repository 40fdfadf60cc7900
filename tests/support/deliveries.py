"""Deliveries without HTTP: a sender that plays the receiver, a worker that uses it, and records in the stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from renderiq.addresses import AddressPolicy
from renderiq.domain.webhooks import Delivery, Event, Webhook
from renderiq.ids import uuid7
from renderiq.outbound import GuardedTransport, NoResponseError, Outbound, Response
from renderiq.queues import DeliveryJob
from renderiq.services.delivery_worker import DeliveryWorker
from tests.support import wiring

SECRET: Final = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY: Final = json.dumps({"event": "render.completed"})


class FakeOutbound(Outbound):
    """Gives these answers in turn and records what was sent. Calls ``meanwhile`` during each request."""

    def __init__(self, *answers: Response | NoResponseError, meanwhile: Callable[[], object] | None = None) -> None:
        super().__init__(GuardedTransport(AddressPolicy()))
        self._answers = list(answers)
        self._meanwhile = meanwhile
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        self.sent.append((url, body, dict(headers)))
        if self._meanwhile:
            self._meanwhile()
        answer = self._answers.pop(0)
        if isinstance(answer, NoResponseError):
            raise answer
        return answer


def answering(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(status, headers, body)


def new_webhook() -> Webhook:
    """Returns a webhook of a new user, signed with ``SECRET``; it is in no store."""
    return Webhook(
        webhook_id=uuid7(),
        user_id=uuid7(),
        url="https://receiver.example/hook",
        events=frozenset({Event.RENDER_COMPLETED}),
        secret=SECRET,
        created_at=datetime.now(UTC),
        headers={"x-tenant": "7"},
    )


def stored_webhook(webhook: Webhook) -> Webhook:
    return wiring.webhooks().get(webhook.user_id, webhook.webhook_id)


def add_delivery(target: str, user_id: str, callback_url: str | None = None) -> DeliveryJob:
    """Stores a delivery that is due, and returns the message that a worker gets for it."""
    now = datetime.now(UTC)
    delivery = Delivery(target, uuid7(), user_id, Event.RENDER_COMPLETED, BODY, now, callback_url)
    wiring.deliveries().add(delivery, due_at=now)
    return DeliveryJob(target, delivery.delivery_id)


def delivery_worker(outbound: Outbound, *, late: timedelta = timedelta()) -> DeliveryWorker:
    """Returns a worker that sends with ``outbound`` and whose clock is ``late``."""
    return DeliveryWorker(
        deliveries=wiring.deliveries(),
        webhooks=wiring.webhooks(),
        queue=wiring.delivery_queue(),
        outbound=outbound,
        callback_secret=wiring.callback_secret,
        clock=lambda: datetime.now(UTC) + late,
    )
