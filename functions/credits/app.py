"""/credits: what the caller has to spend."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Caller, ThisVisit
from renderiq.http.responses import Ok
from renderiq.models.credits import CreditsOut

app = create_app()


@app.get("/credits")
def show(caller: Caller, visit: ThisVisit, accounts: Accounts) -> Ok[CreditsOut]:
    return Ok(CreditsOut.of(accounts.get(caller.user_id, visit.now)))


lambda_handler = entrypoint(app)
