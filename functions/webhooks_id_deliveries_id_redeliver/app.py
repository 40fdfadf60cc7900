"""/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver: send a delivery again."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Deliveries, DeliveryBell, DeliveryId, ThisVisit, WebhookId
from renderiq.http.responses import Accepted
from renderiq.models.webhooks import DeliveryAccepted
from renderiq.services.endpoints import redeliver

app = create_app()


@app.post("/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver")
def create(
    caller: CanWriteWebhooks,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
    visit: ThisVisit,
    deliveries: Deliveries,
    bell: DeliveryBell,
) -> Accepted[DeliveryAccepted]:
    redeliver(caller.user_id, webhook_id, delivery_id, deliveries=deliveries, queue=bell, now=visit.now)
    return Accepted(DeliveryAccepted(delivery_id=delivery_id))


lambda_handler = entrypoint(app)
