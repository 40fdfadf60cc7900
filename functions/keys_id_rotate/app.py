"""/keys/{keyId}/rotate: a new API key in an old one's place."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import KeyId, Keys, RotateBody, Session, ThisVisit
from renderiq.http.responses import Created
from renderiq.models.keys import KeyCreated
from renderiq.services.keys import rotate_key

app = create_app()


@app.post("/keys/<key_id>/rotate")
def create(caller: Session, key_id: KeyId, body: RotateBody, visit: ThisVisit, keys: Keys) -> Created[KeyCreated]:
    key, secret = rotate_key(caller.user_id, key_id, body.grace, keys=keys, now=visit.now)
    return Created(KeyCreated.made(key, secret, visit.now))


lambda_handler = entrypoint(app)
