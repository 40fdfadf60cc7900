"""/webhooks/{webhookId}/test: send a test event to a webhook."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import WebhookId, Webhooks
from renderiq.http.responses import Accepted
from renderiq.models.webhooks import DeliveryAccepted

app = create_app()


@app.post("/webhooks/<webhook_id>/test", operation_id="testWebhook")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def create(
    caller: CanWriteWebhooks, webhook_id: WebhookId, context: Context, webhooks: Webhooks
) -> Accepted[DeliveryAccepted]:
    """Send a test event.

    Sends ``webhook.test``, whichever events the webhook is registered for.
    """
    delivery = webhooks.send_test(caller.owner_id, webhook_id, now=context.now)
    return Accepted(DeliveryAccepted(delivery_id=delivery.delivery_id))


lambda_handler = entrypoint(app)
