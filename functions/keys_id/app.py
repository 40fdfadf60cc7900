"""/keys/{keyId}: revoke an API key at once."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanManageKeys, Context
from renderiq.http.dependencies.keys import KeyId, Keys, Rules
from renderiq.http.responses import Ok
from renderiq.models.keys import KeyRevoked

app = create_app()


@app.delete("/keys/<key_id>", operation_id="revokeKey")
@error_responses(ErrorCode.NOT_FOUND)
def revoke(caller: CanManageKeys, key_id: KeyId, context: Context, keys: Keys, rules: Rules) -> Ok[KeyRevoked]:
    """Revoke an API key.

    The key is rejected at once.
    """
    keys.revoke(caller.owner_id, key_id, now=context.now, rules=rules)
    return Ok(KeyRevoked(id=key_id))


lambda_handler = entrypoint(app)
