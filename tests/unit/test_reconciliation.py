"""Reconciliation finds balances without ledger entries and ledger entries without balances."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin.reconcile import reconcile
from renderiq.settings import settings
from renderiq.stores.items import to_attributes
from tests.support.accounts import User, create_user
from tests.support.aws import AwsEnvironment
from tests.support.http import call
from tests.support.organizations import create_office
from tests.support.renders import post_render
from tests.support.wiring import reconciliation_service

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


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

    assert (status, lines) == (
        0,
        [
            "1 accounts, 95 credits, 4 movements, 2 renders (0 more gone)",
            "0 organizations with 0 members, also those who have left",
            "no discrepancies",
        ],
    )


def test_what_is_being_deleted_is_not_compared(user_with_renders: User, aws: AwsEnvironment) -> None:
    office = create_office(aws, credits_=10)
    before: list[str] = []
    reconcile(reconciliation_service(), before.append)
    for headers, function, path in (
        (user_with_renders.headers, "account", "/account"),
        (office.owner.headers, "organizations_id", f"/organizations/{office.organization_id}"),
    ):
        assert call(function, "DELETE", path, headers=headers, json={}).status == 202
    after: list[str] = []
    reconcile(reconciliation_service(), after.append)

    fewer = [
        int(old.partition(" ")[0]) - int(new.partition(" ")[0]) for old, new in zip(before[:2], after[:2], strict=True)
    ]
    assert fewer == [2, 1]


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
