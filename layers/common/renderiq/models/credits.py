"""Responses of the credits endpoints."""

from __future__ import annotations

from datetime import datetime

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.models.responses import ResponseModel, described


class CreditsOut(ResponseModel):
    """The balance and the totals of an account, in whole credits. A month begins at midnight UTC."""

    balance: int
    total_earned: int
    total_spent: int
    monthly_earned: int
    monthly_spent: int

    @classmethod
    def of(cls, account: Account) -> CreditsOut:
        """Returns the credits of the account."""
        return cls(
            balance=account.balance,
            total_earned=account.total_earned,
            total_spent=account.total_spent,
            monthly_earned=account.monthly_earned,
            monthly_spent=account.monthly_spent,
        )


class TransactionOut(ResponseModel):
    """One entry of the ledger."""

    id: str
    type: LedgerEntryType
    amount: int = described("In credits; negative for a debit.")
    render_id: str | None = None
    created_at: datetime

    @classmethod
    def of(cls, entry: LedgerEntry) -> TransactionOut:
        """Returns the response for a ledger entry."""
        return cls(
            id=entry.entry_id,
            type=entry.type,
            amount=entry.amount,
            render_id=entry.render_id,
            created_at=entry.at,
        )


class TransactionPage(ResponseModel):
    """A page of the ledger, from new to old. ``nextCursor`` is absent on the last page."""

    transactions: list[TransactionOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, entries: list[LedgerEntry], cursor: str | None) -> TransactionPage:
        """Returns the page of these entries. ``cursor`` is None on the last page."""
        return cls(transactions=[TransactionOut.of(entry) for entry in entries], next_cursor=cursor)
