"""/webhooks: every endpoint that is told of events."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import CanWriteWebhooks, ThisVisit, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import WebhookList

app = create_app()


@app.get("/webhooks")
def index(caller: CanWriteWebhooks, visit: ThisVisit, webhooks: Webhooks) -> Ok[WebhookList]:
    return Ok(WebhookList.of(webhooks.of_user(caller.user_id), now=visit.now))


lambda_handler = entrypoint(app)
