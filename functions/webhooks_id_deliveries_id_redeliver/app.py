"""/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver: send a delivery again."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, Deliveries, DeliveryBell, DeliveryId, ThisVisit, WebhookId
from renderiq.http.responses import ok
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
) -> Response[str]:
    redeliver(caller.user_id, webhook_id, delivery_id, deliveries=deliveries, queue=bell, now=visit.now)
    return ok(DeliveryAccepted(delivery_id=delivery_id), status=HTTPStatus.ACCEPTED)


lambda_handler = entrypoint(app)
