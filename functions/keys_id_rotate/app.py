"""/keys/{keyId}/rotate: replace an API key by a new one."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanManageKeys, Context
from renderiq.http.dependencies.keys import KeyId, Keys, RotateBody, Rules
from renderiq.http.responses import Created
from renderiq.models.keys import KeyCreated

app = create_app()


@app.post("/keys/<key_id>/rotate", operation_id="rotateKey")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.QUOTA_EXCEEDED)
def create(
    caller: CanManageKeys, key_id: KeyId, body: RotateBody, context: Context, keys: Keys, rules: Rules
) -> Created[KeyCreated]:
    """Replace an API key.

    Creates a key with the same name and scopes. The old key is accepted until the grace period ends.
    """
    key, secret = keys.rotate(caller.owner_id, key_id, body.grace, now=context.now, rules=rules)
    return Created(KeyCreated.with_secret(key, secret, context.now))


lambda_handler = entrypoint(app)
