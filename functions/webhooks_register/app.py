"""/webhooks/register: have an endpoint told of events."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import Addresses, CanWriteWebhooks, Resolver, ThisVisit, WebhookBody, Webhooks
from renderiq.http.responses import ok
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
) -> Response[str]:
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
    return ok(WebhookRegistered.of(webhook), status=HTTPStatus.CREATED)


lambda_handler = entrypoint(app)
