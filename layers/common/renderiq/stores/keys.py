"""API keys in DynamoDB.

PK keyHash, the SHA-256 of a key, or ``user#<user id>``, an index item: ``active`` maps the hash of each active key to
   its id and expiry, so that the number of active keys can be limited; or ``request#<user id>#<idempotency key>``, with
   the hash of the key that the request created
GSI created   userId, keyId    ids are in the order of creation; eventually consistent
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.keys import MAX_ACTIVE, ApiKey, Scope
from renderiq.errors import ApiError, ErrorCode, not_found
from renderiq.ids import uuid7
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
from renderiq.stores.items import (
    AFTER_IDS,
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

_MAX_ATTEMPTS: Final = 40
_PAGE: Final = 100
Active = dict[str, Item]
"""The active keys of a user: key hash → ``{"id", "expiresAt"?}``."""


class ActiveKeyLimitError(Exception):
    """The user has ``MAX_ACTIVE`` active keys already."""


class KeyStore:
    """Reads and writes API keys."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def use(self, key_hash: str, now: datetime) -> ApiKey | None:
        """Returns the key with this hash, or None, and records the minute of its use. It takes one call."""
        try:
            with conditional():
                response = update_item(
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
        return _from_item(from_attributes(response["Attributes"]))

    def page(self, user_id: str, *, limit: int, before: str | None) -> tuple[list[ApiKey], str | None]:
        """Returns keys, newest first, and the key id at which the next page continues (None if last).

        Revoked and expired keys are among them.
        """
        found = self._query(user_id, "keyId < :id", before or AFTER_IDS, ScanIndexForward=False, Limit=limit + 1)
        return found[:limit], found[limit - 1].key_id if len(found) > limit else None

    def of_user(self, user_id: str) -> list[ApiKey]:
        """Returns all keys of a user, newest first, including revoked and expired ones, page by page."""
        found, cursor = self.page(user_id, limit=_PAGE, before=None)
        while cursor:
            keys, cursor = self.page(user_id, limit=_PAGE, before=cursor)
            found += keys
        return found

    def add(
        self,
        key: ApiKey,
        now: datetime,
        claim: IdempotencyClaim | None = None,
        *,
        further: Sequence[Action] = (),
    ) -> None:
        """Stores the key, claims the idempotency key, and makes ``further`` writes, all or nothing.

        Raises ``AlreadyAcceptedError`` with the hash of the earlier key, and ``ActiveKeyLimitError``.
        """
        claims = [self._claim(key, claim, now)] if claim else []

        def change(active: Active) -> list[Any]:
            if len(active) >= MAX_ACTIVE:
                if claim and (earlier := self._claimed(key.user_id, claim, now)):
                    raise earlier
                raise ActiveKeyLimitError
            active[key.key_hash] = _entry(key)
            return [self._put(key), *claims, *further]

        self._change_active(key.user_id, now, change)

    def find(self, key_hash: str) -> ApiKey | None:
        """Returns the key of this hash, or None. Its last use does not change."""
        answer = self._client.get_item(
            TableName=self._table, Key=to_attributes({"keyHash": key_hash}), ConsistentRead=True
        )
        return _from_item(from_attributes(answer["Item"])) if "Item" in answer else None

    def _claim(self, key: ApiKey, claim: IdempotencyClaim, now: datetime) -> Any:
        # Without userId, so that the index of a user's keys does not show it.
        place = {"keyHash": _request(key.user_id, claim)}
        return claim_action(self._table, place, claim, claimed_by=key.key_hash, key_attribute="keyHash", now=now)

    def _claimed(self, user_id: str, claim: IdempotencyClaim, now: datetime) -> AlreadyAcceptedError | None:
        answer = self._client.get_item(
            TableName=self._table, Key=to_attributes({"keyHash": _request(user_id, claim)}), ConsistentRead=True
        )
        item = from_attributes(answer.get("Item", {}))
        return AlreadyAcceptedError.of(item) if item and item["expiresAt"] >= now.timestamp() else None

    def revoke(
        self, user_id: str, key_id: str, now: datetime, *, further: Callable[[ApiKey], list[Action]] | None = None
    ) -> None:
        """Revokes a key at once. It is no error if the key is revoked already. Raises ``NOT_FOUND``.

        ``further`` returns writes that are made with it.
        """

        def change(active: Active) -> list[Any]:
            key_hash = self._hash(user_id, key_id, active)
            active.pop(key_hash, None)
            return [self._set_revoked_at(key_hash, now), *(further(self._get(key_hash)) if further else [])]

        self._change_active(user_id, now, change)

    def replace(
        self,
        user_id: str,
        key_id: str,
        successor: Callable[[ApiKey], ApiKey],
        *,
        until: datetime,
        now: datetime,
        further: Callable[[ApiKey, ApiKey], list[Action]] = lambda _old, _new: [],
    ) -> ApiKey:
        """Replaces an active key by its ``successor``, which is returned. The old key is accepted until ``until``.

        ``further`` returns writes that are made with it, from both keys.

        Raises ``NOT_FOUND``.
        """
        created: list[ApiKey] = []

        def change(active: Active) -> list[Any]:
            found = [key_hash for key_hash, entry in active.items() if entry["id"] == key_id]
            if not found:
                raise not_found("active key")
            old = self._get(found[0])
            new = successor(old)
            del active[found[0]]
            active[new.key_hash] = _entry(new)
            created[:] = [new]
            return [self._put(new), self._set_revoked_at(found[0], until), *further(old, new)]

        self._change_active(user_id, now, change)
        return created[0]

    def _change_active(self, user_id: str, now: datetime, change: Callable[[Active], list[Any]]) -> None:
        """Reads the active keys, lets ``change`` modify them, and writes both it and the actions that it returns.

        All of it is repeated if another request has changed the active keys meanwhile. Raises
        ``SERVICE_UNAVAILABLE`` if that happens too often.
        """
        for attempt in range(_MAX_ATTEMPTS):
            response = self._client.get_item(
                TableName=self._table, Key=to_attributes({"keyHash": f"user#{user_id}"}), ConsistentRead=True
            )
            index = from_attributes(response.get("Item", {}))
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
            except TransactionRejectedError as rejection:
                if 2 in rejection.rejected and "claimedBy" in rejection.rejected[2]:
                    raise AlreadyAcceptedError.of(rejection.rejected[2]) from rejection
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

    def _set_revoked_at(self, key_hash: str, when: datetime) -> Any:
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
        response = self._client.get_item(
            TableName=self._table, Key=to_attributes({"keyHash": key_hash}), ConsistentRead=True
        )
        return _from_item(from_attributes(response["Item"]))

    def _hash(self, user_id: str, key_id: str, active: Active) -> str:
        for key_hash, entry in active.items():
            if entry["id"] == key_id:
                return key_hash
        # Keys that are expired, revoked or in their grace period are not among the active ones.
        found = self._query(user_id, "keyId = :id", key_id)
        if not found:
            raise not_found("key")
        return found[0].key_hash

    def _query(self, user_id: str, condition: str, key_id: str, **options: Any) -> list[ApiKey]:
        response = self._client.query(
            TableName=self._table,
            IndexName="created",
            KeyConditionExpression=f"userId = :user AND {condition}",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":id": key_id}),
            **options,
        )
        return [_from_item(from_attributes(item)) for item in response["Items"]]


def _request(user_id: str, claim: IdempotencyClaim) -> str:
    return f"request#{user_id}#{claim.key}"


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
        "createdBy": key.created_by,
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
        created_by=item.get("createdBy"),
    )
