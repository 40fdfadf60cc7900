"""Reading an account and its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from renderiq.domain.credits import Account, LedgerEntry
from renderiq.stores.accounts import AccountStore


@dataclass(frozen=True, slots=True)
class AccountService:
    """Reads accounts and their ledger."""

    accounts: AccountStore

    def get(self, user_id: str, now: datetime) -> Account:
        """Returns the account. Its month totals are those of ``now``'s month in UTC. Raises ``NOT_FOUND``."""
        return self.accounts.get(user_id, now)

    def ledger(
        self, user_id: str, *, limit: int, before: str | None, created_by: str | None = None
    ) -> tuple[list[LedgerEntry], str | None]:
        """Returns ledger entries, newest first, and the cursor of the next page, which is None on the last page.

        ``created_by`` leaves only those of one member or key of an organisation.
        """
        return self.accounts.entries(user_id, limit=limit, before=before, created_by=created_by)
