"""Credits. Every movement is a ledger entry, and the sum of a ledger is always the account's balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

KEY_ACTOR: Final = "key#"
"""Begins the name of an actor that is a key of an organisation: ``key#<key id>``. Other actors are user ids."""


class LedgerEntryType(StrEnum):
    """Why credits moved."""

    GRANT = "grant"
    DEBIT = "debit"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One movement of credits. ``amount`` is signed: a debit is negative.

    ``created_by`` is who has ordered the render, if the account is that of an organisation: a user id, or ``key#<key
    id>``. An operator's grant has its ``reason``.
    """

    entry_id: str
    user_id: str
    type: LedgerEntryType
    amount: int
    at: datetime
    render_id: str | None = None
    created_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Spender:
    """Who orders renders for an organisation: a member with its cap of credits a month, or a key, which has none."""

    created_by: str
    monthly_cap: int | None = None
    is_member: bool = True


def is_member(created_by: str | None) -> bool:
    """Returns whether it is a member of an organisation who has ordered: neither one of its keys, nor a user alone."""
    return created_by is not None and not created_by.startswith(KEY_ACTOR)


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
    closed_at: datetime | None = None
    """Since when the account is being deleted."""
    free_slots: int | None = None
    """Of an organisation: how many more renders may be worked on now. It is negative if the limit was lowered."""
    waiting_renders: int = 0
    """Of an organisation: how many renders wait for a slot."""


class Slots(StrEnum):
    """How renders of an organisation use its slots, the renders that may be worked on at the same time."""

    TAKE = "take"
    """An order takes free slots; none may be waiting before it."""
    WAIT = "wait"
    """An order waits, because there are not enough free slots, or others are waiting."""
    FREE = "free"
    """A render has ended, and its slot is free."""
    LEAVE = "leave"
    """A render that was waiting has ended."""
