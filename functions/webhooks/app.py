"""/webhooks: every endpoint that is told of events."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, ThisVisit, Webhooks
from renderiq.http.responses import ok
from renderiq.models.webhooks import WebhookList

app = create_app()


@app.get("/webhooks")
def index(caller: CanWriteWebhooks, visit: ThisVisit, webhooks: Webhooks) -> Response[str]:
    return ok(WebhookList.of(webhooks.of_user(caller.user_id), now=visit.now))


lambda_handler = entrypoint(app)
