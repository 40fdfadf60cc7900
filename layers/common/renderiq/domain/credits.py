"""Credits. Every movement is a ledger entry, and the sum of a ledger is always the account's balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LedgerEntryType(StrEnum):
    """Why credits moved."""

    GRANT = "grant"
    DEBIT = "debit"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One movement of credits. ``amount`` is signed: a debit is negative."""

    entry_id: str
    user_id: str
    type: LedgerEntryType
    amount: int
    at: datetime
    render_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account and its credits.

    Grants count as earned, and debits minus refunds as spent. Months are calendar months in UTC.
    """

    user_id: str
    email: str
    name: str
    created_at: datetime
    balance: int = 0
    total_earned: int = 0
    total_spent: int = 0
    monthly_earned: int = 0
    monthly_spent: int = 0
    sessions_valid_after: datetime | None = None
    """Sessions that were opened before are not refreshed. None if the user's sessions were never ended together."""
