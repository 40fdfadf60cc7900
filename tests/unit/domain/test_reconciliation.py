"""Discrepancies between an account, its ledger and its renders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.reconciliation import AccountRecords, RenderCharge, discrepancies
from renderiq.domain.renders import Status

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def entry(movement: LedgerEntryType, amount: int, render_id: str | None = None) -> LedgerEntry:
    return LedgerEntry(f"{movement} {render_id} {amount}", "user", movement, amount, NOW, render_id)


GRANT = entry(LedgerEntryType.GRANT, 100)
DEBIT = entry(LedgerEntryType.DEBIT, -5, "a")
REFUND = entry(LedgerEntryType.REFUND, 5, "b")
RECORDS = AccountRecords(
    Account("user", "", "", NOW, balance=95, total_earned=100, total_spent=5, monthly_earned=100, monthly_spent=5),
    (GRANT, DEBIT, entry(LedgerEntryType.DEBIT, -5, "b"), REFUND),
    (RenderCharge("a", Status.COMPLETED, 5), RenderCharge("b", Status.FAILED, 5)),
)


def test_matching_records_have_no_discrepancies() -> None:
    assert discrepancies(RECORDS, NOW) == []


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (replace(RECORDS, account=replace(RECORDS.account, balance=96)), ["the balance is 96, and by the ledger 95"]),
        (
            replace(RECORDS, account=replace(RECORDS.account, total_spent=0)),
            ["the total spent is 0, and by the ledger 5"],
        ),
        (replace(RECORDS, charges=(*RECORDS.charges, RenderCharge("c", Status.PENDING, 5))), ["render c has 0 debits"]),
        (
            replace(RECORDS, charges=(RenderCharge("a", Status.CANCELLED, 5), RECORDS.charges[1])),
            ["render a is cancelled and has 0 refunds"],
        ),
        (
            replace(RECORDS, charges=(RenderCharge("a", None, None), RECORDS.charges[1])),
            ["render a cannot be read, and 5 credits are paid for it"],
        ),
        (
            replace(RECORDS, charges=(RECORDS.charges[0], RenderCharge("b", Status.COMPLETED, 5))),
            ["render b is completed and has 1 refunds"],
        ),
        (
            replace(RECORDS, charges=(RenderCharge("a", Status.COMPLETED, 10), RECORDS.charges[1])),
            ["render a costs 10, and 5 was debited"],
        ),
    ],
)
def test_each_discrepancy_is_reported(checked: AccountRecords, expected: list[str]) -> None:
    assert discrepancies(checked, NOW) == expected


def test_a_double_refund_is_reported() -> None:
    account = replace(RECORDS.account, balance=100, total_spent=0, monthly_spent=0)

    assert discrepancies(replace(RECORDS, account=account, entries=(*RECORDS.entries, REFUND)), NOW) == [
        "render b is failed and has 2 refunds"
    ]


def test_a_render_removed_with_its_project_is_no_discrepancy() -> None:
    checked = replace(RECORDS, charges=RECORDS.charges[1:])

    assert (discrepancies(checked, NOW), checked.renders_without_record) == ([], 1)


OTHER_MONTH = datetime(2026, 4, 30, 23, 59, tzinfo=UTC)


def records(*entries: LedgerEntry, charges: tuple[RenderCharge, ...] = (), **account: int) -> AccountRecords:
    """Returns records whose totals agree with the entries, except for the totals that are given."""
    earned = sum(each.amount for each in entries if each.type is LedgerEntryType.GRANT)
    spent = -sum(each.amount for each in entries if each.type is not LedgerEntryType.GRANT)
    totals: dict[str, Any] = {"balance": earned - spent, "total_earned": earned, "total_spent": spent} | {
        "monthly_earned": earned,
        "monthly_spent": spent,
    }
    return AccountRecords(Account("user", "", "", NOW, **(totals | account)), entries, charges)


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (records(GRANT, total_earned=99), ["the total earned is 99, and by the ledger 100"]),
        (records(GRANT, monthly_earned=99), ["the earned this month is 99, and by the ledger 100"]),
        (records(GRANT, monthly_spent=1), ["the spent this month is 1, and by the ledger 0"]),
        (records(), []),
        (
            records(
                entry(LedgerEntryType.GRANT, 1000),
                entry(LedgerEntryType.DEBIT, -1000, "a"),
                entry(LedgerEntryType.REFUND, 1000, "a"),
                charges=(RenderCharge("a", Status.FAILED, 1000),),
            ),
            [],
        ),
        (records(entry(LedgerEntryType.GRANT, 600), entry(LedgerEntryType.GRANT, 600), balance=1200), []),
        (
            records(entry(LedgerEntryType.DEBIT, -1, "a"), charges=(RenderCharge("a", Status.PENDING, 1),)),
            ["the balance is -1"],
        ),
        (
            records(entry(LedgerEntryType.DEBIT, -5), entry(LedgerEntryType.REFUND, 5)),
            [
                "debit debit None -5 is of no render",
                "refund refund None 5 is of no render",
            ],
        ),
        (
            records(GRANT, DEBIT, DEBIT, charges=(RenderCharge("a", Status.COMPLETED, 5),)),
            ["render a has 2 debits"],
        ),
        (
            records(GRANT, DEBIT, DEBIT, entry(LedgerEntryType.REFUND, 5, "a"), entry(LedgerEntryType.REFUND, 5, "a")),
            ["render a has 2 debits", "render a has 2 refunds"],
        ),
        (records(GRANT, DEBIT, entry(LedgerEntryType.REFUND, 5, "a")), []),
        (
            records(GRANT, DEBIT, charges=(RenderCharge("a", Status.COMPLETED, 4),)),
            ["render a costs 4, and 5 was debited"],
        ),
        (
            records(GRANT, DEBIT, entry(LedgerEntryType.DEBIT, -4, "a"), entry(LedgerEntryType.REFUND, 4, "a")),
            ["render a has 2 debits", "render a was debited 5, and 4 was refunded"],
        ),
        (
            records(GRANT, DEBIT, entry(LedgerEntryType.REFUND, 6, "a"), entry(LedgerEntryType.REFUND, 4, "a")),
            ["render a has 2 refunds", "render a was debited 5, and 6 was refunded"],
        ),
        (
            records(GRANT, DEBIT, entry(LedgerEntryType.REFUND, 6, "a")),
            ["render a was debited 5, and 6 was refunded"],
        ),
        (
            records(
                GRANT,
                DEBIT,
                entry(LedgerEntryType.REFUND, 4, "a"),
                charges=(RenderCharge("a", Status.CANCELLED, 5),),
            ),
            ["render a was debited 5, and 4 was refunded"],
        ),
        (records(entry(LedgerEntryType.REFUND, 5, "a")), ["render a has 0 debits"]),
        (
            records(GRANT, DEBIT, entry(LedgerEntryType.REFUND, 2, "a"), charges=(RenderCharge("a", None, None),)),
            ["render a cannot be read, and 3 credits are paid for it"],
        ),
        (
            records(
                GRANT,
                DEBIT,
                entry(LedgerEntryType.DEBIT, -5, "b"),
                charges=(RenderCharge("a", None, None), RenderCharge("b", Status.COMPLETED, 6)),
            ),
            ["render a cannot be read, and 5 credits are paid for it", "render b costs 6, and 5 was debited"],
        ),
    ],
)
def test_each_kind_of_discrepancy_is_reported_by_name(checked: AccountRecords, expected: list[str]) -> None:
    assert discrepancies(checked, NOW) == expected


def test_monthly_totals_are_of_the_current_month_only() -> None:
    earlier = replace(GRANT, at=OTHER_MONTH)

    assert discrepancies(records(earlier, monthly_earned=0), NOW) == []
    assert discrepancies(records(replace(GRANT, at=NOW.replace(year=2025)), monthly_earned=0), NOW) == []
    assert discrepancies(records(replace(GRANT, at=NOW.replace(month=6)), monthly_earned=0), NOW) == []


def test_renders_without_a_record_are_counted_once() -> None:
    refunded = entry(LedgerEntryType.REFUND, 5, "a")

    assert records(GRANT, DEBIT, refunded).renders_without_record == 1
    assert records(GRANT, DEBIT, charges=(RenderCharge("a", Status.COMPLETED, 5),)).renders_without_record == 0


def test_failed_and_cancelled_renders_are_refunded() -> None:
    assert {status for status in Status if RenderCharge("a", status, 5).is_refunded} == {
        Status.FAILED,
        Status.CANCELLED,
    }
