"""``make reconcile``: do balances, ledgers and renders agree?"""

from collections.abc import Callable
from datetime import UTC, datetime

from local.places import Place
from renderiq.domain.reconciliation import discrepancies
from renderiq.services.reconciliation import BusyError, ReconciliationService
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.webhooks import WebhookStore


def reconciliation_service(place: Place) -> ReconciliationService:
    dynamodb, names = place.client("dynamodb"), place.names
    accounts = AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"])
    renders = RenderStore(dynamodb, renders=names["RendersTable"], projects=names["ProjectsTable"], accounts=accounts)
    deliveries = DeliveryStore(
        dynamodb, names["DeliveriesTable"], webhooks=WebhookStore(dynamodb, names["WebhooksTable"])
    )
    return ReconciliationService(accounts, renders, deliveries, ProjectStore(dynamodb, names["ProjectsTable"]))


def reconcile(keeper: ReconciliationService, say: Callable[[str], None] = print) -> int:
    """Reads the records of every account and says what differs, and what was set aside.

    0 nothing, 1 something, 2 some accounts could not be read.
    """
    now = datetime.now(UTC)
    accounts = entries = renders = gone = balance = found = busy = 0
    for user_id in keeper.user_ids():
        try:
            records = keeper.records(user_id, now)
        except BusyError:
            say(f"? {user_id}: its credits never stood still; run this again")
            busy += 1
            continue
        for difference in discrepancies(records, now):
            say(f"✗ {user_id}: {difference}")
            found += 1
        accounts += 1
        entries += len(records.entries)
        renders += len(records.charges)
        gone += records.renders_without_record
        balance += records.account.balance
    for each in keeper.quarantined():
        say(f"✗ {each.kind} {each.item} of {each.partition} was set aside at {each.at}: nobody can read its record")
        found += 1
    say(f"{accounts} accounts, {balance:,} credits, {entries:,} movements, {renders:,} renders ({gone:,} more gone)")
    say(f"{found} discrepancies" if found else "no discrepancies")
    return 1 if found else 2 if busy else 0
