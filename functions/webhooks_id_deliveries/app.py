"""/webhooks/{webhookId}/deliveries: what an endpoint was sent, and what it answered."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Deliveries, DeliveryPageQuery, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import DeliveryPage
from renderiq.services.endpoints import list_deliveries

app = create_app()


@app.get("/webhooks/<webhook_id>/deliveries")
def index(
    caller: CanWriteWebhooks,
    webhook_id: WebhookId,
    query: DeliveryPageQuery,
    deliveries: Deliveries,
    webhooks: Webhooks,
) -> Ok[DeliveryPage]:
    found, cursor = list_deliveries(
        caller.user_id, webhook_id, limit=query.limit, before=query.cursor, deliveries=deliveries, webhooks=webhooks
    )
    return Ok(DeliveryPage.of(found, cursor))


lambda_handler = entrypoint(app)
