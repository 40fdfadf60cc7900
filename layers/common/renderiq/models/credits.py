"""Responses of the credits endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.models.responses import ResponseModel, described

if TYPE_CHECKING:
    from renderiq.domain.organizations import Member, Membership, Organization


class MemberSpendingOut(ResponseModel):
    """What a member has spent of the pool of an organisation this month, in credits."""

    spent_this_month: int
    monthly_credits: int | None = described("The cap, if there is one.", default=None)

    @classmethod
    def of(cls, member: Member, organization: Organization) -> MemberSpendingOut:
        """Returns the spending of a member."""
        return cls(spent_this_month=member.spent_this_month, monthly_credits=member.cap(organization.policy))


class CreditsOut(ResponseModel):
    """The balance and the totals of an account, in whole credits. A month begins at midnight UTC."""

    balance: int
    total_earned: int
    total_spent: int
    monthly_earned: int
    monthly_spent: int
    member: MemberSpendingOut | None = None

    @classmethod
    def of(cls, account: Account, membership: Membership | None = None) -> CreditsOut:
        """Returns the credits of the account, and those of a member if it is the account of an organisation."""
        member = membership.member if membership else None
        return cls(
            member=MemberSpendingOut.of(member, membership.organization) if membership and member else None,
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
    member_id: str | None = described(
        "Who has ordered, in an organization: a user id, or `key#` and the id of a key.", default=None
    )
    reason: str | None = described("Of a grant.", default=None)
    created_at: datetime

    @classmethod
    def of(cls, entry: LedgerEntry) -> TransactionOut:
        """Returns the response for a ledger entry."""
        return cls(
            id=entry.entry_id,
            type=entry.type,
            amount=entry.amount,
            render_id=entry.render_id,
            member_id=entry.created_by,
            reason=entry.reason,
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
