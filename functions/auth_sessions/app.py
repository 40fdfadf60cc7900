"""/auth/sessions: list the sessions of the user."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.sessions import Sessions
from renderiq.http.responses import Ok
from renderiq.models.sessions import SessionList, SessionOut

app = create_app()


@app.get("/auth/sessions", operation_id="listSessions")
def index(caller: Session, context: Context, sessions: Sessions) -> Ok[SessionList]:
    """List sessions.

    Each is a sign-in that has not ended. The newest hundred are considered. A session that was opened within the last
    second may be missing.
    """
    found = sessions.of_user(caller.user_id, now=context.now)
    return Ok(SessionList(sessions=[SessionOut.of(each, caller.session_id) for each in found]))


lambda_handler = entrypoint(app)
