"""API keys in DynamoDB.

PK keyHash, the SHA-256 of a key; or ``user#<id>``, whose ``active`` maps hash to key id and expiry, for the limit
GSI user   userId, keyHash     eventually consistent: for lists
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.keys import MAX_ACTIVE, ApiKey, Scope
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores.items import (
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)

_TRIES: Final = 40
Active = dict[str, Item]
"""Key hash → ``{"id", "expiresAt"?}``."""


class KeyStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def use(self, key_hash: str, now: datetime) -> ApiKey | None:
        """The key of this hash, stamped with the minute of its use; None where there is none. One call."""
        try:
            with conditional():
                answer = update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes({"keyHash": key_hash}),
                    UpdateExpression="SET lastUsedAt = :minute",
                    ConditionExpression=(
                        "attribute_exists(keyId) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :minute)"
                    ),
                    ExpressionAttributeValues=to_attributes({":minute": to_iso(now.replace(second=0, microsecond=0))}),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailedError as unchanged:
            return _from_item(unchanged.item) if unchanged.item else None
        return _from_item(from_attributes(answer["Attributes"]))

    def of_user(self, user_id: str) -> list[ApiKey]:
        """Newest first, revoked and expired ones too."""
        query = {
            "TableName": self._table,
            "IndexName": "user",
            "KeyConditionExpression": "userId = :user",
            "ExpressionAttributeValues": to_attributes({":user": user_id}),
        }
        pages = self._client.get_paginator("query").paginate(**query)
        keys = [_from_item(from_attributes(item)) for page in pages for item in page["Items"]]
        return sorted(keys, key=lambda key: key.key_id, reverse=True)

    def add(self, key: ApiKey, now: datetime) -> None:
        """Raises ``QUOTA_EXCEEDED`` where ``MAX_ACTIVE`` keys are active."""

        def change(active: Active) -> list[Any]:
            if len(active) >= MAX_ACTIVE:
                raise ApiError(
                    ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_ACTIVE} active keys. Revoke one first."
                )
            active[key.key_hash] = _entry(key)
            return [self._put(key)]

        self._change_active(key.user_id, now, change)

    def revoke(self, user_id: str, key_id: str, now: datetime) -> None:
        """At once, for good. Raises ``NOT_FOUND``; to revoke a revoked key again changes nothing."""

        def change(active: Active) -> list[Any]:
            key_hash = self._hash(user_id, key_id, active)
            active.pop(key_hash, None)
            return [self._end(key_hash, now)]

        self._change_active(user_id, now, change)

    def replace(
        self, user_id: str, key_id: str, successor: Callable[[ApiKey], ApiKey], *, until: datetime, now: datetime
    ) -> ApiKey:
        """Puts a successor in an active key's place; the old one is accepted until ``until``. Raises ``NOT_FOUND``."""
        made: list[ApiKey] = []

        def change(active: Active) -> list[Any]:
            found = [key_hash for key_hash, entry in active.items() if entry["id"] == key_id]
            if not found:
                raise ApiError(ErrorCode.NOT_FOUND, "There is no such active key.")
            new = successor(self._get(found[0]))
            del active[found[0]]
            active[new.key_hash] = _entry(new)
            made[:] = [new]
            return [self._put(new), self._end(found[0], until)]

        self._change_active(user_id, now, change)
        return made[0]

    def _change_active(self, user_id: str, now: datetime, change: Callable[[Active], list[Any]]) -> None:
        """Reads what is active, lets ``change`` alter it, and writes both; again where somebody else wrote first."""
        for attempt in range(_TRIES):
            answer = self._client.get_item(
                TableName=self._table, Key=to_attributes({"keyHash": f"user#{user_id}"}), ConsistentRead=True
            )
            index = from_attributes(answer.get("Item", {}))
            active: Active = {
                key_hash: entry
                for key_hash, entry in index.get("active", {}).items()
                if "expiresAt" not in entry or from_iso(entry["expiresAt"]) > now
            }
            actions = change(active)
            try:
                transact(
                    self._client,
                    [self._put_index(user_id, active, index.get("version")), *actions],
                    token=uuid7(),
                )
            except TransactionRejectedError:
                time.sleep(random.uniform(0, 0.01 * min(attempt + 1, 10)))  # noqa: S311 (jitter)
            else:
                return
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)

    def _put_index(self, user_id: str, active: Active, version: int | None) -> Any:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": to_attributes({"keyHash": f"user#{user_id}", "active": active, "version": (version or 0) + 1}),
            "ConditionExpression": "attribute_not_exists(version)" if version is None else "version = :version",
        }
        if version is not None:
            put["ExpressionAttributeValues"] = to_attributes({":version": version})
        return {"Put": put}

    def _put(self, key: ApiKey) -> Any:
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(_to_item(key)),
                "ConditionExpression": "attribute_not_exists(keyHash)",
            }
        }

    def _end(self, key_hash: str, when: datetime) -> Any:
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_attributes({"keyHash": key_hash}),
                "UpdateExpression": "SET revokedAt = :when",
                "ConditionExpression": "attribute_exists(keyId)",
                "ExpressionAttributeValues": to_attributes({":when": to_iso(when)}),
            }
        }

    def _get(self, key_hash: str) -> ApiKey:
        answer = self._client.get_item(
            TableName=self._table, Key=to_attributes({"keyHash": key_hash}), ConsistentRead=True
        )
        return _from_item(from_attributes(answer["Item"]))

    def _hash(self, user_id: str, key_id: str, active: Active) -> str:
        for key_hash, entry in active.items():
            if entry["id"] == key_id:
                return key_hash
        # not active, or living out its grace period: those are found where lists are made
        for key in self.of_user(user_id):
            if key.key_id == key_id:
                return key.key_hash
        raise ApiError(ErrorCode.NOT_FOUND, "There is no such key.")


def _entry(key: ApiKey) -> Item:
    return {"id": key.key_id} | ({"expiresAt": to_iso(key.expires_at)} if key.expires_at else {})


def _to_item(key: ApiKey) -> Item:
    return {
        "keyHash": key.key_hash,
        "keyId": key.key_id,
        "userId": key.user_id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": set(key.scopes),
        "createdAt": to_iso(key.created_at),
        "expiresAt": to_iso(key.expires_at) if key.expires_at else None,
    }


def _from_item(item: Item) -> ApiKey:
    def moment(name: str) -> datetime | None:
        return from_iso(item[name]) if name in item else None

    return ApiKey(
        key_hash=item["keyHash"],
        key_id=item["keyId"],
        user_id=item["userId"],
        name=item["name"],
        prefix=item["prefix"],
        scopes=frozenset(Scope(scope) for scope in item["scopes"]),
        created_at=from_iso(item["createdAt"]),
        expires_at=moment("expiresAt"),
        last_used_at=moment("lastUsedAt"),
        revoked_at=moment("revokedAt"),
    )
