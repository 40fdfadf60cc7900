"""Reconciliation finds balances without ledger entries and ledger entries without balances."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local.reconcile import reconcile
from renderiq.domain.credits import Account, LedgerEntry, LedgerEntryType
from renderiq.domain.reconciliation import AccountRecords, RenderCharge, discrepancies
from renderiq.domain.renders import Status
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import call
from tests.support.renders import post_render
from tests.support.wiring import reconciliation_service

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
    ("records", "expected"),
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
def test_each_discrepancy_is_reported(records: AccountRecords, expected: list[str]) -> None:
    assert discrepancies(records, NOW) == expected


def test_a_double_refund_is_reported() -> None:
    account = replace(RECORDS.account, balance=100, total_spent=0, monthly_spent=0)

    assert discrepancies(replace(RECORDS, account=account, entries=(*RECORDS.entries, REFUND)), NOW) == [
        "render b is failed and has 2 refunds"
    ]


def test_a_render_removed_with_its_project_is_no_discrepancy() -> None:
    records = replace(RECORDS, charges=RECORDS.charges[1:])

    assert (discrepancies(records, NOW), records.renders_without_record) == ([], 1)


@pytest.fixture
def user_with_renders(aws: AwsEnvironment) -> User:
    """A user with a pending and a cancelled render."""
    user = create_user(aws)
    for cancel in (False, True):
        made = post_render(user).data
        if cancel:
            call("renders_id", "DELETE", f"/renders/{made['renderId']}", headers=user.headers)
    return user


def test_every_account_is_read_and_totals_are_reported(user_with_renders: User) -> None:
    lines: list[str] = []

    status = reconcile(reconciliation_service(), lines.append)

    assert (status, lines) == (0, ["1 accounts, 95 credits, 4 movements, 2 renders (0 more gone)", "no discrepancies"])


def test_a_balance_that_changed_without_a_ledger_entry_is_reported(
    user_with_renders: User, aws: AwsEnvironment
) -> None:
    aws.client("dynamodb").update_item(
        TableName=settings().accounts_table,
        Key=to_attributes({"userId": user_with_renders.user_id}),
        UpdateExpression="ADD balance :one",
        ExpressionAttributeValues=to_attributes({":one": 1}),
    )
    lines: list[str] = []

    status = reconcile(reconciliation_service(), lines.append)

    assert status == 1
    assert f"✗ {user_with_renders.user_id}: the balance is 96, and by the ledger 95" in lines
