"""Webhooks over the API's handlers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tests.support.accounts import User
from tests.support.http import call

CLOSED_PORT: Final = "http://127.0.0.1:9/"
"""Nothing listens there: deliveries to it fail at once."""


def register_webhook(
    user: User, *, url: str = CLOSED_PORT, events: Iterable[str] = ("render.completed",), **more: Any
) -> dict[str, Any]:
    """Registers a webhook and returns its data: ``webhookId``, ``secret`` and more."""
    body = {"url": url, "events": [*events], **more}
    data: dict[str, Any] = call("webhooks_register", "POST", "/webhooks/register", headers=user.headers, json=body).data
    return data


def send_test_event(user: User, webhook_id: str) -> str:
    """Sends a test event to a webhook and returns the delivery's id."""
    response = call("webhooks_id_test", "POST", f"/webhooks/{webhook_id}/test", headers=user.headers)
    return str(response.data["deliveryId"])
