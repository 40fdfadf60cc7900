"""/auth/me: the signed-in user."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.accounts import Accounts
from renderiq.http.dependencies.base import Caller, Context
from renderiq.http.responses import Flat
from renderiq.models.auth import MeAnswer

app = create_app()


@app.get("/auth/me", operation_id="getCurrentUser")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: Caller, context: Context, accounts: Accounts) -> Flat[MeAnswer]:
    """Get the signed-in user.

    ``user`` and ``data`` are the same object.
    """
    return Flat(MeAnswer.of(accounts.get(caller.user_id, context.now)))


lambda_handler = entrypoint(app)
