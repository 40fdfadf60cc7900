"""/credits/transactions: every movement of the caller's credits."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Caller, TransactionPageQuery
from renderiq.http.responses import Ok
from renderiq.models.credits import TransactionPage

app = create_app()


@app.get("/credits/transactions")
def index(caller: Caller, query: TransactionPageQuery, accounts: Accounts) -> Ok[TransactionPage]:
    return Ok(TransactionPage.of(*accounts.entries(caller.user_id, limit=query.limit, before=query.cursor)))


lambda_handler = entrypoint(app)
