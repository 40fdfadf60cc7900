"""The events of poll endpoints in DynamoDB, in the table of the deliveries.

PK target (the webhook's id)   SK ``stream#<sequence number>``: an event
                                  ``streamed#<event id>``: the mark that an event is in the stream already
TTL expiresAt: 7 days for an event, 30 for its mark

The item of the webhook has the last number. An event gets the next one in the transaction that stores it. So events
become visible in the order of their numbers and without gaps, whoever writes them: a reader that continues behind the
last number that it has seen misses none.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.webhooks import StreamEvent, Webhook
from renderiq.ids import uuid7
from renderiq.stores.items import Action, Item, TransactionRejectedError, from_attributes, to_attributes, transact

EVENT_TTL: Final = timedelta(days=7)
_MARK_TTL: Final = timedelta(days=30)
_MAX_ATTEMPTS: Final = 100
_MAX_PAUSE: Final = 0.03
_EVENT: Final = "stream#"
_MARK: Final = "streamed#"
_DIGITS: Final = 15


class StreamBusyError(Exception):
    """Too many other events were appended to the stream at the same time."""


@dataclass(frozen=True, slots=True)
class StreamPage:
    """Events in their order. ``is_last`` tells that there are no more now."""

    events: tuple[StreamEvent, ...]
    is_last: bool


class EventStreamStore:
    """Appends events to the streams of poll endpoints, and reads them."""

    def __init__(
        self, client: Any, *, deliveries: str, webhooks: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._deliveries = deliveries
        self._webhooks = webhooks
        self._sleep = sleep

    def append(self, webhook: Webhook, event_id: str, body: str, *, now: datetime) -> bool:
        """Appends an event. Does nothing if it is in the stream already.

        Returns False if the webhook was deleted or is disabled. Raises ``StreamBusyError``.
        """
        last = webhook.sequence
        for _ in range(_MAX_ATTEMPTS):
            actions = [
                self._next_number(webhook, last),
                self._put(webhook, f"{_MARK}{event_id}", {"expiresAt": _expiry(now, _MARK_TTL)}),
                self._put(
                    webhook,
                    _event_key(last + 1),
                    {"eventId": event_id, "body": body, "createdAt": to_iso(now), "expiresAt": _expiry(now, EVENT_TTL)},
                ),
            ]
            try:
                transact(self._client, actions, token=uuid7())
            except TransactionRejectedError as rejection:
                if 1 in rejection.rejected:
                    return True
                found = rejection.rejected.get(0, {})
                if not found.get("enabled"):
                    return False
                last = found.get("sequence", 0)
                self._sleep(random.uniform(0, _MAX_PAUSE))  # noqa: S311 (jitter, not a secret)
            else:
                return True
        raise StreamBusyError

    def read(self, webhook_id: str, *, after: int, limit: int) -> StreamPage:
        """Returns the events behind the number ``after``, oldest first: at most ``limit``, and at most 1 MB."""
        response = self._client.query(
            TableName=self._deliveries,
            KeyConditionExpression="target = :target AND deliveryId BETWEEN :first AND :last",
            ExpressionAttributeValues=to_attributes(
                {":target": webhook_id, ":first": _event_key(after + 1), ":last": f"{_EVENT}~"}
            ),
            Limit=limit + 1,
            ConsistentRead=True,
        )
        found = tuple(_from_item(from_attributes(item)) for item in response["Items"])
        return StreamPage(found[:limit], len(found) <= limit and "LastEvaluatedKey" not in response)

    def _next_number(self, webhook: Webhook, last: int) -> Action:
        condition = "#sequence = :last" if last else "attribute_not_exists(#sequence)"
        values = {":next": last + 1, ":yes": True, **({":last": last} if last else {})}
        return {
            "Update": {
                "TableName": self._webhooks,
                "Key": to_attributes({"userId": webhook.user_id, "webhookId": webhook.webhook_id}),
                "UpdateExpression": "SET #sequence = :next",
                "ConditionExpression": f"enabled = :yes AND {condition}",
                "ExpressionAttributeNames": {"#sequence": "sequence"},
                "ExpressionAttributeValues": to_attributes(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _put(self, webhook: Webhook, sort_key: str, attributes: Item) -> Action:
        item = {"target": webhook.webhook_id, "deliveryId": sort_key, "userId": webhook.user_id, **attributes}
        return {
            "Put": {
                "TableName": self._deliveries,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(deliveryId)",
            }
        }


def _event_key(sequence: int) -> str:
    return f"{_EVENT}{sequence:0{_DIGITS}d}"


def _expiry(now: datetime, ttl: timedelta) -> int:
    return int((now + ttl).timestamp())


def _from_item(item: Item) -> StreamEvent:
    return StreamEvent(
        sequence=int(item["deliveryId"].removeprefix(_EVENT)),
        event_id=item["eventId"],
        body=item["body"],
        created_at=from_iso(item["createdAt"]),
    )
