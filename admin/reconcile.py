"""``make reconcile``: compares balances, ledgers and renders."""

from collections.abc import Callable
from datetime import UTC, datetime

from admin.targets import Target
from renderiq.domain.reconciliation import discrepancies, organization_discrepancies
from renderiq.services.reconciliation import BusyError, ReconciliationService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.audit import AuditStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.organizations import OrganizationStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.uploads import UploadStore
from renderiq.stores.webhooks import WebhookStore


def reconciliation_service(target: Target) -> ReconciliationService:
    """The service that reads the accounts of ``target``."""
    dynamodb, names = target.client("dynamodb"), target.names
    accounts = AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"])
    renders = RenderStore(
        dynamodb,
        renders=names["RendersTable"],
        projects=names["ProjectsTable"],
        accounts=accounts,
        organizations=names["OrganizationsTable"],
    )
    deliveries = DeliveryStore(
        dynamodb, names["DeliveriesTable"], webhooks=WebhookStore(dynamodb, names["WebhooksTable"])
    )
    projects, uploads = ProjectStore(dynamodb, names["ProjectsTable"]), UploadStore(dynamodb, names["UploadsTable"])
    organizations = OrganizationStore(
        dynamodb, names["OrganizationsTable"], audit=AuditStore(dynamodb, names["AuditTable"])
    )
    return ReconciliationService(accounts, renders, deliveries, projects, uploads, organizations)


def reconcile(service: ReconciliationService, report: Callable[[str], None] = print) -> int:
    """Read every account and print each discrepancy and each quarantined record.

    Returns the exit status: 0 for no discrepancy, 1 for at least one discrepancy or quarantined record,
    2 if there is none but some accounts changed during every attempt to read them.
    """
    now = datetime.now(UTC)
    accounts = entries = renders = gone = balance = found = busy = 0
    for user_id in service.user_ids():
        try:
            records = service.records(user_id, now)
        except BusyError:
            report(f"? {user_id}: its credits changed during every attempt to read them; run this again")
            busy += 1
            continue
        for discrepancy in discrepancies(records, now):
            report(f"✗ {user_id}: {discrepancy}")
            found += 1
        accounts += 1
        entries += len(records.entries)
        renders += len(records.charges)
        gone += records.renders_without_record
        balance += records.account.balance
    organizations = members = 0
    for organization_id in service.organization_ids():
        try:
            office = service.organization_records(organization_id, now)
        except BusyError:
            report(f"? organization {organization_id}: it changed during every attempt to read it; run this again")
            busy += 1
            continue
        for discrepancy in organization_discrepancies(office, now):
            report(f"✗ organization {organization_id}: {discrepancy}")
            found += 1
        organizations += 1
        members += len(office.members)
    for record in service.quarantined():
        report(
            f"✗ {record.kind} {record.item} of {record.partition} was put into quarantine at {record.at}: "
            "its record cannot be read"
        )
        found += 1
    report(f"{accounts} accounts, {balance:,} credits, {entries:,} movements, {renders:,} renders ({gone:,} more gone)")
    report(f"{organizations} organizations with {members} members, also those who have left")
    report(f"{found} discrepancies" if found else "no discrepancies")
    return 1 if found else 2 if busy else 0
