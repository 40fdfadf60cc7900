"""Webhooks: register, verify what arrives, or ask for events instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from renderiq.api import Api
from renderiq.models import PolledEventOut, PolledEventsOut, WebhookOut, WebhookRegistered
from renderiq.signatures import verify

_WAIT: Final = 20
_PAUSE: Final = 1.0


class Webhooks:
    """``client.webhooks``."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def register(
        self, *, url: str | None = None, events: Sequence[str], secret: str | None = None
    ) -> WebhookRegistered:
        """Registers a URL for events. Without a URL it is a poll endpoint, which ``poll`` reads."""
        body: dict[str, Any] = {"events": list(events), "type": "push" if url else "poll"}
        body |= {name: value for name, value in (("url", url), ("secret", secret)) if value}
        return WebhookRegistered.read(self._api.call("POST", "/webhooks/register", json=body).data)

    def list(self) -> list[WebhookOut]:
        """Returns your webhooks."""
        found = self._api.call("GET", "/webhooks").data or {}
        return [WebhookOut.read(each) for each in found.get("webhooks") or []]

    def delete(self, webhook_id: str) -> None:
        """Deletes a webhook."""
        self._api.call("DELETE", f"/webhooks/{webhook_id}")

    def poll(self, webhook_id: str, *, cursor: str | None = None) -> Iterator[tuple[PolledEventOut, str]]:
        """Yields the events of a poll endpoint, each with the cursor to continue after it. Waits for the next one.

        Handle an event, then keep its cursor: whoever stops in between gets the event again and never loses one.
        """
        while True:
            query = {"cursor": cursor, "wait": _WAIT}
            page = PolledEventsOut.read(
                self._api.call("GET", f"/webhooks/{webhook_id}/poll", query=query, wait=_WAIT).data
            )
            events = page.events or []
            for number, event in enumerate(events, 1):
                # The cursor is behind the whole page: after an earlier event, only that of the page before is right.
                yield event, (page.cursor if number == len(events) else cursor or "")
            cursor = page.cursor or cursor
            if not events:
                self._api.clock.sleep(_PAUSE)

    def verify(self, body: bytes | str, headers: Mapping[str, str], secret: str) -> dict[str, Any]:
        """Returns the event of a message that a webhook has received. Raises ``SignatureError``."""
        return verify(body, headers, secret, now=self._api.clock.now())
