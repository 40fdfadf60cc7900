"""/auth/signout: end the caller's session."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.sessions import Sessions
from renderiq.http.responses import Flat
from renderiq.models.auth import SignedOutOut

app = create_app()


@app.post("/auth/signout", operation_id="signOut")
def create(caller: Session, context: Context, sessions: Sessions) -> Flat[SignedOutOut]:
    """Sign out.

    The access tokens of the session are rejected at once.
    """
    sessions.revoke(caller.user_id, caller.session_id, now=context.now)
    return Flat(SignedOutOut())


lambda_handler = entrypoint(app)
