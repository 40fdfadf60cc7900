"""/keys: make an API key, list the ones there are."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import KeyBody, Keys, Session, ThisVisit
from renderiq.http.responses import Created, Ok
from renderiq.models.keys import KeyCreated, KeyList
from renderiq.services.keys import create_key

app = create_app()


@app.post("/keys")
def create(caller: Session, body: KeyBody, visit: ThisVisit, keys: Keys) -> Created[KeyCreated]:
    key, secret = create_key(caller.user_id, body.name, body.scopes, body.expires_at, keys=keys, now=visit.now)
    return Created(KeyCreated.made(key, secret, visit.now))


@app.get("/keys")
def index(caller: Session, visit: ThisVisit, keys: Keys) -> Ok[KeyList]:
    return Ok(KeyList.of(keys.of_user(caller.user_id), visit.now))


lambda_handler = entrypoint(app)
