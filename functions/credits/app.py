"""/credits: what the caller has to spend."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Caller, ThisVisit
from renderiq.http.responses import ok
from renderiq.models.credits import CreditsOut

app = create_app()


@app.get("/credits")
def show(caller: Caller, visit: ThisVisit, accounts: Accounts) -> Response[str]:
    return ok(CreditsOut.of(accounts.get(caller.user_id, visit.now)))


lambda_handler = entrypoint(app)
