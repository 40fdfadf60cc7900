"""Webhooks in DynamoDB. PK userId   SK webhookId"""

from __future__ import annotations

from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.webhooks import Event, Webhook
from renderiq.stores.items import Item, from_attributes, to_attributes


class WebhookStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, webhook: Webhook) -> None:
        self._client.put_item(
            TableName=self._table,
            Item=to_attributes(
                {
                    "userId": webhook.user_id,
                    "webhookId": webhook.webhook_id,
                    "url": webhook.url,
                    "events": set(webhook.events),
                    "secrets": list(webhook.secrets),
                    "description": webhook.description,
                    "headers": webhook.headers,
                    "enabled": webhook.enabled,
                    "createdAt": to_iso(webhook.created_at),
                }
            ),
            ConditionExpression="attribute_not_exists(webhookId)",
        )

    def of_user(self, user_id: str) -> list[Webhook]:
        """Every endpoint of the user; there are few (``services/webhooks.py`` bounds them)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user",
            ExpressionAttributeValues=to_attributes({":user": user_id}),
            ConsistentRead=True,
        )
        return [_from_item(from_attributes(item)) for item in answer["Items"]]

    def find(self, user_id: str, webhook_id: str) -> Webhook | None:
        answer = self._client.get_item(
            TableName=self._table,
            Key=to_attributes({"userId": user_id, "webhookId": webhook_id}),
            ConsistentRead=True,
        )
        return _from_item(from_attributes(answer["Item"])) if "Item" in answer else None

    def disable(self, webhook: Webhook, reason: str) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=to_attributes({"userId": webhook.user_id, "webhookId": webhook.webhook_id}),
            UpdateExpression="SET enabled = :no, disabledReason = :reason",
            ExpressionAttributeValues=to_attributes({":no": False, ":reason": reason}),
        )


def _from_item(item: Item) -> Webhook:
    return Webhook(
        webhook_id=item["webhookId"],
        user_id=item["userId"],
        url=item["url"],
        events=frozenset(Event(event) for event in item["events"]),
        secrets=tuple(item["secrets"]),
        created_at=from_iso(item["createdAt"]),
        description=item["description"],
        headers=item["headers"],
        enabled=item["enabled"],
    )
