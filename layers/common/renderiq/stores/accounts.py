"""Accounts and their ledger in DynamoDB.

Credits move only by ``ledger_actions``, within the transaction that gives the reason for it.

Accounts  PK userId; balance, totalEarned, totalSpent, earned_<yyyymm>, spent_<yyyymm>
          freeSlots and waitingRenders, of organisations only
Ledger    PK userId   SK entryId (UUIDv7: newest last)
          GSI member    memberKey ``<organization id>#<created by>``, entryId    sparse: of organisations only
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType, Slots
from renderiq.errors import not_found
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    conditional,
    from_attributes,
    to_attributes,
    try_transact,
    update_item,
)


class AccountStore:
    """Reads and writes accounts and ledger entries."""

    def __init__(self, client: Any, *, accounts: str, ledger: str) -> None:
        self._client = client
        self._accounts = accounts
        self._ledger = ledger

    def find(self, user_id: str, now: datetime) -> Account | None:
        """Returns the account, or None. Its month totals are those of ``now``'s month in UTC."""
        response = self._client.get_item(
            TableName=self._accounts, Key=to_attributes({"userId": user_id}), ConsistentRead=True
        )
        return _from_item(from_attributes(response["Item"]), now) if "Item" in response else None

    def get(self, user_id: str, now: datetime) -> Account:
        """Returns the account as ``find`` does. Raises ``NOT_FOUND`` if there is none."""
        account = self.find(user_id, now)
        if account is None:
            raise not_found("account")
        return account

    def open(self, account: Account, welcome: LedgerEntry) -> bool:
        """Creates the account with its welcome credits. Returns False if it exists already."""
        month = _month(account.created_at)
        item = {
            "userId": account.user_id,
            "email": account.email,
            "name": account.name,
            "createdAt": to_iso(account.created_at),
            "balance": welcome.amount,
            "totalEarned": welcome.amount,
            "totalSpent": 0,
            f"earned_{month}": welcome.amount,
        }
        put = {
            "TableName": self._accounts,
            "Item": to_attributes(item),
            "ConditionExpression": "attribute_not_exists(userId)",
        }
        return try_transact(self._client, [{"Put": put}, self._put_entry(welcome)], token=welcome.entry_id)

    def open_pool_action(self, account: Account) -> Action:
        """Returns the action of a transaction that creates the account of an organisation, its credit pool, empty."""
        item = {
            "userId": account.user_id,
            "email": account.email,
            "name": account.name,
            "createdAt": to_iso(account.created_at),
            "balance": 0,
            "totalEarned": 0,
            "totalSpent": 0,
            "freeSlots": account.free_slots,
            "waitingRenders": 0,
        }
        return {
            "Put": {
                "TableName": self._accounts,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(userId)",
            }
        }

    def book(self, entry: LedgerEntry, further: Sequence[Action] = ()) -> bool:
        """Books a movement of credits with further writes, all or nothing. Returns False if there is no account."""
        return try_transact(self._client, [*self.ledger_actions(entry), *further], token=entry.entry_id)

    def end_sessions(self, user_id: str, at: datetime) -> bool:
        """Makes every session that was opened up to ``at`` invalid for refresh. Returns False without an account."""
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._accounts,
                    Key=to_attributes({"userId": user_id}),
                    UpdateExpression="SET sessionsValidAfter = :at",
                    ConditionExpression="attribute_exists(userId)",
                    ExpressionAttributeValues=to_attributes({":at": to_iso(at)}),
                )
        except ConditionFailedError:
            return False
        return True

    def entries(
        self, user_id: str, *, limit: int, before: str | None, created_by: str | None = None
    ) -> tuple[list[LedgerEntry], str | None]:
        """Returns ledger entries, newest first, and the entry id at which the next page continues (None if last).

        ``created_by`` leaves only those of one member or key of an organisation, from an index that is eventually
        consistent.
        """
        values = {":user": f"{user_id}#{created_by}" if created_by else user_id}
        condition = f"{'memberKey' if created_by else 'userId'} = :user"
        if before:
            condition += " AND entryId < :before"
            values[":before"] = before
        response = self._client.query(
            TableName=self._ledger,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_attributes(values),
            ScanIndexForward=False,
            Limit=limit + 1,
            **({"IndexName": "member"} if created_by else {"ConsistentRead": True}),
        )
        found = [_entry(from_attributes(item)) for item in response["Items"]]
        return found[:limit], found[limit - 1].entry_id if len(found) > limit else None

    def user_ids(self) -> Iterator[str]:
        """Yields the user id of every account that is not being deleted, in no order. It scans the whole table."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._accounts,
            ProjectionExpression="userId",
            FilterExpression="attribute_not_exists(closedAt)",
        )
        return (from_attributes(item)["userId"] for page in pages for item in page["Items"])

    def slots_action(self, organization_id: str, more: int) -> Action:
        """Returns the action of a transaction that changes how many renders may be worked on at the same time."""
        return self._slots(organization_id, "ADD freeSlots :more", "attribute_exists(freeSlots)", {":more": more})

    def start_action(self, organization_id: str) -> Action:
        """Returns the action of a transaction that gives a free slot to a render that waits.

        It is rejected if no slot is free.
        """
        values = {":less": -1, ":zero": 0}
        return self._slots(organization_id, "ADD freeSlots :less, waitingRenders :less", "freeSlots > :zero", values)

    def _slots(self, organization_id: str, update: str, condition: str, values: Item) -> Action:
        return {
            "Update": {
                "TableName": self._accounts,
                "Key": to_attributes({"userId": organization_id}),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_attributes(values),
            }
        }

    def ledger_actions(self, *entries: LedgerEntry, slots: Slots | None = None) -> list[Action]:
        """Returns the actions of a transaction that move credits: first the balance, then the ledger entries.

        The entries are of one user, type and month. A debit is rejected if the balance is too small for all of them,
        or if the account is closed. The rejection then has the account's item. With ``slots``, the account is that of
        an organisation, and its slots change too; the rejection may be for them then.
        """
        first, amount = entries[0], sum(entry.amount for entry in entries)
        month = _month(first.at)
        values: Item = {":amount": amount, ":positive": abs(amount), ":spent": -amount}
        if first.type is LedgerEntryType.GRANT:
            update = f"ADD balance :amount, totalEarned :amount, earned_{month} :amount"
            condition = "attribute_exists(userId)"
            used = {":amount"}
        else:
            update = f"ADD balance :amount, totalSpent :spent, spent_{month} :spent"
            debit = first.type is LedgerEntryType.DEBIT
            condition = (
                "balance >= :positive AND attribute_not_exists(closedAt)" if debit else "attribute_exists(userId)"
            )
            used = {":amount", ":spent", ":positive"} if debit else {":amount", ":spent"}
        if slots:
            changed, needed, numbers = _SLOTS[slots](len(entries))
            update += f", {changed}"
            condition += f" AND {needed}" if needed else ""
            values |= numbers
            used |= numbers.keys()
        return [
            {
                "Update": {
                    "TableName": self._accounts,
                    "Key": to_attributes({"userId": first.user_id}),
                    "UpdateExpression": update,
                    "ConditionExpression": condition,
                    "ExpressionAttributeValues": to_attributes({name: values[name] for name in used}),
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            *(self._put_entry(entry) for entry in entries),
        ]

    def _put_entry(self, entry: LedgerEntry) -> Action:
        item = {
            "userId": entry.user_id,
            "entryId": entry.entry_id,
            "movement": entry.type,
            "amount": entry.amount,
            "at": to_iso(entry.at),
            "renderId": entry.render_id,
            "reason": entry.reason,
        }
        if entry.created_by:
            item |= {"createdBy": entry.created_by, "memberKey": f"{entry.user_id}#{entry.created_by}"}
        return {
            "Put": {
                "TableName": self._ledger,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(entryId)",
            }
        }


_SLOTS: Final[Mapping[Slots, Callable[[int], tuple[str, str, dict[str, int]]]]] = {
    Slots.TAKE: lambda count: (
        "freeSlots :less",
        "freeSlots >= :count AND waitingRenders = :zero",
        {":less": -count, ":count": count, ":zero": 0},
    ),
    Slots.WAIT: lambda count: (
        "waitingRenders :count",
        "(freeSlots < :count OR waitingRenders > :zero)",
        {":count": count, ":zero": 0},
    ),
    Slots.FREE: lambda count: ("freeSlots :count", "", {":count": count}),
    Slots.LEAVE: lambda count: ("waitingRenders :less", "", {":less": -count}),
}
"""What is added, under which condition, and the values, for a number of renders."""


def _month(moment: datetime) -> str:
    return f"{moment:%Y%m}"


def _from_item(item: Item, now: datetime) -> Account:
    month = _month(now)
    return Account(
        user_id=item["userId"],
        email=item["email"],
        name=item["name"],
        created_at=from_iso(item["createdAt"]),
        balance=item["balance"],
        total_earned=item["totalEarned"],
        total_spent=item["totalSpent"],
        monthly_earned=item.get(f"earned_{month}", 0),
        monthly_spent=item.get(f"spent_{month}", 0),
        free_slots=item.get("freeSlots"),
        waiting_renders=item.get("waitingRenders", 0),
        sessions_valid_after=from_iso(item["sessionsValidAfter"]) if "sessionsValidAfter" in item else None,
        closed_at=from_iso(item["closedAt"]) if "closedAt" in item else None,
    )


def _entry(item: Item) -> LedgerEntry:
    return LedgerEntry(
        entry_id=item["entryId"],
        user_id=item["userId"],
        type=LedgerEntryType(item["movement"]),
        amount=item["amount"],
        at=from_iso(item["at"]),
        render_id=item.get("renderId"),
        created_by=item.get("createdBy"),
        reason=item.get("reason"),
    )
