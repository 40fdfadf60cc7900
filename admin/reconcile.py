"""``make reconcile``: compares balances, ledgers and renders."""

from collections.abc import Callable
from datetime import UTC, datetime

from admin.targets import Target
from renderiq.domain.books import differences
from renderiq.services.bookkeeping import Bookkeeper, BusyError
from renderiq.stores.accounts import AccountStore
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.projects import ProjectStore
from renderiq.stores.renders import RenderStore
from renderiq.stores.webhooks import WebhookStore


def bookkeeper(target: Target) -> Bookkeeper:
    """The service that reads the accounts of ``target``."""
    dynamodb, names = target.client("dynamodb"), target.names
    accounts = AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"])
    renders = RenderStore(dynamodb, renders=names["RendersTable"], projects=names["ProjectsTable"], accounts=accounts)
    deliveries = DeliveryStore(
        dynamodb, names["DeliveriesTable"], webhooks=WebhookStore(dynamodb, names["WebhooksTable"])
    )
    return Bookkeeper(accounts, renders, deliveries, ProjectStore(dynamodb, names["ProjectsTable"]))


def reconcile(keeper: Bookkeeper, say: Callable[[str], None] = print) -> int:
    """Read every account and print each difference and each quarantined record.

    Returns the exit status: 0 for no difference, 1 for at least one difference or quarantined record,
    2 if there is none but some accounts changed during every attempt to read them.
    """
    now = datetime.now(UTC)
    accounts = entries = renders = gone = balance = found = busy = 0
    for user_id in keeper.user_ids():
        try:
            books = keeper.books(user_id, now)
        except BusyError:
            say(f"? {user_id}: its credits changed during every attempt to read them; run this again")
            busy += 1
            continue
        for difference in differences(books, now):
            say(f"✗ {user_id}: {difference}")
            found += 1
        accounts += 1
        entries += len(books.entries)
        renders += len(books.bills)
        gone += books.without_bill
        balance += books.account.balance
    for aside in keeper.aside():
        say(f"✗ {aside.kind} {aside.item} of {aside.partition} was set aside at {aside.at}: its record cannot be read")
        found += 1
    say(f"{accounts} accounts, {balance:,} credits, {entries:,} movements, {renders:,} renders ({gone:,} more gone)")
    say(f"{found} differences" if found else "no differences")
    return 1 if found else 2 if busy else 0
