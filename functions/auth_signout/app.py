"""/auth/signout: ends the caller's session."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Principals, Session, Sessions, ThisVisit
from renderiq.http.responses import Flat
from renderiq.models.auth import SignedOutOut
from renderiq.services.sessions import revoke

app = create_app()


@app.post("/auth/signout")
def create(caller: Session, visit: ThisVisit, sessions: Sessions, principals: Principals) -> Flat[SignedOutOut]:
    revoke(caller.user_id, caller.session_id, sessions=sessions, principals=principals, now=visit.now)
    return Flat(SignedOutOut())


lambda_handler = entrypoint(app)
