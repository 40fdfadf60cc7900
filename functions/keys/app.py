"""/keys: create an API key, list API keys."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanManageKeys, Context
from renderiq.http.dependencies.idempotency import IdempotencyKey
from renderiq.http.dependencies.keys import KeyBody, Keys, KeysQuery, Rules, SigningSecrets
from renderiq.http.responses import Created, Ok
from renderiq.models.keys import KeyCreated, KeyPage

app = create_app()


@app.post("/keys", operation_id="createKey")
@error_responses(ErrorCode.QUOTA_EXCEEDED, ErrorCode.IDEMPOTENCY_KEY_REUSED, ErrorCode.RESOURCE_CONFLICT)
def create(
    caller: CanManageKeys,
    body: KeyBody,
    idempotency_key: IdempotencyKey,
    secrets: SigningSecrets,
    context: Context,
    keys: Keys,
    rules: Rules,
) -> Created[KeyCreated]:
    """Create an API key.

    ``key`` is returned only here. A user has at most 20 active keys.

    Only operators can create keys with the scope `metrics:read`. With ``X-Renderiq-Organization`` the key is one of the
    organization: it stays valid if its maker leaves, may have the scopes ``org:read`` and ``org:admin``, and is
    accepted as the policy of the organization says.

    A request that is repeated with its ``Idempotency-Key`` within 30 days returns the same key.
    """
    caller.check_may_grant(body.scopes)
    key, secret = keys.create(
        caller.owner_id,
        body.name,
        body.scopes,
        body.expires_at,
        idempotency_key=idempotency_key,
        masters=secrets,
        now=context.now,
        rules=rules,
    )
    return Created(KeyCreated.with_secret(key, secret, context.now))


@app.get("/keys", operation_id="listKeys")
def index(caller: CanManageKeys, query: KeysQuery, context: Context, keys: Keys) -> Ok[KeyPage]:
    """List API keys, from new to old.

    Secrets are not shown. Revoked and expired keys are listed too.
    """
    page, cursor = keys.page(caller.owner_id, limit=query.limit, before=query.cursor)
    return Ok(KeyPage.of(page, cursor, context.now))


lambda_handler = entrypoint(app)
