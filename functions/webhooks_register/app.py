"""/webhooks/register: register a webhook for events."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.webhooks import WebhookBody, Webhooks
from renderiq.http.responses import Created
from renderiq.models.webhooks import WebhookRegistered

app = create_app()


@app.post("/webhooks/register")
def create(
    caller: CanWriteWebhooks, body: WebhookBody, context: Context, webhooks: Webhooks
) -> Created[WebhookRegistered]:
    webhook = webhooks.register(
        caller.user_id,
        url=body.url,
        events=body.events,
        secret=body.secret,
        description=body.description,
        headers=body.headers,
        now=context.now,
    )
    return Created(WebhookRegistered.of(webhook))


lambda_handler = entrypoint(app)
