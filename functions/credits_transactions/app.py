"""/credits/transactions: the ledger of the caller's credits."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.accounts import Accounts, TransactionPageQuery
from renderiq.http.dependencies.base import Caller
from renderiq.http.responses import Ok
from renderiq.models.credits import TransactionPage

app = create_app()


@app.get("/credits/transactions")
def index(caller: Caller, query: TransactionPageQuery, accounts: Accounts) -> Ok[TransactionPage]:
    """List the transactions of credits, from new to old."""
    return Ok(TransactionPage.of(*accounts.ledger(caller.user_id, limit=query.limit, before=query.cursor)))


lambda_handler = entrypoint(app)
