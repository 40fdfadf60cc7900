"""/settings: what a user's plugins remember between machines."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Caller, PreferencesBody, PreferencesOfUsers, Session, ThisVisit
from renderiq.http.responses import Ok
from renderiq.models.preferences import PreferencesOut
from renderiq.services.preferences import change_preferences

app = create_app()


@app.get("/settings")
def show(caller: Caller, preferences: PreferencesOfUsers) -> Ok[PreferencesOut]:
    return Ok(PreferencesOut.of(preferences.get(caller.user_id)))


@app.put("/settings")
def update(
    caller: Session, body: PreferencesBody, visit: ThisVisit, preferences: PreferencesOfUsers
) -> Ok[PreferencesOut]:
    changed = change_preferences(caller.user_id, body.preferences, preferences=preferences, now=visit.now)
    return Ok(PreferencesOut.of(changed))


lambda_handler = entrypoint(app)
