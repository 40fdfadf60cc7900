"""/webhooks/{webhookId}/poll: ask for the events of a poll endpoint."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanReadWebhooks, Config, Context
from renderiq.http.dependencies.file_links import Links
from renderiq.http.dependencies.webhooks import PollPageQuery, WebhookId, Webhooks
from renderiq.http.responses import Ok
from renderiq.models.webhooks import PolledEventsOut

app = create_app()


@app.get("/webhooks/<webhook_id>/poll", operation_id="pollWebhook")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def index(
    caller: CanReadWebhooks,
    webhook_id: WebhookId,
    query: PollPageQuery,
    config: Config,
    context: Context,
    webhooks: Webhooks,
    links: Links,
) -> Ok[PolledEventsOut]:
    """Get the events of a poll endpoint.

    For a webhook of type ``poll``. Events are returned in order and at least once, from the last 7 days. Handle them,
    then store ``cursor`` and send it with the next request. With ``wait=20`` the response comes with the next event,
    after 20 seconds at the latest.
    """
    page = webhooks.poll(
        caller.owner_id,
        webhook_id,
        after=int(query.cursor),
        limit=query.limit,
        seconds=min(query.wait, config.max_wait_seconds),
        since=context.now,
    )
    return Ok(PolledEventsOut.of(page, cursor=query.cursor, renew=links.renew, now=context.now))


lambda_handler = entrypoint(app)
