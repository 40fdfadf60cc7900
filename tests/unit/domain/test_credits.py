"""Credits."""

from __future__ import annotations

from datetime import UTC, datetime

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_new_account_has_no_credits() -> None:
    assert Account("u", "", "", NOW) == Account("u", "", "", NOW, 0, 0, 0, 0, 0)


def test_the_types_of_ledger_entries_never_change() -> None:
    assert [*LedgerEntryType] == ["grant", "debit", "refund"]
    assert LedgerEntry("e", "u", LedgerEntryType.GRANT, 1, NOW).render_id is None
