"""/credits/transactions: the ledger of the caller's credits."""

from renderiq.domain.access import Permission
from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import Caller
from renderiq.http.dependencies.transactions import TransactionPageQuery
from renderiq.http.responses import Ok
from renderiq.models.credits import TransactionPage

app = create_app()


@app.get("/credits/transactions", operation_id="listCreditTransactions")
def index(caller: Caller, query: TransactionPageQuery, accounts: Accounts) -> Ok[TransactionPage]:
    """List the transactions of credits, from new to old.

    The sum of all amounts is the balance. With ``X-Renderiq-Organization`` they are those of the organization's pool:
    an owner or administrator sees all of them, or those of ``memberId``; a member sees their own.
    """
    only = query.member_id if caller.membership and caller.may(Permission.READ_SHARED_LEDGER) else caller.created_by
    entries, cursor = accounts.ledger(caller.owner_id, limit=query.limit, before=query.cursor, created_by=only)
    return Ok(TransactionPage.of(entries, cursor))


lambda_handler = entrypoint(app)
