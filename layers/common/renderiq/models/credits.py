"""Bodies of the credits endpoints."""

from __future__ import annotations

from pydantic import Field

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.models.wire import Moment, UuidText, WireModel


class CreditsOut(WireModel):
    """Whole credits; months are UTC."""

    balance: int
    total_earned: int
    total_spent: int
    monthly_earned: int
    monthly_spent: int

    @classmethod
    def of(cls, account: Account) -> CreditsOut:
        return cls(
            balance=account.balance,
            total_earned=account.total_earned,
            total_spent=account.total_spent,
            monthly_earned=account.monthly_earned,
            monthly_spent=account.monthly_spent,
        )


class TransactionsQuery(WireModel):
    limit: int = Field(20, ge=1, le=100)
    cursor: UuidText | None = None


class TransactionOut(WireModel):
    """``amount`` is signed: a debit is negative."""

    id: str
    type: LedgerEntryType
    amount: int
    render_id: str | None = None
    created_at: Moment

    @classmethod
    def of(cls, entry: LedgerEntry) -> TransactionOut:
        return cls(
            id=entry.entry_id,
            type=entry.type,
            amount=entry.amount,
            render_id=entry.render_id,
            created_at=entry.at,
        )


class TransactionPage(WireModel):
    """Newest first; ``nextCursor`` is absent on the last page."""

    transactions: list[TransactionOut]
    next_cursor: str | None = None

    @classmethod
    def of(cls, entries: list[LedgerEntry], cursor: str | None) -> TransactionPage:
        return cls(transactions=[TransactionOut.of(entry) for entry in entries], next_cursor=cursor)
