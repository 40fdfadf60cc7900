"""/keys/{keyId}/rotate: replace an API key by a new one."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import Context, Session
from renderiq.http.dependencies.keys import KeyId, Keys, RotateBody
from renderiq.http.responses import Created
from renderiq.models.keys import KeyCreated

app = create_app()


@app.post("/keys/<key_id>/rotate")
def create(caller: Session, key_id: KeyId, body: RotateBody, context: Context, keys: Keys) -> Created[KeyCreated]:
    key, secret = keys.rotate(caller.user_id, key_id, body.grace, now=context.now)
    return Created(KeyCreated.with_secret(key, secret, context.now))


lambda_handler = entrypoint(app)
