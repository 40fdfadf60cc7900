"""Idempotency keys in DynamoDB: one item beside what the request created, written in the same transaction.

The item has the keys of its table, claimedBy (the id of what was created), fingerprint and expiresAt (TTL).
"""

from __future__ import annotations

from datetime import datetime

from renderiq.domain.idempotency import IDEMPOTENCY_KEY_TTL, IdempotencyClaim
from renderiq.errors import ApiError, ErrorCode
from renderiq.stores.items import Action, Item, to_attributes


class AlreadyAcceptedError(Exception):
    """The idempotency key belongs to an earlier request, which created ``claimed_by`` and asked for ``fingerprint``."""

    def __init__(self, claimed_by: str, fingerprint: str) -> None:
        super().__init__(claimed_by)
        self.claimed_by = claimed_by
        self.fingerprint = fingerprint

    @classmethod
    def of(cls, item: Item) -> AlreadyAcceptedError:
        """Returns the error for the item that ``claim_action`` found in its place."""
        return cls(item["claimedBy"], item["fingerprint"])

    def check(self, claim: IdempotencyClaim | None) -> str:
        """Returns the id of what the earlier request created. Raises ``IDEMPOTENCY_KEY_REUSED`` if it was another."""
        if claim is None or self.fingerprint != claim.fingerprint:
            raise ApiError(ErrorCode.IDEMPOTENCY_KEY_REUSED) from self
        return self.claimed_by


def claim_action(
    table: str, place: Item, claim: IdempotencyClaim, *, claimed_by: str, key_attribute: str, now: datetime
) -> Action:
    """Returns the part of a transaction that claims a key. It is rejected if an earlier request has claimed the key.

    ``place`` has the item's keys, of which ``key_attribute`` is one.
    """
    item = {
        **place,
        "claimedBy": claimed_by,
        "fingerprint": claim.fingerprint,
        "expiresAt": int((now + IDEMPOTENCY_KEY_TTL).timestamp()),
    }
    return {
        "Put": {
            "TableName": table,
            "Item": to_attributes(item),
            "ConditionExpression": f"attribute_not_exists({key_attribute}) OR expiresAt < :now",
            "ExpressionAttributeValues": to_attributes({":now": int(now.timestamp())}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }
