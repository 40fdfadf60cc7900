"""/webhooks/{webhookId}: look at an endpoint, change it, have it told no more."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Endpoints, ThisVisit, WebhookChangesBody, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import WebhookDeleted, WebhookOut

app = create_app()


@app.get("/webhooks/<webhook_id>")
def show(caller: CanWriteWebhooks, webhook_id: WebhookId, visit: ThisVisit, webhooks: Webhooks) -> Ok[WebhookOut]:
    return Ok(WebhookOut.of(webhooks.get(caller.user_id, webhook_id), now=visit.now))


@app.patch("/webhooks/<webhook_id>")
def change(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: WebhookChangesBody, visit: ThisVisit, desk: Endpoints
) -> Ok[WebhookOut]:
    return Ok(WebhookOut.of(desk.change(caller.user_id, webhook_id, body.changes()), now=visit.now))


@app.delete("/webhooks/<webhook_id>")
def delete(caller: CanWriteWebhooks, webhook_id: WebhookId, webhooks: Webhooks) -> Ok[WebhookDeleted]:
    webhooks.remove(caller.user_id, webhook_id)
    return Ok(WebhookDeleted(webhook_id=webhook_id))


lambda_handler = entrypoint(app)
