"""/webhooks/register: have an endpoint told of events."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Addresses, CanWriteWebhooks, Resolver, ThisVisit, WebhookBody, Webhooks
from renderiq.http.responses import Created
from renderiq.models.webhooks import WebhookRegistered
from renderiq.services.webhooks import register_webhook

app = create_app()


@app.post("/webhooks/register")
def create(
    caller: CanWriteWebhooks,
    body: WebhookBody,
    visit: ThisVisit,
    webhooks: Webhooks,
    addresses: Addresses,
    resolver: Resolver,
) -> Created[WebhookRegistered]:
    webhook = register_webhook(
        caller.user_id,
        url=body.url,
        events=body.events,
        secret=body.secret,
        description=body.description,
        headers=body.headers,
        webhooks=webhooks,
        policy=addresses,
        resolve=resolver,
        now=visit.now,
    )
    return Created(WebhookRegistered.of(webhook))


lambda_handler = entrypoint(app)
