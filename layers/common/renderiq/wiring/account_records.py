"""Everything that is stored of a user."""

from __future__ import annotations

from functools import cache

from renderiq.domain.account_deletion import RecordKind
from renderiq.settings import settings
from renderiq.stores.account_files import AccountFiles
from renderiq.stores.account_records import AccountRecords
from renderiq.stores.aws import client


@cache
def account_records() -> AccountRecords:
    """Returns the store of all records of a user."""
    tables = {
        RecordKind.RENDERS: settings().renders_table,
        RecordKind.UPLOADS: settings().uploads_table,
        RecordKind.PROJECTS: settings().projects_table,
        RecordKind.STYLES: settings().styles_table,
        RecordKind.DELIVERIES: settings().deliveries_table,
        RecordKind.WEBHOOKS: settings().webhooks_table,
        RecordKind.API_KEYS: settings().api_keys_table,
        RecordKind.SESSIONS: settings().sessions_table,
        RecordKind.DEVICE_CODES: settings().device_codes_table,
        RecordKind.CONSENTS: settings().consents_table,
        RecordKind.LEDGER: settings().ledger_table,
        RecordKind.TASKS: settings().account_tasks_table,
    }
    return AccountRecords(
        client("dynamodb"),
        tables,
        accounts=settings().accounts_table,
        figures=settings().figures_table,
        principals=settings().principals_table,
        organizations=settings().organizations_table,
        audit=settings().audit_table,
    )


@cache
def account_files() -> AccountFiles:
    """Returns the store of all files of a user."""
    return AccountFiles(client("s3"), settings().images_bucket)
