"""Deliveries in DynamoDB.

PK target (a webhook's id or ``callback#<user id>``)   SK deliveryId (begins with a time: newest last)
GSI due   dueShard, dueAt     sparse: only deliveries that are still to be sent
TTL expiresAt, 30 days
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.recovery import DueItem
from renderiq.domain.webhooks import MAX_STORED_ATTEMPTS, Attempt, Delivery, DeliveryState, Event
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.stores.due_index import DueIndex, DueKey, due_attributes, shard_of
from renderiq.stores.items import (
    AFTER_IDS,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    put_item,
    to_attributes,
    transact,
    update_item,
)
from renderiq.stores.webhooks import WebhookStore, unusable_webhook

_TTL: Final = timedelta(days=30)


class DeliveryInProgressError(Exception):
    """A worker is sending the delivery."""


class DeliveryStore:
    """Reads and writes deliveries. ``due_index`` has those that are still to be sent."""

    def __init__(self, client: Any, table: str, *, webhooks: WebhookStore) -> None:
        self._client = client
        self._table = table
        self._webhooks = webhooks
        self.due_index = DueIndex(
            client, table, kind="delivery", key=DueKey("target", "deliveryId"), decode=_due_item_from_item
        )

    def add(self, delivery: Delivery, *, due_at: datetime) -> bool:
        """Stores a new delivery. Does nothing and returns False if it exists already."""
        try:
            with conditional():
                put_item(self._client, **self._put(delivery, due_at))
        except ConditionFailedError:
            return False
        return True

    def add_to_enabled(self, delivery: Delivery, *, due_at: datetime) -> None:
        """Stores a new delivery for an enabled webhook.

        Raises ``NOT_FOUND`` if the user has no such webhook, ``WebhookDisabledError`` and ``WebhookIsPolledError``.
        """
        check = self._webhooks.require_enabled(delivery.user_id, delivery.target)
        try:
            transact(self._client, [check, {"Put": self._put(delivery, due_at)}], token=delivery.delivery_id)
        except TransactionRejectedError as rejection:
            raise unusable_webhook(rejection.rejected.get(0, {})) from rejection

    def reopen(self, user_id: str, target: str, delivery_id: str, *, now: datetime, due_at: datetime) -> None:
        """Makes a delivery pending again, with a new retry schedule.

        Raises ``NOT_FOUND`` if the user has no such webhook or delivery, ``WebhookDisabledError``,
        ``WebhookIsPolledError`` and ``DeliveryInProgressError``.
        """
        update = {
            "TableName": self._table,
            "Key": _key(target, delivery_id),
            "UpdateExpression": "SET #state = :pending, tries = :none, nextAttemptAt = :now, dueShard = :shard, "
            "dueAt = :due, expiresAt = :expires REMOVE leaseId, leaseUntil",
            "ConditionExpression": "attribute_exists(deliveryId) "
            "AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": to_attributes(
                {
                    ":pending": DeliveryState.PENDING,
                    ":none": 0,
                    ":now": to_iso(now),
                    ":shard": shard_of(delivery_id),
                    ":due": to_iso(due_at),
                    ":expires": _expiry(now),
                }
            ),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            transact(self._client, [self._webhooks.require_enabled(user_id, target), {"Update": update}], token=uuid7())
        except TransactionRejectedError as rejection:
            if 0 in rejection.rejected:
                raise unusable_webhook(rejection.rejected[0]) from rejection
            if not rejection.rejected[1]:
                raise not_found("delivery") from rejection
            raise DeliveryInProgressError from rejection

    def page(self, user_id: str, target: str, *, limit: int, before: str | None) -> tuple[list[Delivery], str | None]:
        """Returns deliveries, newest first, and the delivery id at which the next page continues (None if last).

        Deliveries of another user are left out. A page may be short and have a cursor nevertheless, because a query
        reads at most 1 MB.
        """
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="target = :target AND deliveryId < :before",
            FilterExpression="userId = :user",
            ExpressionAttributeValues=to_attributes(
                {":target": target, ":before": before or AFTER_IDS, ":user": user_id}
            ),
            ScanIndexForward=False,
            Limit=limit + 1,
            ConsistentRead=True,
        )
        found = [_from_item(from_attributes(item)) for item in response["Items"]]
        more = len(found) > limit or (bool(found) and "LastEvaluatedKey" in response)
        shown = found[:limit]
        return shown, shown[-1].delivery_id if more else None

    def claim(self, target: str, delivery_id: str, *, lease: str, until: datetime, now: datetime) -> Delivery | None:
        """Gives a worker the lease of a pending delivery until ``until``.

        Returns None if its next attempt is not yet due, if it is not pending, or if another worker holds the lease.
        """
        return self._update(
            target,
            delivery_id,
            "SET leaseId = :lease, leaseUntil = :until",
            "#state = :pending AND nextAttemptAt <= :now "
            "AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseId = :lease)",
            {":lease": lease, ":until": to_iso(until), ":now": to_iso(now), ":pending": DeliveryState.PENDING},
        )

    def release(self, delivery: Delivery, *, lease: str, due_at: datetime) -> Delivery | None:
        """Gives the delivery back without an attempt, and its lease up. Returns None if the lease is lost.

        The sweeper sends its message again at ``due_at``.
        """
        return self._update(
            delivery.target,
            delivery.delivery_id,
            "SET dueAt = :due REMOVE leaseId, leaseUntil",
            "leaseId = :lease AND #state = :pending",
            {":due": to_iso(due_at), ":lease": lease, ":pending": DeliveryState.PENDING},
        )

    def record_attempt(
        self,
        delivery: Delivery,
        attempt: Attempt,
        *,
        lease: str,
        state: DeliveryState,
        next_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> Delivery | None:
        """Stores an attempt and gives the lease up. Returns None if the lease is lost.

        Only the last ``MAX_STORED_ATTEMPTS`` are stored. ``next_at`` is the earliest time of the next attempt, None if
        there is to be none. At ``due_at`` the sweeper sends the message of the delivery again.
        """
        attempts = [*delivery.attempts, attempt][-MAX_STORED_ATTEMPTS:]
        update = "SET attempts = :attempts, tries = :tries, #state = :state"
        values: Item = {
            ":attempts": [_attempt_item(each) for each in attempts],
            ":tries": delivery.tries + 1,
            ":state": state,
            ":lease": lease,
        }
        if next_at and due_at:
            update += ", nextAttemptAt = :next, dueAt = :due REMOVE leaseId, leaseUntil"
            values |= {":next": to_iso(next_at), ":due": to_iso(due_at)}
        else:
            update += " REMOVE leaseId, leaseUntil, dueAt, dueShard"
        return self._update(delivery.target, delivery.delivery_id, update, "leaseId = :lease", values)

    def _put(self, delivery: Delivery, due_at: datetime) -> dict[str, Any]:
        item: Item = {
            "target": delivery.target,
            "deliveryId": delivery.delivery_id,
            "userId": delivery.user_id,
            "event": delivery.event,
            "body": delivery.body,
            "callbackUrl": delivery.callback_url,
            "renderId": delivery.render_id,
            "platform": delivery.platform,
            "pluginVersion": delivery.plugin_version,
            "state": delivery.state,
            "attempts": [],
            "tries": 0,
            "createdAt": to_iso(delivery.created_at),
            **due_attributes(delivery.delivery_id, due_at),
            "nextAttemptAt": to_iso(delivery.created_at),
            "expiresAt": _expiry(delivery.created_at),
        }
        return {
            "TableName": self._table,
            "Item": to_attributes(item),
            "ConditionExpression": "attribute_not_exists(deliveryId)",
        }

    def _update(self, target: str, delivery_id: str, update: str, condition: str, values: Item) -> Delivery | None:
        try:
            with conditional():
                response = update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(target, delivery_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=to_attributes(values),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError:
            return None
        return _from_item(from_attributes(response["Attributes"]))


def _key(target: str, delivery_id: str) -> dict[str, Any]:
    return to_attributes({"target": target, "deliveryId": delivery_id})


def _due_item_from_item(item: Item) -> DueItem:
    return DueItem(item["target"], item["deliveryId"], from_iso(item["nextAttemptAt"]), from_iso(item["dueAt"]))


def _expiry(since: datetime) -> int:
    return int((since + _TTL).timestamp())


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
    state = DeliveryState(item["state"])
    return Delivery(
        target=item["target"],
        delivery_id=item["deliveryId"],
        user_id=item["userId"],
        event=Event(item["event"]),
        body=item["body"],
        created_at=from_iso(item["createdAt"]),
        callback_url=item.get("callbackUrl"),
        state=state,
        attempts=tuple(
            Attempt(
                at=from_iso(each["at"]),
                duration_ms=each["durationMs"],
                status=each.get("status"),
                answer=each["answer"],
                problem=each.get("problem"),
            )
            for each in item["attempts"]
        ),
        tries=item["tries"],
        next_attempt_at=from_iso(item["nextAttemptAt"]) if state is DeliveryState.PENDING else None,
        render_id=item.get("renderId"),
        platform=item.get("platform", "unknown"),
        plugin_version=item.get("pluginVersion"),
    )
