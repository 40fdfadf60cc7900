"""Bodies of the webhook endpoints."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from renderiq.domain.webhooks import SUBSCRIBABLE, Event, Webhook
from renderiq.models.wire import Moment, Printable, WireModel

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OURS = ("webhook-", "x-renderiq-", "content-", "transfer-", "host", "connection", "user-agent", "te", "upgrade")
_VISIBLE = re.compile(r"[\x20-\x7e]{0,512}")


def _subscribable(events: frozenset[Event]) -> frozenset[Event]:
    if not events <= set(SUBSCRIBABLE):
        raise ValueError(f"choose among {', '.join(SUBSCRIBABLE)}")
    return events


def _harmless(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VISIBLE.fullmatch(value):
            raise ValueError("names and values must be plain HTTP header text, values of at most 512 characters")
        if name.lower().startswith(_OURS):
            raise ValueError(f"{name} is set by us")
    return headers


class WebhookIn(WireModel):
    """An endpoint to register. Without a secret one is made."""

    url: str = Field(min_length=1, max_length=2048)
    events: Annotated[frozenset[Event], AfterValidator(_subscribable)] = Field(min_length=1)
    secret: Printable | None = Field(None, min_length=16, max_length=256)
    description: Printable = Field("", max_length=256)
    headers: Annotated[dict[str, str], AfterValidator(_harmless)] = Field(default_factory=dict, max_length=10)


class WebhookRegistered(WireModel):
    """The only answer that shows the whole secret."""

    webhook_id: str
    url: str
    events: list[Event]
    secret: str
    created_at: Moment

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookRegistered:
        return cls(
            webhook_id=webhook.webhook_id,
            url=webhook.url,
            events=sorted(webhook.events),
            secret=webhook.secrets[0],
            created_at=webhook.created_at,
        )
