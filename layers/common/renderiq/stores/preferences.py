"""Preferences in DynamoDB, as JSON text on the item of the account: DynamoDB cannot store every number of JSON.

Accounts  PK userId; preferences, preferencesVersion, preferencesUpdatedAt
"""

from __future__ import annotations

import json
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.preferences import Preferences, to_text
from renderiq.errors import not_found
from renderiq.stores.items import ConditionFailedError, conditional, from_attributes, to_attributes, update_item


class PreferenceStore:
    """Reads and writes preferences."""

    def __init__(self, client: Any, accounts: str) -> None:
        self._client = client
        self._accounts = accounts

    def get(self, user_id: str) -> Preferences:
        """Raises ``NOT_FOUND`` if there is no such account."""
        response = self._client.get_item(
            TableName=self._accounts,
            Key=to_attributes({"userId": user_id}),
            ProjectionExpression="createdAt, preferences, preferencesVersion, preferencesUpdatedAt",
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise not_found("account")
        item = from_attributes(response["Item"])
        return Preferences(
            user_id=user_id,
            created_at=from_iso(item["createdAt"]),
            updated_at=from_iso(item.get("preferencesUpdatedAt") or item["createdAt"]),
            values=json.loads(item.get("preferences", "{}")),
            version=item.get("preferencesVersion", 0),
        )

    def put(self, preferences: Preferences) -> bool:
        """Stores the preferences. Returns False if the stored version is not the one before theirs."""
        values = {
            ":text": to_text(preferences.values),
            ":version": preferences.version,
            ":now": to_iso(preferences.updated_at),
        }
        condition = "attribute_exists(userId) AND attribute_not_exists(preferencesVersion)"
        if preferences.version > 1:
            condition = "preferencesVersion = :before"
            values[":before"] = preferences.version - 1
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._accounts,
                    Key=to_attributes({"userId": preferences.user_id}),
                    UpdateExpression="SET preferences = :text, preferencesVersion = :version, "
                    "preferencesUpdatedAt = :now",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_attributes(values),
                )
        except ConditionFailedError:
            return False
        return True
