"""/keys/{keyId}: revoke an API key at once."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.keys import KeyId, Keys
from renderiq.http.responses import Ok
from renderiq.models.keys import KeyRevoked

app = create_app()


@app.delete("/keys/<key_id>")
def revoke(caller: Session, key_id: KeyId, context: Context, keys: Keys) -> Ok[KeyRevoked]:
    keys.revoke(caller.user_id, key_id, now=context.now)
    return Ok(KeyRevoked(id=key_id))


lambda_handler = entrypoint(app)
