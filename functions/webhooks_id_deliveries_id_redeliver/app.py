"""/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver: send a delivery again."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import DeliveryId, WebhookId, Webhooks
from renderiq.http.responses import Accepted
from renderiq.models.webhooks import DeliveryAccepted

app = create_app()


@app.post("/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver", operation_id="redeliverWebhookDelivery")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def create(
    caller: CanWriteWebhooks, webhook_id: WebhookId, delivery_id: DeliveryId, context: Context, webhooks: Webhooks
) -> Accepted[DeliveryAccepted]:
    """Send a delivery again.

    The ``webhook-id`` stays the same.
    """
    webhooks.redeliver(caller.owner_id, webhook_id, delivery_id, now=context.now)
    return Accepted(DeliveryAccepted(delivery_id=delivery_id))


lambda_handler = entrypoint(app)
