"""Sign-ins of devices in DynamoDB. The codes themselves are not stored.

PK codeHash: ``device#<hash of the device code>``, the sign-in; or
             ``user#<hash of the user code>``, which has the hash of its device code
TTL expiresAt, an hour after the codes expire, so that a late device learns what has happened
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.device_codes import SLOW_DOWN_BY, DeviceCodeStatus, DeviceGrant
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    conditional,
    delete_item,
    from_attributes,
    to_attributes,
    try_transact,
    update_item,
)

_DEVICE: Final = "device#"
_USER: Final = "user#"
_KEPT_FOR: Final = timedelta(hours=1)


class DeviceCodeStore:
    """Reads and writes the sign-ins of devices."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, grant: DeviceGrant, *, user_code_hash: str) -> bool:
        """Stores a new sign-in. Returns False if its user code is in use."""
        expires_at = int((grant.expires_at + _KEPT_FOR).timestamp())
        pointer = {"codeHash": _USER + user_code_hash, "deviceHash": grant.device_hash, "expiresAt": expires_at}
        item = {
            "codeHash": _DEVICE + grant.device_hash,
            "platform": grant.platform,
            "address": grant.address,
            "createdAt": to_iso(grant.created_at),
            "status": grant.status,
            "intervalSeconds": int(grant.interval.total_seconds()),
            "expiresAt": expires_at,
        }
        return try_transact(self._client, [self._put(pointer), self._put(item)], token=grant.device_hash[:36])

    def find(self, user_code_hash: str) -> DeviceGrant | None:
        """Returns the sign-in with this user code, or None."""
        pointer = self._get(_USER + user_code_hash)
        item = self._get(_DEVICE + pointer["deviceHash"]) if pointer else {}
        return _from_item(item) if item else None

    def poll(self, device_hash: str, *, now: datetime) -> DeviceGrant | None:
        """Notes that the device has asked. Returns the sign-in as it was before, or None if there is none."""
        try:
            with conditional():
                response = update_item(
                    self._client,
                    **self._place(device_hash),
                    UpdateExpression="SET lastPolledAt = :now",
                    ConditionExpression="attribute_exists(codeHash)",
                    ExpressionAttributeValues=to_attributes({":now": to_iso(now)}),
                    ReturnValues="ALL_OLD",
                )
        except ConditionFailedError:
            return None
        return _checked(from_attributes(response["Attributes"]), _DEVICE + device_hash)

    def slow_down(self, device_hash: str) -> None:
        """Makes the interval of a device longer by ``SLOW_DOWN_BY``."""
        update_item(
            self._client,
            **self._place(device_hash),
            UpdateExpression="ADD intervalSeconds :more",
            ExpressionAttributeValues=to_attributes({":more": int(SLOW_DOWN_BY.total_seconds())}),
        )

    def decide(self, device_hash: str, status: DeviceCodeStatus, *, user_id: str, now: datetime) -> bool:
        """Stores what the user has decided. Returns False if it was decided before or there is no such sign-in."""
        try:
            with conditional():
                update_item(
                    self._client,
                    **self._place(device_hash),
                    UpdateExpression="SET #status = :status, userId = :user, decidedAt = :now",
                    ConditionExpression="#status = :pending",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_attributes(
                        {
                            ":status": status,
                            ":user": user_id,
                            ":now": to_iso(now),
                            ":pending": DeviceCodeStatus.PENDING,
                        }
                    ),
                )
        except ConditionFailedError:
            return False
        return True

    def consume(self, device_hash: str) -> bool:
        """Deletes an approved sign-in. Returns False if another request was first."""
        try:
            with conditional():
                delete_item(
                    self._client,
                    **self._place(device_hash),
                    ConditionExpression="#status = :approved",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_attributes({":approved": DeviceCodeStatus.APPROVED}),
                )
        except ConditionFailedError:
            return False
        return True

    def _place(self, device_hash: str) -> dict[str, Any]:
        return {"TableName": self._table, "Key": to_attributes({"codeHash": _DEVICE + device_hash})}

    def _get(self, code_hash: str) -> Item:
        """Returns the item, empty if there is none."""
        response = self._client.get_item(
            TableName=self._table, Key=to_attributes({"codeHash": code_hash}), ConsistentRead=True
        )
        item = from_attributes(response.get("Item", {}))
        return item if item and hmac.compare_digest(item["codeHash"], code_hash) else {}

    def _put(self, item: Item) -> Action:
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(codeHash)",
            }
        }


def _checked(item: Item, code_hash: str) -> DeviceGrant | None:
    return _from_item(item) if hmac.compare_digest(item["codeHash"], code_hash) else None


def _from_item(item: Item) -> DeviceGrant:
    return DeviceGrant(
        device_hash=item["codeHash"].removeprefix(_DEVICE),
        platform=item["platform"],
        address=item["address"],
        created_at=from_iso(item["createdAt"]),
        status=DeviceCodeStatus(item["status"]),
        interval=timedelta(seconds=item["intervalSeconds"]),
        last_polled_at=from_iso(item["lastPolledAt"]) if "lastPolledAt" in item else None,
        user_id=item.get("userId"),
        decided_at=from_iso(item["decidedAt"]) if "decidedAt" in item else None,
    )
