"""/webhooks/{webhookId}/deliveries: what an endpoint was sent, and what it answered."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Deliveries, DeliveryPageQuery, WebhookId, Webhooks
from renderiq.http.responses import ok
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
) -> Response[str]:
    found, cursor = list_deliveries(
        caller.user_id, webhook_id, limit=query.limit, before=query.cursor, deliveries=deliveries, webhooks=webhooks
    )
    return ok(DeliveryPage.of(found, cursor))


lambda_handler = entrypoint(app)
