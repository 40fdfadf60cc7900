"""/credits: the caller's balance and totals."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import Caller, Context
from renderiq.http.responses import Ok
from renderiq.models.credits import CreditsOut

app = create_app()


@app.get("/credits", operation_id="getCredits")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: Caller, context: Context, accounts: Accounts) -> Ok[CreditsOut]:
    """Get the balance of credits.

    The totals of the month begin at midnight UTC of its first day. With ``X-Renderiq-Organization`` it is the balance
    of the organization's pool, and ``member`` tells what the caller has spent of it.
    """
    return Ok(CreditsOut.of(accounts.get(caller.owner_id, context.now), caller.membership))


lambda_handler = entrypoint(app)
