"""/auth/signin: exchange an e-mail address and a password for a pair of tokens."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Config, Context
from renderiq.http.dependencies.sign_in import SignIn, SignInBody
from renderiq.http.rate_limiting import RateLimitedByAddress, limit_sign_ins
from renderiq.http.responses import Flat
from renderiq.models.auth import TokensOut

app = create_app(RateLimitedByAddress(lambda settings: settings.sign_ins_per_address))


@app.post("/auth/signin", operation_id="signIn")
@error_responses(ErrorCode.INVALID_CREDENTIALS, ErrorCode.AUTH_FAILED)
def create(body: SignInBody, context: Context, config: Config, service: SignIn) -> Flat[TokensOut]:
    """Sign in.

    At most 5 attempts a minute for one e-mail address, and 30 for one IP address. An unknown address and a wrong
    password get the same response. ``AUTH_FAILED`` means that the account needs more than a password to sign in. If
    ``details.challenge`` is ``NEW_PASSWORD_REQUIRED``, the password is a temporary one: send the request again with
    ``newPassword``. The first sign-in opens the account with its welcome credits.
    """
    limit_sign_ins(body.email, config.sign_ins_per_email, context, app.provide)
    tokens = service.sign_in(
        body.email, body.password, body.new_password, platform=context.client.platform, now=context.now
    )
    return Flat(TokensOut.of(tokens))


lambda_handler = entrypoint(app)
