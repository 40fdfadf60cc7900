"""/webhooks/{webhookId}/rotate-secret: sign with another secret; the old one stays valid for a day."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import RotationBody, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import SecretRotated

app = create_app()


@app.post("/webhooks/<webhook_id>/rotate-secret", operation_id="rotateWebhookSecret")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def create(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: RotationBody, context: Context, webhooks: Webhooks
) -> Ok[SecretRotated]:
    """Replace the secret of a webhook.

    For 24 hours, deliveries are signed with both secrets.
    """
    webhook = webhooks.rotate_secret(caller.owner_id, webhook_id, body.secret, now=context.now)
    return Ok(SecretRotated.of(webhook, now=context.now))


lambda_handler = entrypoint(app)
