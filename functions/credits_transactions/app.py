"""/credits/transactions: the ledger of the caller's credits."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import Caller
from renderiq.http.dependencies.paging import Page
from renderiq.http.responses import Ok
from renderiq.models.credits import TransactionPage

app = create_app()


@app.get("/credits/transactions", operation_id="listCreditTransactions")
def index(caller: Caller, query: Page, accounts: Accounts) -> Ok[TransactionPage]:
    """List the transactions of credits, from new to old.

    The sum of all amounts is the balance.
    """
    return Ok(TransactionPage.of(*accounts.ledger(caller.user_id, limit=query.limit, before=query.cursor)))


lambda_handler = entrypoint(app)
