"""Webhooks in DynamoDB.

PK userId   SK webhookId (UUIDv7: newest last), or
               ``#count``: how many endpoints the user has
               ``#callbacks``: the slots of the user's callbacks
               ``#request#<key>``: an idempotency key, with what it created
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.webhooks import MAX_IN_FLIGHT, MAX_WEBHOOKS, Event, Result, RetiredSecret, Webhook, WebhookChanges
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    persist,
    to_attributes,
    transact,
)

_COUNT: Final = "#count"
_CALLBACKS: Final = "#callbacks"
_REQUEST: Final = "#request#"
# Ids are hexadecimal, so none of them sorts before this, and the count does.
_FIRST_ID: Final = "0"
_BY_OWNER: Final = "Its owner disabled it."
_SLOTS: Final = tuple(f"slot{number}" for number in range(MAX_IN_FLIGHT))


class WebhookBusyError(Exception):
    """``MAX_IN_FLIGHT`` deliveries are on their way to the endpoint already."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among the deliveries on their way to one endpoint, or to one user's callbacks.

    ``mark`` is what the slot's attribute holds: when the lease ends, which is how it sorts, and who has it.
    """

    user_id: str
    webhook_id: str
    name: str
    mark: str


class WebhookStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, webhook: Webhook, claim: IdempotencyClaim | None = None) -> None:
        """Stores and counts the webhook, and claims the idempotency key, all or nothing.

        Raises ``AlreadyAcceptedError``, and ``QUOTA_EXCEEDED`` at ``MAX_WEBHOOKS``.
        """
        count = self._count(webhook.user_id, 1, "attribute_not_exists(endpoints) OR endpoints < :bound", MAX_WEBHOOKS)
        put = {
            "TableName": self._table,
            "Item": to_attributes(_to_item(webhook)),
            "ConditionExpression": "attribute_not_exists(webhookId)",
        }
        actions: list[Action] = [count, {"Put": put}]
        if claim:
            actions.append(
                claim_action(
                    self._table,
                    {"userId": webhook.user_id, "webhookId": f"{_REQUEST}{claim.key}"},
                    claim,
                    claimed_by=webhook.webhook_id,
                    key_attribute="webhookId",
                    now=webhook.created_at,
                )
            )
        try:
            transact(self._client, actions, token=webhook.webhook_id)
        except TransactionRejectedError as rejection:
            if 2 in rejection.rejected:
                raise AlreadyAcceptedError.of(rejection.rejected[2]) from rejection
            raise ApiError(
                ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_WEBHOOKS} webhooks. Delete one first."
            ) from rejection

    def remove(self, user_id: str, webhook_id: str) -> None:
        """Deletes the endpoint and counts it off. Raises ``NOT_FOUND``."""
        delete = {
            "TableName": self._table,
            "Key": _key(user_id, webhook_id),
            "ConditionExpression": "attribute_exists(webhookId)",
        }
        count = self._count(user_id, -1, "endpoints > :bound", 0)
        try:
            transact(self._client, [{"Delete": delete}, count], token=uuid7())
        except TransactionRejectedError as rejection:
            raise _no_such_webhook() from rejection

    def of_user(self, user_id: str) -> list[Webhook]:
        """Every endpoint of the user, the oldest first; there are at most ``MAX_WEBHOOKS``."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND webhookId >= :first",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":first": _FIRST_ID}),
            ConsistentRead=True,
        )
        return [_from_item(from_attributes(item)) for item in answer["Items"]]

    def find(self, user_id: str, webhook_id: str) -> Webhook | None:
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id, webhook_id), ConsistentRead=True)
        return _from_item(from_attributes(answer["Item"])) if "Item" in answer else None

    def get(self, user_id: str, webhook_id: str) -> Webhook:
        """As ``find``. Raises ``NOT_FOUND``, for another user's endpoint too."""
        webhook = self.find(user_id, webhook_id)
        if webhook is None:
            raise _no_such_webhook()
        return webhook

    def change(self, user_id: str, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """The endpoint as it is after ``changes``. Raises ``NOT_FOUND``.

        Enabling it, or another URL, is a fresh start: what failed before no longer counts.
        """
        values: Item = {
            "url": changes.url,
            "events": changes.events,
            "description": changes.description,
            "headers": changes.headers,
            "enabled": changes.enabled,
            "disabledReason": _BY_OWNER if changes.enabled is False else None,
        }
        removed = ["disabledReason"] if changes.enabled else []
        removed += ["failingSince"] if changes.enabled or changes.url else []
        given = _present(values)
        if not given:
            return self.get(user_id, webhook_id)
        changed = self._update(user_id, webhook_id, given, removed)
        if changed is None:
            raise _no_such_webhook()
        return _from_item(changed)

    def replace_secret(self, before: Webhook, after: Webhook) -> bool:
        """Stores the secrets of ``after``; False where ``before`` has another secret by now, or is gone."""
        values = {"secret": after.secret, "retiredSecrets": _retired_items(after)}
        return self._update(before.user_id, before.webhook_id, values, [], {"secret": before.secret}) is not None

    def acquire_slot(
        self, user_id: str, webhook_id: str, *, until: datetime, now: datetime
    ) -> tuple[Slot, Webhook] | None:
        """A slot of the endpoint until it is left or ``until``, and the endpoint; None where it is gone or disabled.

        Raises ``WebhookBusyError``.
        """
        taken = self._take_slot(user_id, webhook_id, until=until, now=now, only_enabled=True)
        return (taken[0], _from_item(taken[1])) if taken else None

    def acquire_callback_slot(self, user_id: str, *, until: datetime, now: datetime) -> Slot:
        """As ``enter``, for the user's callbacks, wherever they go."""
        taken = self._take_slot(user_id, _CALLBACKS, until=until, now=now, only_enabled=False)
        assert taken  # noqa: S101 (only an endpoint can be gone)
        return taken[0]

    def release_slot(self, slot: Slot) -> None:
        """Frees the slot, unless its lease ended and it is another's by now."""
        self._update(slot.user_id, slot.webhook_id, {}, [slot.name], {slot.name: slot.mark})

    def record_result(self, webhook: Webhook, result: Result, *, slot: Slot) -> Webhook | None:
        """Leaves the slot and writes down what came of the attempt.

        None, and nothing written down, where the endpoint has another URL by now or is gone, or the slot is another's.
        """
        values: Item = {"lastResult": _result_item(result)}
        first = {} if result.succeeded else {"failingSince": to_iso(result.at)}
        removed = ["failingSince", slot.name] if result.succeeded else [slot.name]
        expected = {"url": webhook.url, slot.name: slot.mark}
        noted = self._update(webhook.user_id, webhook.webhook_id, values, removed, expected, first)
        if noted is None:
            self.release_slot(slot)
            return None
        return _from_item(noted)

    def disable(self, webhook: Webhook, reason: str) -> Webhook | None:
        """None where something succeeded or the owner began afresh since ``webhook`` was read: it stays as it is."""
        disabled = self._update(
            webhook.user_id,
            webhook.webhook_id,
            {"enabled": False, "disabledReason": reason},
            [],
            {
                "url": webhook.url,
                "enabled": True,
                "failingSince": to_iso(webhook.failing_since) if webhook.failing_since else None,
            },
        )
        return _from_item(disabled) if disabled else None

    def enabled(self, user_id: str, webhook_id: str) -> Action:
        """The transaction's part that is refused unless there is such an endpoint and it is enabled."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": _key(user_id, webhook_id),
                "ConditionExpression": "enabled = :yes",
                "ExpressionAttributeValues": to_attributes({":yes": True}),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _count(self, user_id: str, change: int, condition: str, bound: int) -> Action:
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(user_id, _COUNT),
                "UpdateExpression": "ADD endpoints :change",
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_attributes({":change": change, ":bound": bound}),
            }
        }

    def _update(
        self,
        user_id: str,
        webhook_id: str,
        values: Item,
        removed: list[str],
        expected: Item | None = None,
        first: Item | None = None,
    ) -> Item | None:
        """The item with ``values`` (``first`` only where absent); None where ``expected`` is not what is there."""
        expected, first = expected or {}, first or {}
        sets = [f"#{name} = :{name}" for name in values]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
        update = f"SET {', '.join(sets)}" if sets else ""
        update += f" REMOVE {', '.join(f'#{name}' for name in removed)}" if removed else ""
        condition = ["attribute_exists(#webhookId)"]
        condition += [
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :was_{name}"
            for name, value in expected.items()
        ]
        names = {"webhookId", *values, *removed, *expected, *first}
        bound = {f":{name}": value for name, value in {**values, **first}.items()}
        bound |= {f":was_{name}": value for name, value in expected.items() if value is not None}
        try:
            with conditional():
                answer = persist(
                    lambda: self._client.update_item(
                        TableName=self._table,
                        Key=_key(user_id, webhook_id),
                        UpdateExpression=update,
                        ConditionExpression=" AND ".join(condition),
                        ExpressionAttributeNames={f"#{name}": name for name in names},
                        ExpressionAttributeValues=to_attributes(bound),
                        ReturnValues="ALL_NEW",
                    )
                )
        except ConditionFailedError:
            return None
        return from_attributes(answer["Attributes"])

    def _take_slot(
        self, user_id: str, webhook_id: str, *, until: datetime, now: datetime, only_enabled: bool
    ) -> tuple[Slot, Item] | None:
        # In any order, so that one call is mostly enough; what a rejection shows tells which others are worth one.
        free = random.sample(_SLOTS, len(_SLOTS))
        mark = f"{to_iso(until)} {uuid7()}"
        values = {":mark": mark, ":now": to_iso(now)} | ({":yes": True} if only_enabled else {})
        while free:
            name = free.pop()
            condition = f"(attribute_not_exists({name}) OR {name} < :now)"
            condition += " AND enabled = :yes" if only_enabled else ""
            try:
                with conditional():
                    item = self._set_slot(user_id, webhook_id, name, condition, values)
            except ConditionFailedError as rejection:
                if only_enabled and not rejection.item.get("enabled"):
                    return None
                free = [each for each in free if rejection.item.get(each, "") < to_iso(now)]
            else:
                return Slot(user_id, webhook_id, name, mark), item
        raise WebhookBusyError

    def _set_slot(self, user_id: str, webhook_id: str, name: str, condition: str, values: Item) -> Item:
        answer = persist(
            lambda: self._client.update_item(
                TableName=self._table,
                Key=_key(user_id, webhook_id),
                UpdateExpression=f"SET {name} = :mark",
                ConditionExpression=condition,
                ExpressionAttributeValues=to_attributes(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        )
        return from_attributes(answer["Attributes"])


def unusable(found: Item) -> ApiError:
    """Why ``WebhookStore.enabled`` refused: there is no such endpoint, or it is disabled."""
    if not found:
        return _no_such_webhook()
    return ApiError(ErrorCode.RESOURCE_CONFLICT, "The webhook is disabled. Enable it first.")


def _no_such_webhook() -> ApiError:
    return ApiError(ErrorCode.NOT_FOUND, "There is no such webhook.")


def _present(values: Item) -> Item:
    return {name: value for name, value in values.items() if value is not None}


def _key(user_id: str, webhook_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "webhookId": webhook_id})


def _retired_items(webhook: Webhook) -> list[Item]:
    return [{"secret": each.secret, "expiresAt": to_iso(each.expires_at)} for each in webhook.retired]


def _result_item(result: Result) -> Item:
    return _present(
        {
            "at": to_iso(result.at),
            "deliveryId": result.delivery_id,
            "succeeded": result.succeeded,
            "status": result.status,
            "problem": result.problem,
        }
    )


def _to_item(webhook: Webhook) -> Item:
    return {
        "userId": webhook.user_id,
        "webhookId": webhook.webhook_id,
        "url": webhook.url,
        "events": set(webhook.events),
        "secret": webhook.secret,
        "retiredSecrets": _retired_items(webhook),
        "description": webhook.description,
        "headers": webhook.headers,
        "enabled": webhook.enabled,
        "createdAt": to_iso(webhook.created_at),
    }


def _from_item(item: Item) -> Webhook:
    return Webhook(
        webhook_id=item["webhookId"],
        user_id=item["userId"],
        url=item["url"],
        events=frozenset(Event(event) for event in item["events"]),
        secret=item["secret"],
        created_at=from_iso(item["createdAt"]),
        description=item["description"],
        headers=item["headers"],
        enabled=item["enabled"],
        disabled_reason=item.get("disabledReason"),
        retired=tuple(RetiredSecret(each["secret"], from_iso(each["expiresAt"])) for each in item["retiredSecrets"]),
        failing_since=from_iso(item["failingSince"]) if "failingSince" in item else None,
        last_result=_result(item["lastResult"]) if "lastResult" in item else None,
    )


def _result(item: Item) -> Result:
    return Result(
        at=from_iso(item["at"]),
        delivery_id=item["deliveryId"],
        succeeded=item["succeeded"],
        status=item.get("status"),
        problem=item.get("problem"),
    )
