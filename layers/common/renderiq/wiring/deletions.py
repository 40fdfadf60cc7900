"""Receipts of deletions."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.deletions import DeletionStore
from renderiq.wiring.account_tasks import account_tasks


@cache
def deletions() -> DeletionStore:
    """Returns the store of deletions and their receipts."""
    return DeletionStore(
        client("dynamodb"),
        accounts=settings().accounts_table,
        tasks=account_tasks(),
        table=settings().account_tasks_table,
    )
