"""What a person must know that no signature says: summaries, the errors of each operation's own, notes on fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from renderiq.errors import ErrorCode

E = ErrorCode


@dataclass(frozen=True, slots=True)
class Words:
    """``errors``: what this operation answers beside what its guard, scope, body, query and path can."""

    summary: str
    description: str = ""
    errors: tuple[ErrorCode, ...] = ()


TITLE: Final = "Renderiq plugin API"

INTRODUCTION: Final = """\
The backend that plugins of SketchUp, Revit, AutoCAD, Rhino, ArchiCAD and Blender render through. A user signs in, the
plugin sends a viewport capture, and gets a picture back: by asking again, by a webhook, or by a callback.

**Answers.** Success is `{"success": true, "data": …}`; what `/auth/*` and `/health` answer is flat. Failure is always
`{"success": false, "error": "<a sentence for a person>", "errorCode": "<CODE>", "requestId": "…", "retryable": …}`,
some with `details`. Switch on `errorCode`: codes are public and permanent, sentences are not. Times are ISO 8601 in
UTC, ids are UUIDs. Fields that are not known are ignored, and what has no value is left out of an answer.

**Who is calling.** Send an access token as `Authorization: Bearer …`, or an API key as `X-Api-Key: rk_live_…` (or as
the bearer). A token has every scope, a key those it was made with. What belongs to somebody else is `NOT_FOUND`.

**Rate limits** are per minute and caller, a sliding window: 100 for SketchUp, Rhino and Blender, 50 for Revit, AutoCAD
and ArchiCAD, 30 for others. Every counted answer tells where the caller stands; 429 says when to come again.

**Which plugin.** Send `X-Renderiq-Platform` and `X-Renderiq-Plugin-Version`, or a `User-Agent` such as
`Renderiq-Plugin/SketchUp/1.0.0`.

**Elsewhere.** A path that is none of these answers 404 `NOT_FOUND`, a method that a path does not take 405
`METHOD_NOT_ALLOWED` with `Allow`. A body over about 4.5 MB does not reach the API: the gateway answers 413 in its own
words, without the envelope.
"""

TAGS: Final = {
    "auth": "Sign in, stay signed in, sign out.",
    "renders": "Send a viewport capture, get a picture back.",
    "projects": "What renders belong to.",
    "credits": "What an account has, and every movement of it.",
    "settings": "A user's preferences, the same in every plugin.",
    "keys": "API keys for scripts and servers. Only a signed-in user makes them; a key cannot make keys.",
    "webhooks": "Be told what happened instead of asking.",
    "health": "Whether the service works.",
}

OPERATIONS: Final[dict[str, Words]] = {
    "POST /auth/signin": Words(
        "Sign in",
        "At most 5 attempts a minute for one e-mail address and 30 for one IP address. An unknown address and a wrong "
        "password are answered alike. An account whose sign-in wants more than a password (`details.challenge`) is "
        "`AUTH_FAILED`. The first sign-in opens the account, with its welcome credits.",
        (E.INVALID_CREDENTIALS, E.AUTH_FAILED),
    ),
    "POST /auth/refresh": Words(
        "Refresh the access token",
        "The refresh token is replaced by the one in the answer. The one before is forgiven for 10 seconds, in case "
        "the answer was lost; used later, it ends the session.",
        (E.REFRESH_FAILED,),
    ),
    "POST /auth/signout": Words("Sign out", "The session's access tokens are refused at once."),
    "GET /auth/me": Words("Who is signed in", "`data` repeats `user`: plugins read either.", (E.NOT_FOUND,)),
    "GET /credits": Words("How many credits there are", "Months are UTC.", (E.NOT_FOUND,)),
    "GET /credits/transactions": Words("Every movement of credits", "Newest first."),
    "GET /health": Words(
        "Whether the service works",
        "With `deep=1` the stores and queues are really asked, at most every 10 seconds; without it they are "
        "`unchecked`.",
    ),
    "GET /keys": Words("List API keys", "Masked. Revoked and expired ones are listed until they are forgotten."),
    "POST /keys": Words("Make an API key", "`key` is shown this once. At most 20 are active.", (E.QUOTA_EXCEEDED,)),
    "DELETE /keys/{keyId}": Words("Revoke an API key", "It is refused at once.", (E.NOT_FOUND,)),
    "POST /keys/{keyId}/rotate": Words(
        "Replace an API key",
        "Makes another of the same scopes and name; the old one is accepted for the grace period.",
        (E.NOT_FOUND, E.QUOTA_EXCEEDED),
    ),
    "GET /projects": Words(
        "List projects", "Newest first, by `offset` or, steadier while projects are added, by `cursor`."
    ),
    "POST /projects": Words(
        "Make a project",
        "The slug is made of the name, and is each user's own. At most 1,000 projects.",
        (E.ALREADY_EXISTS, E.QUOTA_EXCEEDED),
    ),
    "GET /projects/{projectId}": Words("Show a project", errors=(E.NOT_FOUND,)),
    "PATCH /projects/{projectId}": Words("Change a project", "What is absent stays.", (E.NOT_FOUND,)),
    "DELETE /projects/{projectId}": Words(
        "Delete a project",
        "Its renders, their pictures and their records go too, in the background where there are many. What had not "
        "begun is cancelled and paid back.",
        (E.NOT_FOUND,),
    ),
    "POST /renders": Words(
        "Ask for a render",
        "Send the capture as a file part, or as base64 text with or without a `data:` prefix: PNG or JPEG by content, "
        "64 pixels to 40 megapixels; all pictures of a request together at most 4.4 MB. Or name by "
        "`imageUrl` a picture of yours that is stored here. "
        "`standard` costs 5 credits, `high` 10, `ultra` 15; they come back if the render fails or is cancelled. "
        "Nothing is charged for what is refused.\n\n"
        "With an `Idempotency-Key`, the same request within 24 hours answers the same render; another one with the "
        "same key is refused.",
        (E.INVALID_PROJECT_ID, E.NOT_FOUND, E.INSUFFICIENT_CREDITS, E.IDEMPOTENCY_KEY_REUSED),
    ),
    "GET /renders": Words("List renders", "Newest first."),
    "GET /renders/{renderId}": Words(
        "Show a render",
        "While it is pending or processing, `Retry-After` says when to ask again. `outputUrl` works until "
        "`outputUrlExpiresAt`; ask again for a fresh one.",
        (E.NOT_FOUND,),
    ),
    "DELETE /renders/{renderId}": Words(
        "Cancel a render",
        "One that has not begun is cancelled and paid back (200); one that a worker is at is asked to stop (202). The "
        "record stays.",
        (E.NOT_FOUND, E.RESOURCE_CONFLICT),
    ),
    "GET /settings": Words("Show preferences", errors=(E.NOT_FOUND,)),
    "PUT /settings": Words(
        "Change preferences",
        "Merged with what there is: null removes a key. At most 16 KB in all.",
        (E.NOT_FOUND, E.RESOURCE_CONFLICT, E.PAYLOAD_TOO_LARGE),
    ),
    "GET /webhooks": Words("List webhooks", "Secrets are masked."),
    "POST /webhooks/register": Words(
        "Register a webhook",
        "https only, at a public address. `secret` is shown this once, and signs every delivery as Standard Webhooks "
        "say. At most 20 webhooks.",
        (E.QUOTA_EXCEEDED,),
    ),
    "GET /webhooks/{webhookId}": Words("Show a webhook", errors=(E.NOT_FOUND,)),
    "PATCH /webhooks/{webhookId}": Words(
        "Change a webhook", "What is absent or null stays. `enabled` brings a disabled one back.", (E.NOT_FOUND,)
    ),
    "DELETE /webhooks/{webhookId}": Words("Delete a webhook", "What it is still owed is not sent.", (E.NOT_FOUND,)),
    "GET /webhooks/{webhookId}/deliveries": Words(
        "List a webhook's deliveries", "Newest first, of the last 30 days, with their last 20 attempts.", (E.NOT_FOUND,)
    ),
    "POST /webhooks/{webhookId}/deliveries/{deliveryId}/redeliver": Words(
        "Send a delivery again", "Under the same `webhook-id`.", (E.NOT_FOUND, E.RESOURCE_CONFLICT)
    ),
    "POST /webhooks/{webhookId}/rotate-secret": Words(
        "Replace a webhook's secret",
        "The old one signs beside it for 24 hours.",
        (E.NOT_FOUND, E.RESOURCE_CONFLICT),
    ),
    "POST /webhooks/{webhookId}/test": Words(
        "Send a test event", "`webhook.test`, whatever it subscribed to.", (E.NOT_FOUND, E.RESOURCE_CONFLICT)
    ),
}

FIELDS: Final[dict[str, dict[str, str]]] = {
    "RenderIn": {
        "uploadedImageData": "The viewport capture, PNG or JPEG.",
        "depthImage": "The same view's depth, as large as the capture: grey, white is near. PNG or JPEG.",
        "materialIdImage": "The same view in one flat colour for each material, as large as the capture. PNG or JPEG.",
        "prompt": "What the picture should show; by default made of style and platform.",
        "negativePrompt": "What it should not show.",
        "quality": "`standard` 1080p, `high` 4K, `ultra` 4K with more work.",
        "model": "Which engine; by default the service's choice.",
        "projectId": "The project to file it under.",
        "callback_url": "Is told how this render goes, as a webhook would be. `callbackUrl` is read too.",
        "seed": "The same request with the same seed gives the same picture, where the engine can.",
        "structureStrength": "How closely the picture keeps to the capture.",
        "metadata": "Yours; kept with the render. At most 4 KB; in a form, as JSON text.",
        "uploadedImageType": "Believed only if the bytes agree.",
        "imageUrl": "A link to a picture of yours that is stored here, instead of `uploadedImageData`.",
    },
    "RenderAccepted": {
        "id": "Repeats `renderId`.",
        "creditsCost": "What was debited.",
        "estimatedTime": "In seconds.",
        "statusUrl": "Where to ask how it goes.",
        "callbackSecret": "Signs what `callback_url` is told; the same for all of a user's callbacks.",
    },
    "RenderOut": {
        "progress": "0 to 100.",
        "estimatedTimeRemaining": "In seconds.",
        "outputUrl": "The picture.",
        "thumbnailUrl": "512 pixels, WebP.",
        "processingTime": "In seconds.",
        "creditsUsed": "0 where they were paid back.",
    },
    "ProjectIn": {"platform": "By default the calling plugin's."},
    "KeyIn": {"expiresAt": "Must lie ahead, with an offset. Without it the key lasts until it is revoked."},
    "WebhookIn": {
        "secret": "16 to 256 characters of your own, or absent for one of ours (`whsec_…`).",
        "headers": "Sent with each delivery; at most 10, none of HTTP's own.",
    },
    "TransactionOut": {"amount": "Signed: a debit is negative."},
    "ServicesOut": {"api": "The others are `unchecked` without `deep=1`."},
}

PARAMETERS: Final = {
    "limit": "How many at most.",
    "cursor": "`nextCursor` of the page before.",
    "offset": "How many to pass over.",
    "status": "Only those.",
    "projectId": "Only those.",
    "platform": "Only those.",
    "deep": "Really ask the stores and queues.",
}
