"""/webhooks/{webhookId}/deliveries: list the deliveries of a webhook with their attempts."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanReadWebhooks
from renderiq.http.dependencies.paging import Page
from renderiq.http.dependencies.webhooks import WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import DeliveryPage

app = create_app()


@app.get("/webhooks/<webhook_id>/deliveries", operation_id="listWebhookDeliveries")
@error_responses(ErrorCode.NOT_FOUND)
def index(caller: CanReadWebhooks, webhook_id: WebhookId, query: Page, webhooks: Webhooks) -> Ok[DeliveryPage]:
    """List the deliveries of a webhook, from new to old.

    Deliveries are kept for 30 days, each with its last 20 attempts.
    """
    page, cursor = webhooks.list_deliveries(caller.owner_id, webhook_id, limit=query.limit, before=query.cursor)
    return Ok(DeliveryPage.of(page, cursor))


lambda_handler = entrypoint(app)
