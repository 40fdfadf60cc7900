"""Accounts and their ledger in DynamoDB.

Credits move only by ``ledger_actions``, within the transaction that gives the reason for it.

Accounts  PK userId; balance, totalEarned, totalSpent, earned_<yyyymm>, spent_<yyyymm>
Ledger    PK userId   SK entryId (UUIDv7: newest last)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.errors import not_found
from renderiq.stores.items import (
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
        try:
            transact(self._client, [{"Put": put}, self._put_entry(welcome)], token=welcome.entry_id)
        except TransactionRejectedError:
            return False
        return True

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

    def entries(self, user_id: str, *, limit: int, before: str | None) -> tuple[list[LedgerEntry], str | None]:
        """Returns ledger entries, newest first, and the entry id at which the next page continues (None if last)."""
        values = {":user": user_id}
        condition = "userId = :user"
        if before:
            condition += " AND entryId < :before"
            values[":before"] = before
        response = self._client.query(
            TableName=self._ledger,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_attributes(values),
            ScanIndexForward=False,
            Limit=limit + 1,
            ConsistentRead=True,
        )
        found = [_entry(from_attributes(item)) for item in response["Items"]]
        return found[:limit], found[limit - 1].entry_id if len(found) > limit else None

    def user_ids(self) -> Iterator[str]:
        """Yields the user id of every account, in no order. It scans the whole table."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._accounts, ProjectionExpression="userId")
        return (from_attributes(item)["userId"] for page in pages for item in page["Items"])

    def ledger_actions(self, *entries: LedgerEntry) -> list[Action]:
        """Returns the actions of a transaction that move credits: first the balance, then the ledger entries.

        The entries are of one user, type and month. A debit is rejected if the balance is too small for all of them.
        The rejection then has the account's item.
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
            condition = "balance >= :positive" if debit else "attribute_exists(userId)"
            used = {":amount", ":spent", ":positive"} if debit else {":amount", ":spent"}
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
        }
        return {
            "Put": {
                "TableName": self._ledger,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(entryId)",
            }
        }


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
        sessions_valid_after=from_iso(item["sessionsValidAfter"]) if "sessionsValidAfter" in item else None,
    )


def _entry(item: Item) -> LedgerEntry:
    return LedgerEntry(
        entry_id=item["entryId"],
        user_id=item["userId"],
        type=LedgerEntryType(item["movement"]),
        amount=item["amount"],
        at=from_iso(item["at"]),
        render_id=item.get("renderId"),
    )
