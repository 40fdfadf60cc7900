"""/auth/signin: exchanges an e-mail address and a password for a pair of tokens."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Config, Context
from renderiq.http.dependencies.sign_in import SignIn, SignInBody
from renderiq.http.rate_limiting import RateLimitedByAddress, limit_sign_ins
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut

app = create_app(RateLimitedByAddress(lambda settings: settings.sign_ins_per_address))


@app.post("/auth/signin")
def create(body: SignInBody, context: Context, config: Config, service: SignIn) -> Flat[TokensOut]:
    limit_sign_ins(body.email, config.sign_ins_per_email, context, app.provide)
    tokens = service.sign_in(body.email, body.password, platform=context.client.platform, now=context.now)
    return Flat(TokensOut.of(tokens))


lambda_handler = entrypoint(app)
