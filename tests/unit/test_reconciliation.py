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
