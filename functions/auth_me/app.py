"""/auth/me: who is signed in."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Caller, ThisVisit
from renderiq.http.responses import Flat
from renderiq.models.auth import MeAnswer

app = create_app()


@app.get("/auth/me")
def show(caller: Caller, visit: ThisVisit, accounts: Accounts) -> Flat[MeAnswer]:
    return Flat(MeAnswer.of(accounts.get(caller.user_id, visit.now)))


lambda_handler = entrypoint(app)
