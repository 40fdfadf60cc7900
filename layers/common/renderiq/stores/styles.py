"""Styles of users in DynamoDB.

PK userId   SK styleKey  ``style#<id>``            the newest version of a style (UUIDv7: newest last)
                         ``version#<id>#<number>`` each version
                         ``number``                how many styles there are, and how many were ever made

A deleted style has no ``style#`` item any more; its versions stay, so that pinned ones go on rendering.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final, Protocol

from renderiq.clock import from_iso, to_iso
from renderiq.domain.styles import (
    MAX_MADE_STYLES,
    MAX_OWN_STYLES,
    OWN_PREFIX,
    OwnStyle,
    SceneSetting,
    StyleChanges,
    StyleName,
)
from renderiq.ids import uuid7
from renderiq.stores.items import (
    Action,
    Item,
    TransactionRejectedError,
    from_attributes,
    to_attributes,
    transact,
    try_transact,
)

_NUMBER: Final = "number"


class StyleLimitError(Exception):
    """The user has, or has ever made, as many styles as an account may."""


class OwnStyleReader(Protocol):
    """Reads styles of users."""

    def get(self, user_id: str, asked: StyleName) -> OwnStyle | None:
        """Returns a version of a user's style, or None."""
        ...


class OwnStyleStore:
    """Reads and writes styles of users."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, style: OwnStyle) -> None:
        """Stores and counts version 1 of a style in one transaction. Raises ``StyleLimitError``."""
        count: Action = {
            "TableName": self._table,
            "Key": _key(style.user_id, _NUMBER),
            "UpdateExpression": "ADD styles :one, made :one",
            "ConditionExpression": "attribute_not_exists(styles) OR (styles < :most AND made < :ever)",
            "ExpressionAttributeValues": to_attributes({":one": 1, ":most": MAX_OWN_STYLES, ":ever": MAX_MADE_STYLES}),
        }
        try:
            transact(
                self._client,
                [{"Update": count}, self._put_head(style, "attribute_not_exists(styleKey)"), self._put_version(style)],
                token=uuid7(),
            )
        except TransactionRejectedError as rejection:
            raise StyleLimitError from rejection

    def get(self, user_id: str, asked: StyleName) -> OwnStyle | None:
        """Returns a version of a user's style, the newest if none is named, or None if there is none."""
        own_id = asked.name.removeprefix(OWN_PREFIX)
        key = _head(own_id) if asked.version is None else _version(own_id, asked.version)
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, key), ConsistentRead=True)
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def list(self, user_id: str) -> list[OwnStyle]:
        """Returns the newest version of each style, newest style first."""
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND begins_with(styleKey, :styles)",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":styles": _head("")}),
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        return [_from_item(from_attributes(item)) for item in response["Items"]]

    def add_version(self, style: OwnStyle) -> bool:
        """Stores the next version. Returns False if the newest version is not the one before it."""
        head = self._put_head(style, "version = :before")
        head["Put"]["ExpressionAttributeValues"] = to_attributes({":before": style.version - 1})
        return try_transact(self._client, [head, self._put_version(style)], token=uuid7())

    def delete(self, style: OwnStyle) -> bool:
        """Hides the style. Returns False if it is hidden already."""
        delete: Action = {
            "TableName": self._table,
            "Key": _key(style.user_id, _head(style.id)),
            "ConditionExpression": "attribute_exists(styleKey)",
        }
        count: Action = {
            "TableName": self._table,
            "Key": _key(style.user_id, _NUMBER),
            "UpdateExpression": "ADD styles :less",
            "ExpressionAttributeValues": to_attributes({":less": -1}),
        }
        return try_transact(self._client, [{"Delete": delete}, {"Update": count}], token=uuid7())

    def _put_head(self, style: OwnStyle, condition: str) -> Action:
        item = {"styleKey": _head(style.id), **_to_item(style)}
        return {"Put": {"TableName": self._table, "Item": to_attributes(item), "ConditionExpression": condition}}

    def _put_version(self, style: OwnStyle) -> Action:
        item = {"styleKey": _version(style.id, style.version), **_to_item(style)}
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(styleKey)",
            }
        }


def _head(own_id: str) -> str:
    return f"style#{own_id}"


def _version(own_id: str, version: int) -> str:
    return f"version#{own_id}#{version}"


def _key(user_id: str, style_key: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "styleKey": style_key})


def _to_item(style: OwnStyle) -> Item:
    return {
        "userId": style.user_id,
        "id": style.id,
        "version": style.version,
        # As text: DynamoDB stores no floating-point numbers.
        "changes": json.dumps(asdict(style.changes)),
        "createdAt": to_iso(style.created_at),
        "updatedAt": to_iso(style.updated_at),
        "createdBy": style.created_by,
    }


def _from_item(item: Item) -> OwnStyle:
    changes = json.loads(item["changes"])
    return OwnStyle(
        user_id=item["userId"],
        id=item["id"],
        version=item["version"],
        changes=StyleChanges(**(changes | {"setting": SceneSetting(**changes["setting"])})),
        created_at=from_iso(item["createdAt"]),
        updated_at=from_iso(item["updatedAt"]),
        created_by=item.get("createdBy"),
    )
