"""``make retag``: applies every user's retention to what is stored already, also to objects that have no tag yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from admin.targets import Target
from renderiq.queues import Queue
from renderiq.services.retention import RetentionService
from renderiq.stores.account_tasks import AccountTaskStore
from renderiq.stores.accounts import AccountStore
from renderiq.stores.principals import PrincipalStore
from renderiq.stores.retention import RetentionStore


def retag(target: Target, say: Callable[[str], None] = print) -> int:
    """Asks for the retention task of every account. Returns the exit status, which is 0. The account worker does it."""
    dynamodb, names = target.client("dynamodb"), target.names
    tasks = AccountTaskStore(dynamodb, names["AccountTasksTable"])
    service = RetentionService(
        RetentionStore(dynamodb, names["AccountsTable"], tasks),
        tasks,
        PrincipalStore(dynamodb, names["PrincipalsTable"]),
        Queue(lambda: target.client("sqs"), names["AccountTaskQueue"]),
    )
    accounts = AccountStore(dynamodb, accounts=names["AccountsTable"], ledger=names["LedgerTable"])
    asked = 0
    for user_id in accounts.user_ids():
        service.change(user_id, {}, now=datetime.now(UTC))
        asked += 1
    say(f"the retention of {asked} accounts is being applied to what they have stored")
    return 0
