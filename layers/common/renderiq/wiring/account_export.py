"""Exports of accounts."""

from __future__ import annotations

from functools import cache

from renderiq.services.account_export import AccountExportService
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.exports import ExportStore
from renderiq.wiring.account_task_queue import account_task_queue
from renderiq.wiring.account_tasks import account_tasks
from renderiq.wiring.audit import audit
from renderiq.wiring.file_links import file_links


@cache
def exports() -> ExportStore:
    """Returns the store of exports."""
    return ExportStore(client("dynamodb"), settings().account_tasks_table, account_tasks())


@cache
def account_export_service() -> AccountExportService:
    """Returns the service that asks for exports."""
    return AccountExportService(exports(), file_links(), account_task_queue(), audit)
