"""/webhooks/{webhookId}/rotate-secret: sign with another secret; the old one stays valid for a day."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, RotationBody, ThisVisit, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import SecretRotated
from renderiq.services.endpoints import rotate_secret

app = create_app()


@app.post("/webhooks/<webhook_id>/rotate-secret")
def create(
    caller: CanWriteWebhooks, webhook_id: WebhookId, body: RotationBody, visit: ThisVisit, webhooks: Webhooks
) -> Ok[SecretRotated]:
    rotated = rotate_secret(caller.user_id, webhook_id, body.secret, webhooks=webhooks, now=visit.now)
    return Ok(SecretRotated.of(rotated, now=visit.now))


lambda_handler = entrypoint(app)
