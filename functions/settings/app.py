"""/settings: the preferences that a user's plugins share."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Caller, Context, Session
from renderiq.http.dependencies.preferences import Preferences, PreferencesBody
from renderiq.http.responses import Ok
from renderiq.models.preferences import PreferencesOut

app = create_app()


@app.get("/settings")
def show(caller: Caller, preferences: Preferences) -> Ok[PreferencesOut]:
    return Ok(PreferencesOut.of(preferences.get(caller.user_id)))


@app.put("/settings")
def update(caller: Session, body: PreferencesBody, context: Context, preferences: Preferences) -> Ok[PreferencesOut]:
    return Ok(PreferencesOut.of(preferences.change(caller.user_id, body.preferences, now=context.now)))


lambda_handler = entrypoint(app)
