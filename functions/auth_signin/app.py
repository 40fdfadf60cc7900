"""/auth/signin: an e-mail address and a password for a pair of tokens."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Accounts, Config, Pool, Secrets, Sessions, SignInBody, ThisVisit
from renderiq.http.guards import CountedByAddress, admit_email
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut
from renderiq.services.sessions import sign_in

app = create_app(CountedByAddress(lambda settings: settings.sign_ins_per_address))


@app.post("/auth/signin")
def create(
    body: SignInBody,
    visit: ThisVisit,
    config: Config,
    pool: Pool,
    accounts: Accounts,
    sessions: Sessions,
    secrets: Secrets,
) -> Flat[TokensOut]:
    admit_email(body.email, config.sign_ins_per_email, visit, app.provide)
    signed_in = sign_in(
        body.email,
        body.password,
        platform=visit.client.platform,
        welcome_credits=config.welcome_credits,
        pool=pool,
        accounts=accounts,
        sessions=sessions,
        keys=secrets.signing_keys(config.token_secret_id),
        now=visit.now,
    )
    return Flat(TokensOut.of(signed_in))


lambda_handler = entrypoint(app)
