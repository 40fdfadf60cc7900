"""/settings: what a user's plugins remember between machines."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Caller, PreferencesBody, PreferencesOfUsers, Session, ThisVisit
from renderiq.http.responses import ok
from renderiq.models.preferences import PreferencesOut
from renderiq.services.preferences import change_preferences

app = create_app()


@app.get("/settings")
def show(caller: Caller, preferences: PreferencesOfUsers) -> Response[str]:
    return ok(PreferencesOut.of(preferences.get(caller.user_id)))


@app.put("/settings")
def update(caller: Session, body: PreferencesBody, visit: ThisVisit, preferences: PreferencesOfUsers) -> Response[str]:
    changed = change_preferences(caller.user_id, body.preferences, preferences=preferences, now=visit.now)
    return ok(PreferencesOut.of(changed))


lambda_handler = entrypoint(app)
