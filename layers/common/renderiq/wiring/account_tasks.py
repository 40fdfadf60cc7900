"""Tasks of accounts."""

from __future__ import annotations

from functools import cache

from renderiq.settings import settings
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.aws import client


@cache
def account_tasks() -> AccountTaskStore:
    """Returns the store of tasks."""
    return AccountTaskStore(client("dynamodb"), settings().account_tasks_table)
