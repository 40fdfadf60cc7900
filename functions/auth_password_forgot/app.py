"""/auth/password/forgot: send a code to a user who has forgotten the password."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Config, Context
from renderiq.http.dependencies.passwords import ForgotPasswordBody, Passwords
from renderiq.http.rate_limiting import RateLimitedByAddress, limit_sign_ins
from renderiq.http.responses import Flat
from renderiq.models.passwords import PasswordResetRequestedOut

app = create_app(RateLimitedByAddress(lambda settings: settings.sign_ins_per_address))


@app.post("/auth/password/forgot", operation_id="forgotPassword")
def create(
    body: ForgotPasswordBody, context: Context, config: Config, passwords: Passwords
) -> Flat[PasswordResetRequestedOut]:
    """Request a code to reset a password.

    A code is sent by e-mail if the address belongs to a user. The response is the same if it does not. It is valid for
    an hour. A user who still has a temporary password gets no code. The request counts as a sign-in against the rate
    limits.
    """
    limit_sign_ins(body.email, config.sign_ins_per_email, context, app.provide)
    passwords.send_code(body.email)
    return Flat(PasswordResetRequestedOut())


lambda_handler = entrypoint(app)
