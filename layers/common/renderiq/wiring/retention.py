"""Retention."""

from __future__ import annotations

from functools import cache

from renderiq.services.retention import RetentionService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.retention import RetentionStore
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks
from renderiq.wiring.principals import principals


@cache
def retention_choices() -> RetentionStore:
    """Returns the store of what users have chosen."""
    return RetentionStore(client("dynamodb"), settings().accounts_table, account_tasks())


@cache
def retention_service() -> RetentionService:
    """Returns the service that reads and changes retention."""
    return RetentionService(retention_choices(), account_tasks(), principals(), account_task_queue())
