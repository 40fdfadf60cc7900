"""/webhooks/{webhookId}: look at an endpoint, change it, have it told no more."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Endpoints, ThisVisit, WebhookChangesBody, WebhookId, Webhooks
from renderiq.http.responses import ok
from renderiq.models.webhooks import WebhookDeleted, WebhookOut

app = create_app()


@app.get("/webhooks/<webhook_id>")
def show(caller: CanWriteWebhooks, webhook_id: WebhookId, visit: ThisVisit, webhooks: Webhooks) -> Response[str]:
    return ok(WebhookOut.of(webhooks.get(caller.user_id, webhook_id), now=visit.now))


@app.patch("/webhooks/<webhook_id>")
def change(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: WebhookChangesBody, visit: ThisVisit, desk: Endpoints
) -> Response[str]:
    return ok(WebhookOut.of(desk.change(caller.user_id, webhook_id, body.changes()), now=visit.now))


@app.delete("/webhooks/<webhook_id>")
def delete(caller: CanWriteWebhooks, webhook_id: WebhookId, webhooks: Webhooks) -> Response[str]:
    webhooks.remove(caller.user_id, webhook_id)
    return ok(WebhookDeleted(webhook_id=webhook_id))


lambda_handler = entrypoint(app)
