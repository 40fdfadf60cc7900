"""/auth/password/reset: set a new password with a code."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Config, Context
from renderiq.http.dependencies.passwords import Passwords, ResetPasswordBody
from renderiq.http.rate_limiting import RateLimitedByAddress, limit_sign_ins
from renderiq.http.responses import Flat
from renderiq.models.passwords import PasswordResetOut

app = create_app(RateLimitedByAddress(lambda settings: settings.sign_ins_per_address))


@app.post("/auth/password/reset", operation_id="resetPassword")
@error_responses(ErrorCode.AUTH_FAILED)
def create(body: ResetPasswordBody, context: Context, config: Config, passwords: Passwords) -> Flat[PasswordResetOut]:
    """Reset a password.

    All sessions of the user end, and their access tokens are rejected at once. API keys stay valid. A wrong code and an
    unknown address get the same response. The request counts as a sign-in against the rate limits.
    """
    limit_sign_ins(body.email, config.sign_ins_per_email, context, app.provide)
    passwords.reset(body.email, body.code, body.new_password, now=context.now)
    return Flat(PasswordResetOut())


lambda_handler = entrypoint(app)
