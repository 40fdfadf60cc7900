"""Bodies of the credits endpoints."""

from __future__ import annotations

from renderiq.domain.credits import Account
from renderiq.models.wire import WireModel


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
