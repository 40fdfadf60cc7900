"""Reading who is a member of an organisation, from DynamoDB.

PK organizationId   SK item: ``organization``; ``member#<user id>``, also of those who have left
GSI user            userId, organizationId    sparse: members who have not left

``stores/organizations.py`` writes these items.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso
from renderiq.domain.access import Role
from renderiq.domain.credits import LedgerEntry, Spender
from renderiq.domain.organizations import Limits, Member, Membership, Organization, Policy
from renderiq.domain.retention import RetentionChoice
from renderiq.errors import ApiError, ErrorCode
from renderiq.stores.items import Action, Item, from_attributes, to_attributes

ORGANIZATION: Final = "organization"
MEMBER: Final = "member#"
CLOSED: Final = "closedAt"
"""The attribute of an organisation that is being deleted. Nobody is a member of it any more."""
_PAUSES: Final = (0.05, 0.2, None)


class MembershipStore:
    """Reads memberships."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, organization_id: str, user_id: str | None, now: datetime) -> Membership | None:
        """Returns the membership of a user, or None if the user is no member.

        It is None too if the organisation does not exist, or is being deleted. Without a user, it is the membership of
        a key of the organisation. It takes one call.
        """
        return self._find(organization_id, user_id, now, {})[0]

    def find_with(
        self, organization_id: str, user_id: str | None, now: datetime, *, table: str, keys: Item
    ) -> tuple[Membership | None, Item]:
        """Returns what ``find`` does, and another item, empty if there is none. Both take one call."""
        return self._find(organization_id, user_id, now, {table: keys})

    def organizations(self, *, after: str | None) -> Iterator[tuple[str, datetime]]:
        """Yields id and time of creation of every organisation that is not being deleted.

        The order is always the same. It begins behind the id ``after``, or at the beginning. It scans the whole table,
        and may show what was stored seconds before.
        """
        begin = {"ExclusiveStartKey": to_attributes({"organizationId": after, "item": ORGANIZATION})} if after else {}
        items = self._scan_organizations("organizationId, createdAt", **begin)
        return ((item["organizationId"], from_iso(item["createdAt"])) for item in items)

    def _scan_organizations(self, attributes: str, **begin: Any) -> Iterator[Item]:
        """Yields ``attributes`` of every organisation that is not being deleted."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression=f"#item = :organization AND attribute_not_exists({CLOSED})",
            ProjectionExpression=attributes,
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=to_attributes({":organization": ORGANIZATION}),
            **begin,
        )
        return (from_attributes(item) for page in pages for item in page["Items"])

    def _find(
        self, organization_id: str, user_id: str | None, now: datetime, others: dict[str, Item]
    ) -> tuple[Membership | None, Item]:
        wanted = [ORGANIZATION, *([f"{MEMBER}{user_id}"] if user_id else [])]
        keys = [to_attributes({"organizationId": organization_id, "item": item}) for item in wanted]
        requests: Any = {self._table: {"Keys": keys, "ConsistentRead": True}} | {
            table: {"Keys": [to_attributes(key)], "ConsistentRead": True} for table, key in others.items()
        }
        found = self._read(requests)
        own = {item["item"]: item for item in found.get(self._table, ())}
        other = next((item for table in others for item in found.get(table, ())), {})
        if ORGANIZATION not in own or CLOSED in own[ORGANIZATION]:
            return None, other
        organization = organization_from_item(own[ORGANIZATION])
        if user_id is None:
            return Membership(organization), other
        member = member_from_item(own[wanted[1]], now) if wanted[1] in own else None
        return (Membership(organization, member) if member and member.role else None), other

    def _read(self, requests: Any) -> dict[str, list[Item]]:
        """Raises ``SERVICE_UNAVAILABLE`` if DynamoDB does not return all items."""
        found: dict[str, list[Item]] = {}
        for pause in _PAUSES:
            answer = self._client.batch_get_item(RequestItems=requests)
            for table, items in answer["Responses"].items():
                found.setdefault(table, []).extend(map(from_attributes, items))
            requests = answer.get("UnprocessedKeys")
            if not requests:
                return found
            if pause:
                time.sleep(pause)
        raise ApiError(ErrorCode.SERVICE_UNAVAILABLE, retry_after=1)


def member_items(client: Any, table: str, user_id: str) -> Iterator[Item]:
    """Yields the items of every membership of a user, also those that have ended. It scans the whole table."""
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="#item = :member",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues=to_attributes({":member": f"{MEMBER}{user_id}"}),
        ConsistentRead=True,
    )
    return (from_attributes(item) for page in pages for item in page["Items"])


def spending_action(table: str, entry: LedgerEntry, spender: Spender | None, amount: int) -> Action:
    """Returns the action of a transaction that adds ``amount`` credits to what a member has spent in the entry's month.

    With the ``spender`` of an order, it is rejected if the member has left or would exceed the cap; the rejection then
    has the member's item. Without, it is the negative amount of a refund, which is booked whether the member has left
    or not.
    """
    month = f"spent_{entry.at:%Y%m}"
    update: Action = {
        "TableName": table,
        "Key": to_attributes({"organizationId": entry.user_id, "item": f"{MEMBER}{entry.created_by}"}),
        "UpdateExpression": f"ADD spent :amount, {month} :amount",
    }
    values: Item = {":amount": amount}
    if spender:
        update["ConditionExpression"] = "attribute_exists(#role)"
        update["ExpressionAttributeNames"] = {"#role": "role"}
        update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if spender.monthly_cap is not None:
            room = spender.monthly_cap - amount
            # A cap below the price admits no order, though the member has spent nothing yet.
            nothing_spent = f"attribute_not_exists({month}) OR " if room >= 0 else ""
            update["ConditionExpression"] += f" AND ({nothing_spent}{month} <= :room)"
            values[":room"] = room
    return {"Update": update | {"ExpressionAttributeValues": to_attributes(values)}}


def organization_from_item(item: Item) -> Organization:
    """Reads an organisation."""
    limits, policy = item["limits"], item.get("policy", {})
    return Organization(
        organization_id=item["organizationId"],
        name=item["name"],
        created_at=from_iso(item["createdAt"]),
        plan=item["plan"],
        limits=Limits(limits["requestsPerMinute"], limits["rendersAtOnce"], limits["members"]),
        policy=policy_from_item(policy),
        members=item["members"],
        owners=item["owners"],
        version=item["version"],
    )


def policy_from_item(item: Item) -> Policy:
    """Reads what ``policy_facts`` has made of a policy."""
    return Policy(
        engines=frozenset(item["engines"]) if "engines" in item else None,
        max_key_days=item.get("maxKeyDays"),
        key_networks=tuple(item.get("keyNetworks", ())),
        member_monthly_credits=item.get("memberMonthlyCredits"),
        requests_per_minute=item.get("requestsPerMinute"),
        renders_at_once=item.get("rendersAtOnce"),
        retention=RetentionChoice.of(item.get("retention", {})),
    )


def member_from_item(item: Item, now: datetime) -> Member:
    """Reads a member. The spending of the month is that of ``now``'s month in UTC."""
    return Member(
        organization_id=item["organizationId"],
        user_id=item["item"].removeprefix(MEMBER),
        role=Role(item["role"]) if "role" in item else None,
        email=item.get("email", ""),
        name=item.get("name", ""),
        joined_at=from_iso(item["joinedAt"]),
        monthly_credits=item.get("monthlyCredits"),
        spent_this_month=item.get(f"spent_{now:%Y%m}", 0),
        spent=item.get("spent", 0),
        removed_at=from_iso(item["removedAt"]) if "removedAt" in item else None,
    )
