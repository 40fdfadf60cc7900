"""Webhooks in DynamoDB.

PK userId   SK webhookId (UUIDv7: newest last), or
               ``#count``: how many webhooks the user has
               ``#request#<key>``: an idempotency key, with what it created
               ``#callbacks``: the slots of the user's callbacks

A delivery takes a slot of its target before it is sent, so that at most ``MAX_IN_FLIGHT`` are sent at a time. A slot is
an attribute of the item; it holds the time when its lease ends and a random id.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.webhooks import (
    MAX_IN_FLIGHT,
    MAX_WEBHOOKS,
    DisabledReason,
    Event,
    Result,
    RetiredSecret,
    Webhook,
    WebhookChanges,
    WebhookType,
)
from renderiq.errors import ApiError, not_found
from renderiq.ids import uuid7
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)

_COUNT: Final = "#count"
_CALLBACKS: Final = "#callbacks"
_REQUEST: Final = "#request#"
# Ids are hexadecimal: this sorts before every id, and after the keys of the other items.
_FIRST_ID: Final = "0"
_SLOT_NAMES: Final = tuple(f"slot{number}" for number in range(MAX_IN_FLIGHT))


class WebhookBusyError(Exception):
    """All slots are taken: ``MAX_IN_FLIGHT`` deliveries to the target are being sent."""


class WebhookLimitError(Exception):
    """The user has ``MAX_WEBHOOKS`` webhooks already."""


class WebhookDisabledError(Exception):
    """The webhook is disabled."""


class WebhookIsPolledError(Exception):
    """Nothing is sent to the webhook, because it is a poll endpoint."""

    def __init__(self, webhook: Webhook) -> None:
        super().__init__(webhook.webhook_id)
        self.webhook = webhook


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to send one delivery to a webhook, or to the callbacks of a user.

    ``name`` is the attribute of the slot and ``lease`` its value: the end of the lease, then a random id. So leases
    sort by their end.
    """

    user_id: str
    webhook_id: str
    name: str
    lease: str


class WebhookStore:
    """Reads and writes webhooks."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, webhook: Webhook, claim: IdempotencyClaim | None = None) -> None:
        """Stores and counts the webhook, and claims the idempotency key, all or nothing.

        Raises ``AlreadyAcceptedError`` and ``WebhookLimitError``.
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
            raise WebhookLimitError from rejection

    def remove(self, user_id: str, webhook_id: str) -> None:
        """Deletes the webhook and decrements the count in one transaction. Raises ``NOT_FOUND``."""
        delete = {
            "TableName": self._table,
            "Key": _key(user_id, webhook_id),
            "ConditionExpression": "attribute_exists(webhookId)",
        }
        count = self._count(user_id, -1, "endpoints > :bound", 0)
        try:
            transact(self._client, [{"Delete": delete}, count], token=uuid7())
        except TransactionRejectedError as rejection:
            raise not_found("webhook") from rejection

    def of_user(self, user_id: str) -> list[Webhook]:
        """Returns every webhook of the user, oldest first; there are at most ``MAX_WEBHOOKS``."""
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND webhookId >= :first",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":first": _FIRST_ID}),
            ConsistentRead=True,
        )
        return [_from_item(from_attributes(item)) for item in response["Items"]]

    def find(self, user_id: str, webhook_id: str) -> Webhook | None:
        """Returns the webhook, or None."""
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, webhook_id), ConsistentRead=True)
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def get(self, user_id: str, webhook_id: str) -> Webhook:
        """Returns the webhook. Raises ``NOT_FOUND``, also for a webhook of another user."""
        webhook = self.find(user_id, webhook_id)
        if webhook is None:
            raise not_found("webhook")
        return webhook

    def change(self, user_id: str, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Returns the webhook with the changes. Raises ``NOT_FOUND`` and ``WebhookIsPolledError``.

        Earlier failures no longer count after it is enabled or gets a new URL.
        """
        values: Item = {
            "url": changes.url,
            "events": changes.events,
            "description": changes.description,
            "headers": changes.headers,
            "enabled": changes.enabled,
            "disabledReason": DisabledReason.BY_OWNER if changes.enabled is False else None,
        }
        removed = ["disabledReason"] if changes.enabled else []
        removed += ["failingSince"] if changes.enabled or changes.url else []
        given = _without_none(values)
        if not given:
            return self.get(user_id, webhook_id)
        changed = self._update(user_id, webhook_id, given, removed, {"type": None} if changes.url else None)
        if changed is None:
            found = self.get(user_id, webhook_id) if changes.url else None
            raise WebhookIsPolledError(found) if found else not_found("webhook")
        return _from_item(changed)

    def replace_secret(self, before: Webhook, after: Webhook) -> bool:
        """Stores the secrets of ``after``.

        Returns False if the stored secret is not that of ``before``, or the webhook was deleted.
        """
        values = {"secret": after.secret, "retiredSecrets": _retired_items(after)}
        return self._update(before.user_id, before.webhook_id, values, [], {"secret": before.secret}) is not None

    def acquire_slot(
        self, user_id: str, webhook_id: str, *, until: datetime, now: datetime
    ) -> tuple[Slot, Webhook] | None:
        """Takes a slot of the webhook until it is released or ``until``. Returns the slot and the webhook.

        Returns None if the webhook was deleted or is disabled. Raises ``WebhookBusyError``.
        """
        taken = self._acquire(user_id, webhook_id, until=until, now=now, only_enabled=True)
        return (taken[0], _from_item(taken[1])) if taken else None

    def acquire_callback_slot(self, user_id: str, *, until: datetime, now: datetime) -> Slot:
        """Takes a slot of the user's callbacks, which share their slots. Raises ``WebhookBusyError``."""
        taken = self._acquire(user_id, _CALLBACKS, until=until, now=now, only_enabled=False)
        assert taken  # noqa: S101 (only a webhook can be deleted or disabled)
        return taken[0]

    def release_slot(self, slot: Slot) -> None:
        """Frees the slot. Does nothing if its lease has ended and another delivery has it."""
        self._update(slot.user_id, slot.webhook_id, {}, [slot.name], {slot.name: slot.lease})

    def record_result(self, webhook: Webhook, result: Result, *, slot: Slot) -> Webhook | None:
        """Frees the slot and stores the result of the attempt. Returns the webhook.

        Returns None and stores no result if the webhook was deleted, has another URL by now, or if another delivery
        has the slot.
        """
        values: Item = {"lastResult": _result_item(result)}
        first = {} if result.succeeded else {"failingSince": to_iso(result.at)}
        removed = ["failingSince", slot.name] if result.succeeded else [slot.name]
        expected = {"url": webhook.url, slot.name: slot.lease}
        updated = self._update(webhook.user_id, webhook.webhook_id, values, removed, expected, first)
        if updated is None:
            self.release_slot(slot)
            return None
        return _from_item(updated)

    def disable(self, webhook: Webhook, reason: DisabledReason) -> Webhook | None:
        """Disables the webhook.

        Returns None and changes nothing if a delivery has succeeded since ``webhook`` was read, or if its owner has
        enabled it or changed its URL.
        """
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

    def require_enabled(self, user_id: str, webhook_id: str) -> Action:
        """Returns the action of a transaction that is rejected unless the webhook exists, is enabled and has a URL.

        The rejection has the item of the webhook, for ``unusable_webhook``.
        """
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": _key(user_id, webhook_id),
                "ConditionExpression": "enabled = :yes AND attribute_not_exists(#type)",
                "ExpressionAttributeNames": {"#type": "type"},
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
        """Sets ``values``, and ``first`` if the attribute does not exist. Returns the new item.

        Returns None if an attribute differs from ``expected``, in which None means that it must not exist.
        """
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
                response = update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(user_id, webhook_id),
                    UpdateExpression=update,
                    ConditionExpression=" AND ".join(condition),
                    ExpressionAttributeNames={f"#{name}": name for name in names},
                    ExpressionAttributeValues=to_attributes(bound),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError:
            return None
        return from_attributes(response["Attributes"])

    def _acquire(
        self, user_id: str, webhook_id: str, *, until: datetime, now: datetime, only_enabled: bool
    ) -> tuple[Slot, Item] | None:
        # In random order, so that mostly one call is enough. A rejection shows which of the other slots are free.
        free = random.sample(_SLOT_NAMES, len(_SLOT_NAMES))
        lease = f"{to_iso(until)} {uuid7()}"
        values = {":lease": lease, ":now": to_iso(now)} | ({":yes": True} if only_enabled else {})
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
                return Slot(user_id, webhook_id, name, lease), item
        raise WebhookBusyError

    def _set_slot(self, user_id: str, webhook_id: str, name: str, condition: str, values: Item) -> Item:
        response = update_item(
            self._client,
            TableName=self._table,
            Key=_key(user_id, webhook_id),
            UpdateExpression=f"SET {name} = :lease",
            ConditionExpression=condition,
            ExpressionAttributeValues=to_attributes(values),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return from_attributes(response["Attributes"])


def unusable_webhook(found: Item) -> ApiError | WebhookDisabledError | WebhookIsPolledError:
    """Returns the error for a rejected ``require_enabled``.

    It is ``NOT_FOUND``, ``WebhookIsPolledError`` or ``WebhookDisabledError``.
    """
    if not found:
        return not_found("webhook")
    return WebhookIsPolledError(_from_item(found)) if "type" in found else WebhookDisabledError()


def _without_none(values: Item) -> Item:
    return {name: value for name, value in values.items() if value is not None}


def _key(user_id: str, webhook_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "webhookId": webhook_id})


def _retired_items(webhook: Webhook) -> list[Item]:
    return [{"secret": each.secret, "expiresAt": to_iso(each.expires_at)} for each in webhook.retired]


def _result_item(result: Result) -> Item:
    return _without_none(
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
        # Webhooks from before there were poll endpoints have no type.
        "type": webhook.type if webhook.type is WebhookType.POLL else None,
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
        type=WebhookType(item.get("type", WebhookType.PUSH)),
        sequence=item.get("sequence", 0),
    )


def _result(item: Item) -> Result:
    return Result(
        at=from_iso(item["at"]),
        delivery_id=item["deliveryId"],
        succeeded=item["succeeded"],
        status=item.get("status"),
        problem=item.get("problem"),
    )
