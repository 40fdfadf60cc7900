"""/webhooks/{webhookId}: read a webhook, change it, delete it."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import WebhookChangesBody, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import WebhookDeleted, WebhookOut

app = create_app()


@app.get("/webhooks/<webhook_id>")
def show(caller: CanWriteWebhooks, webhook_id: WebhookId, context: Context, webhooks: Webhooks) -> Ok[WebhookOut]:
    return Ok(WebhookOut.of(webhooks.get(caller.user_id, webhook_id), now=context.now))


@app.patch("/webhooks/<webhook_id>")
def change(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: WebhookChangesBody, context: Context, webhooks: Webhooks
) -> Ok[WebhookOut]:
    return Ok(WebhookOut.of(webhooks.change(caller.user_id, webhook_id, body.changes()), now=context.now))


@app.delete("/webhooks/<webhook_id>")
def delete(caller: CanWriteWebhooks, webhook_id: WebhookId, webhooks: Webhooks) -> Ok[WebhookDeleted]:
    webhooks.delete(caller.user_id, webhook_id)
    return Ok(WebhookDeleted(webhook_id=webhook_id))


lambda_handler = entrypoint(app)
