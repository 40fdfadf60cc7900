"""/auth/me: who is signed in."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Caller, ThisVisit
from renderiq.http.responses import flat
from renderiq.models.auth import MeAnswer

app = create_app()


@app.get("/auth/me")
def show(caller: Caller, visit: ThisVisit, accounts: Accounts) -> Response[str]:
    return flat(MeAnswer.of(accounts.get(caller.user_id, visit.now)))


lambda_handler = entrypoint(app)
