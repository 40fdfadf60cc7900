"""/webhooks: list webhooks."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanReadWebhooks, Context
from renderiq.http.dependencies.webhooks import Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import WebhookList

app = create_app()


@app.get("/webhooks", operation_id="listWebhooks")
def index(caller: CanReadWebhooks, context: Context, webhooks: Webhooks) -> Ok[WebhookList]:
    """List webhooks.

    Secrets are masked.
    """
    return Ok(WebhookList.of(webhooks.of_user(caller.owner_id), now=context.now))


lambda_handler = entrypoint(app)
