"""Deliveries in DynamoDB.

PK target (a webhook's id or ``callback#<user id>``)   SK deliveryId
GSI due   dueShard, dueAt     sparse: only those still to be sent
TTL expiresAt, 30 days
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zlib import crc32

from renderiq.clock import from_iso, to_iso
from renderiq.domain.webhooks import Attempt, Delivery, DeliveryState, Event
from renderiq.stores.items import ConditionFailedError, Item, conditional, from_attributes, to_attributes

_KEPT: Final = timedelta(days=30)
_SHARDS: Final = 8


class DeliveryStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, delivery: Delivery, *, due_at: datetime) -> None:
        """Writes down what is owed; a delivery that exists already stays as it is."""
        item: Item = {
            "target": delivery.target,
            "deliveryId": delivery.delivery_id,
            "userId": delivery.user_id,
            "event": delivery.event,
            "body": delivery.body,
            "callbackUrl": delivery.callback_url,
            "state": delivery.state,
            "attempts": [],
            "createdAt": to_iso(delivery.created_at),
            "dueShard": f"due#{crc32(delivery.delivery_id.encode()) % _SHARDS}",
            "dueAt": to_iso(due_at),
            "nextAttemptAt": to_iso(delivery.created_at),
            "expiresAt": int((delivery.created_at + _KEPT).timestamp()),
        }
        try:
            with conditional():
                self._client.put_item(
                    TableName=self._table,
                    Item=to_attributes(item),
                    ConditionExpression="attribute_not_exists(deliveryId)",
                )
        except ConditionFailedError:
            return

    def claim(self, target: str, delivery_id: str, *, lease: str, until: datetime, now: datetime) -> Delivery | None:
        """Takes a delivery whose time has come for one worker; None where it is not, is done, or in other hands."""
        return self._update(
            target,
            delivery_id,
            "SET leaseId = :lease, leaseUntil = :until",
            "#state = :pending AND nextAttemptAt <= :now "
            "AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseId = :lease)",
            {":lease": lease, ":until": to_iso(until), ":now": to_iso(now), ":pending": DeliveryState.PENDING},
        )

    def record(
        self,
        delivery: Delivery,
        attempt: Attempt,
        *,
        lease: str,
        state: DeliveryState,
        next_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> Delivery | None:
        """Adds an attempt and frees the lease.

        ``next_at`` is the earliest that another may be made, None when none is owed; ``due_at`` is when to ring for
        it again.
        """
        update = "SET attempts = list_append(attempts, :attempt), #state = :state"
        values: Item = {":attempt": [_attempt_item(attempt)], ":state": state, ":lease": lease}
        if next_at and due_at:
            update += ", nextAttemptAt = :next, dueAt = :due REMOVE leaseId, leaseUntil"
            values |= {":next": to_iso(next_at), ":due": to_iso(due_at)}
        else:
            update += " REMOVE leaseId, leaseUntil, dueAt, dueShard"
        return self._update(delivery.target, delivery.delivery_id, update, "leaseId = :lease", values)

    def _update(self, target: str, delivery_id: str, update: str, condition: str, values: Item) -> Delivery | None:
        try:
            with conditional():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_attributes({"target": target, "deliveryId": delivery_id}),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=to_attributes(values),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError:
            return None
        return _from_item(from_attributes(answer["Attributes"]))


def _attempt_item(attempt: Attempt) -> Item:
    item = {
        "at": to_iso(attempt.at),
        "durationMs": attempt.duration_ms,
        "status": attempt.status,
        "answer": attempt.answer,
        "problem": attempt.problem,
    }
    return {name: value for name, value in item.items() if value is not None}


def _from_item(item: Item) -> Delivery:
    return Delivery(
        target=item["target"],
        delivery_id=item["deliveryId"],
        user_id=item["userId"],
        event=Event(item["event"]),
        body=item["body"],
        created_at=from_iso(item["createdAt"]),
        callback_url=item.get("callbackUrl"),
        state=DeliveryState(item["state"]),
        attempts=tuple(
            Attempt(
                at=from_iso(made["at"]),
                duration_ms=made["durationMs"],
                status=made.get("status"),
                answer=made["answer"],
                problem=made.get("problem"),
            )
            for made in item["attempts"]
        ),
    )
