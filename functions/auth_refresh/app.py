"""/auth/refresh: a refresh token for the next pair of tokens."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Config, Principals, RefreshBody, Secrets, Sessions, ThisVisit
from renderiq.http.guards import CountedByAddress
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut
from renderiq.services.sessions import refresh

app = create_app(CountedByAddress())


@app.post("/auth/refresh")
def create(
    body: RefreshBody,
    visit: ThisVisit,
    config: Config,
    sessions: Sessions,
    accounts: Accounts,
    principals: Principals,
    secrets: Secrets,
) -> Flat[TokensOut]:
    signed_in = refresh(
        body.refresh_token,
        sessions=sessions,
        accounts=accounts,
        principals=principals,
        keys=secrets.signing_keys(config.token_secret_id),
        now=visit.now,
    )
    return Flat(TokensOut.of(signed_in))


lambda_handler = entrypoint(app)
