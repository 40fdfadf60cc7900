"""/webhooks/register: register a webhook for events."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanWriteWebhooks, Context
from renderiq.http.dependencies.idempotency import IdempotencyKey
from renderiq.http.dependencies.webhooks import WebhookBody, Webhooks
from renderiq.http.responses import Created
from renderiq.models.webhooks import WebhookRegistered

app = create_app()


@app.post("/webhooks/register", operation_id="registerWebhook")
@error_responses(
    ErrorCode.MISSING_REQUIRED_FIELD, ErrorCode.NOT_FOUND, ErrorCode.QUOTA_EXCEEDED, ErrorCode.IDEMPOTENCY_KEY_REUSED
)
def create(
    caller: CanWriteWebhooks,
    body: WebhookBody,
    idempotency_key: IdempotencyKey,
    context: Context,
    webhooks: Webhooks,
) -> Created[WebhookRegistered]:
    """Register a webhook.

    The URL must be https and resolve to public addresses. ``secret`` is returned only here; it signs every delivery as
    the Standard Webhooks specification says. A secret of your own also signs ``X-Renderiq-Signature``, with its
    characters as the key. A user has at most 20 webhooks.

    A computer that cannot be reached from outside registers ``{"type": "poll", "events": […]}`` without a URL, and
    asks for the events at ``/webhooks/{webhookId}/poll``.

    Only a webhook of an organization can ask for ``usage.month``, the figures of each month.

    A request that is repeated with its ``Idempotency-Key`` within 30 days returns the same webhook, or
    ``NOT_FOUND`` if it was deleted meanwhile.
    """
    webhook = webhooks.register(
        caller.owner_id,
        webhook_type=body.type,
        url=body.url,
        events=body.events,
        secret=body.secret,
        description=body.description,
        headers=body.headers,
        idempotency_key=idempotency_key,
        of_organization=caller.membership is not None,
        now=context.now,
    )
    return Created(WebhookRegistered.of(webhook))


lambda_handler = entrypoint(app)
