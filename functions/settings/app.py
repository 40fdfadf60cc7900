"""/settings: the preferences that a user's plugins share."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Caller, Context, Session
from renderiq.http.dependencies.preferences import Preferences, PreferencesBody
from renderiq.http.responses import Ok
from renderiq.models.preferences import PreferencesOut

app = create_app()


@app.get("/settings", operation_id="getSettings")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: Caller, preferences: Preferences) -> Ok[PreferencesOut]:
    """Get the preferences.

    All plugins of a user share them.
    """
    return Ok(PreferencesOut.of(preferences.get(caller.user_id)))


@app.put("/settings", operation_id="updateSettings")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT, ErrorCode.PAYLOAD_TOO_LARGE)
def update(caller: Session, body: PreferencesBody, context: Context, preferences: Preferences) -> Ok[PreferencesOut]:
    """Change preferences.

    The preferences in the request are merged into the stored ones. A key whose value is null is removed. All
    preferences of a user together may have 16 KB.
    """
    return Ok(PreferencesOut.of(preferences.change(caller.user_id, body.preferences, now=context.now)))


lambda_handler = entrypoint(app)
