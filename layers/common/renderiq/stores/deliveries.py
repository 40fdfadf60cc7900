"""Deliveries in DynamoDB.

PK target (a webhook's id or ``callback#<user id>``)   SK deliveryId (begins with a time: newest last)
GSI due   dueShard, dueAt     sparse: only those still to be sent
TTL expiresAt, 30 days
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq import metrics
from renderiq.clock import from_iso, to_iso
from renderiq.domain.recovery import DueItem, QuarantinedRecord
from renderiq.domain.webhooks import KEPT_ATTEMPTS, Attempt, Delivery, DeliveryState, Event
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores import due_index as due
from renderiq.stores.items import (
    AFTER_IDS,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    persist,
    put_item,
    to_attributes,
    transact,
)
from renderiq.stores.webhooks import WebhookStore, unusable

_KEPT: Final = timedelta(days=30)


class DeliveryStore:
    def __init__(self, client: Any, table: str, *, webhooks: WebhookStore) -> None:
        self._client = client
        self._table = table
        self._webhooks = webhooks

    def add(self, delivery: Delivery, *, due_at: datetime) -> None:
        """Writes down what is owed; a delivery that exists already stays as it is."""
        try:
            with conditional():
                put_item(self._client, **self._put(delivery, due_at))
        except ConditionFailedError:
            return

    def add_to_enabled(self, delivery: Delivery, *, due_at: datetime) -> None:
        """As ``add``, but raises ``NOT_FOUND`` for an endpoint that is not the user's, ``RESOURCE_CONFLICT`` for a
        disabled one.
        """
        check = self._webhooks.enabled(delivery.user_id, delivery.target)
        try:
            transact(self._client, [check, {"Put": self._put(delivery, due_at)}], token=delivery.delivery_id)
        except TransactionRejectedError as rejection:
            raise unusable(rejection.rejected.get(0, {})) from rejection

    def reopen(self, user_id: str, target: str, delivery_id: str, *, now: datetime, due_at: datetime) -> None:
        """Has a delivery sent again, from the beginning of its schedule.

        Raises ``NOT_FOUND`` for an endpoint or a delivery that is not the user's, ``RESOURCE_CONFLICT`` for a
        disabled endpoint or while a worker is sending.
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
                    ":shard": due.shard_of(delivery_id),
                    ":due": to_iso(due_at),
                    ":expires": _expiry(now),
                }
            ),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            transact(self._client, [self._webhooks.enabled(user_id, target), {"Update": update}], token=uuid7())
        except TransactionRejectedError as rejection:
            if 0 in rejection.rejected:
                raise unusable(rejection.rejected[0]) from rejection
            if not rejection.rejected[1]:
                raise ApiError(ErrorCode.NOT_FOUND, "There is no such delivery.") from rejection
            raise ApiError(
                ErrorCode.RESOURCE_CONFLICT, "The delivery is being sent right now. Wait for the answer."
            ) from rejection

    def page(self, user_id: str, target: str, *, limit: int, before: str | None) -> tuple[list[Delivery], str | None]:
        """Newest first, and the delivery id to continue ``before``, None at the end; nothing of another user's target.

        A page may be short and have a cursor all the same: one query reads at most 1 MB.
        """
        answer = self._client.query(
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
        found = [_from_item(from_attributes(item)) for item in answer["Items"]]
        more = len(found) > limit or (bool(found) and "LastEvaluatedKey" in answer)
        shown = found[:limit]
        return shown, shown[-1].delivery_id if more else None

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

    def postpone(self, delivery: Delivery, *, lease: str, due_at: datetime) -> Delivery | None:
        """Gives a delivery back without an attempt, to be rung for at ``due_at``; None where the lease is lost."""
        return self._update(
            delivery.target,
            delivery.delivery_id,
            "SET dueAt = :due REMOVE leaseId, leaseUntil",
            "leaseId = :lease AND #state = :pending",
            {":due": to_iso(due_at), ":lease": lease, ":pending": DeliveryState.PENDING},
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
        """Adds an attempt, drops the oldest beyond ``KEPT_ATTEMPTS``, and frees the lease.

        ``next_at`` is the earliest that another may be made, None when none is owed; ``due_at`` is when to ring for
        it again.
        """
        kept = [*delivery.attempts, attempt][-KEPT_ATTEMPTS:]
        update = "SET attempts = :attempts, tries = :tries, #state = :state"
        values: Item = {
            ":attempts": [_attempt_item(each) for each in kept],
            ":tries": delivery.tries + 1,
            ":state": state,
            ":lease": lease,
        }
        if next_at and due_at:
            update += ", nextAttemptAt = :next, dueAt = :due REMOVE leaseId, leaseUntil"
            values |= {":next": to_iso(next_at), ":due": to_iso(due_at)}
        else:
            update += " REMOVE leaseId, leaseUntil, dueAt, dueShard"
        recorded = self._update(delivery.target, delivery.delivery_id, update, "leaseId = :lease", values)
        if recorded:
            metrics.delivery_attempted(recorded, attempt)
        return recorded

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
            "dueShard": due.shard_of(delivery.delivery_id),
            "dueAt": to_iso(due_at),
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
                answer = persist(
                    lambda: self._client.update_item(
                        TableName=self._table,
                        Key=_key(target, delivery_id),
                        UpdateExpression=update,
                        ConditionExpression=condition,
                        ExpressionAttributeNames={"#state": "state"},
                        ExpressionAttributeValues=to_attributes(values),
                        ReturnValues="ALL_NEW",
                    )
                )
        except ConditionFailedError:
            return None
        return _from_item(from_attributes(answer["Attributes"]))

    def overdue(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Target and delivery id of what is still to be sent and whose time has come, oldest first."""
        return ((item["target"], item["deliveryId"]) for item in due.overdue(self._client, self._table, now))

    def due_item(self, target: str, delivery_id: str) -> DueItem | None:
        """None where the delivery is gone, or is not to be sent any more."""
        answer = self._client.get_item(TableName=self._table, Key=_key(target, delivery_id))
        item = from_attributes(answer.get("Item", {}))
        if "dueAt" not in item:
            return None
        return DueItem(target, delivery_id, from_iso(item["nextAttemptAt"]), from_iso(item["dueAt"]))

    def reschedule(self, due_item: DueItem, *, until: datetime) -> bool:
        """False where another was quicker, and the delivery is theirs to see to."""
        return due.postpone(
            self._client, self._table, _key(due_item.partition, due_item.item), seen=due_item.due_at, until=until
        )

    def quarantine(self, target: str, delivery_id: str, *, due_by: datetime, now: datetime) -> bool:
        """Takes a delivery that nobody can read out of the due index; False where it was not due by ``due_by``."""
        return due.quarantine(self._client, self._table, _key(target, delivery_id), due_by=due_by, now=now)

    def aside(self) -> Iterator[QuarantinedRecord]:
        """What was set aside, of all targets."""
        found = due.aside(self._client, self._table)
        return (QuarantinedRecord("delivery", item["target"], item["deliveryId"], item["setAsideAt"]) for item in found)


def _key(target: str, delivery_id: str) -> dict[str, Any]:
    return to_attributes({"target": target, "deliveryId": delivery_id})


def _expiry(since: datetime) -> int:
    return int((since + _KEPT).timestamp())


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
                at=from_iso(made["at"]),
                duration_ms=made["durationMs"],
                status=made.get("status"),
                answer=made["answer"],
                problem=made.get("problem"),
            )
            for made in item["attempts"]
        ),
        tries=item["tries"],
        next_attempt_at=from_iso(item["nextAttemptAt"]) if state is DeliveryState.PENDING else None,
        render_id=item.get("renderId"),
        platform=item.get("platform", "unknown"),
        plugin_version=item.get("pluginVersion"),
    )
