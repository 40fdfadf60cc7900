"""/webhooks/{webhookId}/test: send an endpoint something harmless."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Deliveries, DeliveryBell, ThisVisit, WebhookId
from renderiq.http.responses import Accepted
from renderiq.models.webhooks import DeliveryAccepted
from renderiq.services.endpoints import send_test

app = create_app()


@app.post("/webhooks/<webhook_id>/test")
def create(
    caller: CanWriteWebhooks, webhook_id: WebhookId, visit: ThisVisit, deliveries: Deliveries, bell: DeliveryBell
) -> Accepted[DeliveryAccepted]:
    delivery = send_test(caller.user_id, webhook_id, deliveries=deliveries, queue=bell, now=visit.now)
    return Accepted(DeliveryAccepted(delivery_id=delivery.delivery_id))


lambda_handler = entrypoint(app)
