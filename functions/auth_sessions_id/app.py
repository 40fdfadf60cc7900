"""/auth/sessions/{sessionId}: end a session of the user."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.sessions import SessionId, Sessions
from renderiq.http.responses import Ok
from renderiq.models.sessions import SessionEnded

app = create_app()


@app.delete("/auth/sessions/<session_id>", operation_id="endSession")
@error_responses(ErrorCode.NOT_FOUND)
def end(caller: Session, session_id: SessionId, context: Context, sessions: Sessions) -> Ok[SessionEnded]:
    """End a session.

    Its access tokens and its refresh token are rejected at once.
    """
    sessions.revoke_own(caller.user_id, session_id, now=context.now)
    return Ok(SessionEnded(id=session_id))


lambda_handler = entrypoint(app)
