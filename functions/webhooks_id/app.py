"""/webhooks/{webhookId}: read a webhook, change it, delete it."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanReadWebhooks, CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import WebhookChangesBody, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import WebhookDeleted, WebhookOut

app = create_app()


@app.get("/webhooks/<webhook_id>", operation_id="getWebhook")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: CanReadWebhooks, webhook_id: WebhookId, context: Context, webhooks: Webhooks) -> Ok[WebhookOut]:
    """Get a webhook."""
    return Ok(WebhookOut.of(webhooks.get(caller.owner_id, webhook_id), now=context.now))


@app.patch("/webhooks/<webhook_id>", operation_id="updateWebhook")
@error_responses(ErrorCode.NOT_FOUND)
def change(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: WebhookChangesBody, context: Context, webhooks: Webhooks
) -> Ok[WebhookOut]:
    """Change a webhook.

    A field that is absent or null is kept. ``enabled`` enables a webhook again that was disabled.
    """
    of_organization = caller.membership is not None
    webhook = webhooks.change(caller.owner_id, webhook_id, body.changes(), of_organization=of_organization)
    return Ok(WebhookOut.of(webhook, now=context.now))


@app.delete("/webhooks/<webhook_id>", operation_id="deleteWebhook")
@error_responses(ErrorCode.NOT_FOUND)
def delete(caller: CanWriteWebhooks, webhook_id: WebhookId, webhooks: Webhooks) -> Ok[WebhookDeleted]:
    """Delete a webhook.

    Its pending deliveries are not sent.
    """
    webhooks.delete(caller.owner_id, webhook_id)
    return Ok(WebhookDeleted(webhook_id=webhook_id))


lambda_handler = entrypoint(app)
