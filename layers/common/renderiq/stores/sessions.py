"""Sessions in DynamoDB. PK sessionId; GSI user: userId, sessionId (UUIDv7: newest last); TTL expiresAt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.sessions import Session
from renderiq.stores.items import (
    ConditionFailedError,
    Item,
    conditional,
    from_attributes,
    put_item,
    to_attributes,
    update_item,
)

MOST_LISTED: Final = 100


class SessionStore:
    """Reads and writes sessions. A session in DynamoDB has hashes of its refresh tokens, and never the tokens."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, session: Session, *, platform: str) -> None:
        """Stores a new session."""
        put_item(
            self._client,
            TableName=self._table,
            Item=to_attributes(
                {
                    "sessionId": session.session_id,
                    "userId": session.user_id,
                    "refreshHashes": set(session.refresh_hashes),
                    "platform": platform,
                    "isOperator": session.is_operator or None,
                    "expiresAt": int(session.expires_at.timestamp()),
                }
            ),
        )

    def find(self, session_id: str) -> Session | None:
        """Returns the session, or None. A session stays readable for a while after its expiry."""
        response = self._client.get_item(
            TableName=self._table, Key=to_attributes({"sessionId": session_id}), ConsistentRead=True
        )
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def of_user(self, user_id: str) -> list[Session]:
        """Returns the newest sessions of a user, newest first, at most ``MOST_LISTED``; also ended ones."""
        keys = self._client.query(
            TableName=self._table,
            IndexName="user",
            KeyConditionExpression="userId = :user",
            ExpressionAttributeValues=to_attributes({":user": user_id}),
            ScanIndexForward=False,
            Limit=MOST_LISTED,
        )["Items"]
        found: list[Session] = []
        wanted = {self._table: {"Keys": [{"sessionId": key["sessionId"]} for key in keys]}} if keys else {}
        while wanted:
            response = self._client.batch_get_item(RequestItems=wanted)
            found += [_from_item(from_attributes(item)) for item in response["Responses"].get(self._table, [])]
            wanted = response.get("UnprocessedKeys")
        return sorted(found, key=lambda session: session.session_id, reverse=True)

    def rotate(self, session_id: str, *, presented: str, successor: str, expires_at: datetime, now: datetime) -> bool:
        """Replaces the hash ``presented`` by ``successor``. Returns False if it is not current any more."""
        return self._update(
            session_id,
            "SET refreshHashes = :successors, previousHash = :presented, rotatedAt = :now, expiresAt = :expires",
            "contains(refreshHashes, :presented) AND attribute_not_exists(revokedAt)",
            {
                ":presented": presented,
                ":successors": {successor},
                ":now": to_iso(now),
                ":expires": int(expires_at.timestamp()),
            },
        )

    def add_successor(self, session_id: str, *, previous: str, successor: str) -> bool:
        """Adds another successor of the previous token, because the response with the first one may be lost.

        Returns False if ``previous`` is not the previous token, or has four successors already.
        """
        return self._update(
            session_id,
            "ADD refreshHashes :successors",
            "previousHash = :previous AND attribute_not_exists(revokedAt) AND size(refreshHashes) < :most",
            {":previous": previous, ":successors": {successor}, ":most": 4},
        )

    def revoke(self, session_id: str, now: datetime) -> None:
        """Marks the session as revoked. Does nothing if there is none."""
        self._update(session_id, "SET revokedAt = :now", "attribute_exists(sessionId)", {":now": to_iso(now)})

    def _update(self, session_id: str, update: str, condition: str, values: Item) -> bool:
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=to_attributes({"sessionId": session_id}),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_attributes(values),
                )
        except ConditionFailedError:
            return False
        return True


def _from_item(item: Item) -> Session:
    return Session(
        session_id=item["sessionId"],
        user_id=item["userId"],
        refresh_hashes=frozenset(item["refreshHashes"]),
        expires_at=datetime.fromtimestamp(item["expiresAt"], UTC),
        previous_hash=item.get("previousHash"),
        rotated_at=from_iso(item["rotatedAt"]) if "rotatedAt" in item else None,
        revoked_at=from_iso(item["revokedAt"]) if "revokedAt" in item else None,
        platform=item.get("platform", "unknown"),
        is_operator=item.get("isOperator", False),
    )
