"""The task that writes the files of an export."""

from __future__ import annotations

from functools import cache

from renderiq.services.account_archive import AccountExport
from renderiq.settings import settings
from renderiq.stores.aws import client
from renderiq.stores.exports import ExportStore
from renderiq.wiring.account_records import account_files, account_records
from renderiq.wiring.account_tasks import account_tasks


@cache
def account_archive() -> AccountExport:
    """Returns the work that writes an export."""
    exports = ExportStore(client("dynamodb"), settings().account_tasks_table, account_tasks())
    return AccountExport(exports, account_records(), account_files())
