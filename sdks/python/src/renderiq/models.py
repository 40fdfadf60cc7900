"""The objects of the wire. Generated from openapi.yaml by ``python -m sdks.generator``. Do not edit.

A field that a server does not send is None. What a model does not know is in its ``raw``. Lists of values are texts:
a newer server may send others.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypedDict

from renderiq.wire import Fields, Model


class AspectRatio:
    """The proportions of the output, width to height."""

    _16_9: Final = "16:9"
    _4_3: Final = "4:3"
    _1_1: Final = "1:1"
    _9_16: Final = "9:16"
    _3_2: Final = "3:2"
    _2_3: Final = "2:3"


class AspectRatioOption:
    """The proportions of an output."""

    _16_9: Final = "16:9"
    _4_3: Final = "4:3"
    _1_1: Final = "1:1"
    _9_16: Final = "9:16"
    _3_2: Final = "3:2"
    _2_3: Final = "2:3"
    SOURCE: Final = "source"


class AuditAction:
    """What was done."""

    ORGANIZATION_CREATED: Final = "organization.created"
    ORGANIZATION_RENAMED: Final = "organization.renamed"
    POLICY_CHANGED: Final = "policy.changed"
    PLAN_CHANGED: Final = "plan.changed"
    MEMBER_INVITED: Final = "member.invited"
    INVITATION_WITHDRAWN: Final = "invitation.withdrawn"
    MEMBER_JOINED: Final = "member.joined"
    MEMBER_CHANGED: Final = "member.changed"
    MEMBER_REMOVED: Final = "member.removed"
    MEMBER_LEFT: Final = "member.left"
    KEY_CREATED: Final = "key.created"
    KEY_REVOKED: Final = "key.revoked"
    KEY_ROTATED: Final = "key.rotated"
    CREDITS_GRANTED: Final = "credits.granted"
    CONSENT_ANSWERED: Final = "consent.answered"
    ORGANIZATION_EXPORTED: Final = "organization.exported"
    ORGANIZATION_DELETED: Final = "organization.deleted"


class Bucket:
    """A period of time for which figures are kept."""

    HOUR: Final = "hour"
    DAY: Final = "day"


class ConsentName:
    """What a user is asked to agree to."""

    MODEL_UPLOAD: Final = "model_upload"
    THIRD_PARTY_AI: Final = "third_party_ai"


class ContentEncoding:
    """How a plugin compressed a file."""

    GZIP: Final = "gzip"


class DeletionStatus:
    """The state of a deletion."""

    DELETING: Final = "deleting"
    DELETED: Final = "deleted"


class DeliveryState:
    """The state of a delivery: `pending` until it has succeeded or its retries are used up."""

    PENDING: Final = "pending"
    SUCCEEDED: Final = "succeeded"
    FAILED: Final = "failed"


class EngineInput:
    """A field of `POST /renders` that only some engines use."""

    PROMPT: Final = "prompt"
    NEGATIVEPROMPT: Final = "negativePrompt"
    STRUCTURESTRENGTH: Final = "structureStrength"
    SEED: Final = "seed"
    DEPTHIMAGE: Final = "depthImage"
    MATERIALIDIMAGE: Final = "materialIdImage"
    NORMALIMAGE: Final = "normalImage"
    CAMERA: Final = "camera"
    MATERIALS: Final = "materials"
    MODELUPLOADID: Final = "modelUploadId"
    SUN: Final = "sun"
    LAYERS: Final = "layers"


class EngineMode:
    """How freely an engine treated a capture."""

    REPAINTED: Final = "repainted"
    MIXED: Final = "mixed"
    GRADED: Final = "graded"


class ErrorCode:
    """The code of an error."""

    INVALID_INPUT: Final = "INVALID_INPUT"
    MISSING_REQUIRED_FIELD: Final = "MISSING_REQUIRED_FIELD"
    INVALID_PROJECT_ID: Final = "INVALID_PROJECT_ID"
    INVALID_RENDER_ID: Final = "INVALID_RENDER_ID"
    AUTHORIZATION_PENDING: Final = "AUTHORIZATION_PENDING"
    SLOW_DOWN: Final = "SLOW_DOWN"
    ACCESS_DENIED: Final = "ACCESS_DENIED"
    EXPIRED_TOKEN: Final = "EXPIRED_TOKEN"  # noqa: S105 - a code
    INVALID_GRANT: Final = "INVALID_GRANT"
    UNSUPPORTED_GRANT_TYPE: Final = "UNSUPPORTED_GRANT_TYPE"
    AUTH_REQUIRED: Final = "AUTH_REQUIRED"
    AUTH_FAILED: Final = "AUTH_FAILED"
    INVALID_CREDENTIALS: Final = "INVALID_CREDENTIALS"
    INVALID_TOKEN: Final = "INVALID_TOKEN"  # noqa: S105 - a code
    TOKEN_EXPIRED: Final = "TOKEN_EXPIRED"  # noqa: S105 - a code
    REFRESH_FAILED: Final = "REFRESH_FAILED"
    INVALID_API_KEY: Final = "INVALID_API_KEY"
    API_KEY_EXPIRED: Final = "API_KEY_EXPIRED"
    API_KEY_REVOKED: Final = "API_KEY_REVOKED"
    INSUFFICIENT_CREDITS: Final = "INSUFFICIENT_CREDITS"
    INSUFFICIENT_PERMISSIONS: Final = "INSUFFICIENT_PERMISSIONS"
    CONSENT_REQUIRED: Final = "CONSENT_REQUIRED"
    NOT_FOUND: Final = "NOT_FOUND"
    METHOD_NOT_ALLOWED: Final = "METHOD_NOT_ALLOWED"
    ALREADY_EXISTS: Final = "ALREADY_EXISTS"
    RESOURCE_CONFLICT: Final = "RESOURCE_CONFLICT"
    UPLOAD_INCOMPLETE: Final = "UPLOAD_INCOMPLETE"
    PAYLOAD_TOO_LARGE: Final = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE: Final = "UNSUPPORTED_MEDIA_TYPE"
    IDEMPOTENCY_KEY_REUSED: Final = "IDEMPOTENCY_KEY_REUSED"
    UPLOAD_REJECTED: Final = "UPLOAD_REJECTED"
    MODEL_UNREADABLE: Final = "MODEL_UNREADABLE"
    MODEL_TOO_LARGE: Final = "MODEL_TOO_LARGE"
    CONTENT_BLOCKED: Final = "CONTENT_BLOCKED"
    RATE_LIMIT_EXCEEDED: Final = "RATE_LIMIT_EXCEEDED"
    QUOTA_EXCEEDED: Final = "QUOTA_EXCEEDED"
    RENDER_FAILED: Final = "RENDER_FAILED"
    INTERNAL_ERROR: Final = "INTERNAL_ERROR"
    SERVICE_UNAVAILABLE: Final = "SERVICE_UNAVAILABLE"
    TIMEOUT: Final = "TIMEOUT"
    WEBHOOK_DELIVERY_FAILED: Final = "WEBHOOK_DELIVERY_FAILED"


class Event:
    """What happened to a render, `usage.month` of an organization, or `webhook.test` to try a webhook."""

    RENDER_PROCESSING: Final = "render.processing"
    RENDER_COMPLETED: Final = "render.completed"
    RENDER_FAILED: Final = "render.failed"
    RENDER_CANCELLED: Final = "render.cancelled"
    USAGE_MONTH: Final = "usage.month"
    WEBHOOK_TEST: Final = "webhook.test"


class ExportStatus:
    """The state of an export."""

    NONE: Final = "none"
    PREPARING: Final = "preparing"
    READY: Final = "ready"


class Ground:
    """What the open ground is covered with."""

    GRASS: Final = "grass"
    SNOW: Final = "snow"
    SAND: Final = "sand"
    GRAVEL: Final = "gravel"
    CONCRETE: Final = "concrete"
    SOIL: Final = "soil"


class LayerKind:
    """What a layer tells of each pixel."""

    DEPTH: Final = "depth"
    NORMAL: Final = "normal"
    MATERIALID: Final = "materialId"


class LedgerEntryType:
    """Why credits moved."""

    GRANT: Final = "grant"
    DEBIT: Final = "debit"
    REFUND: Final = "refund"


class OutputFormat:
    """The file format of the output."""

    PNG: Final = "png"
    JPEG: Final = "jpeg"
    WEBP: Final = "webp"


class OverallState:
    """Whether the API works: `degraded` if one or two services are down, `down` if all are."""

    HEALTHY: Final = "healthy"
    DEGRADED: Final = "degraded"
    DOWN: Final = "down"


class Platform:
    """The host application of a plugin."""

    SKETCHUP: Final = "sketchup"
    REVIT: Final = "revit"
    AUTOCAD: Final = "autocad"
    RHINO: Final = "rhino"
    ARCHICAD: Final = "archicad"
    BLENDER: Final = "blender"
    FREECAD: Final = "freecad"
    UNKNOWN: Final = "unknown"


class Projection:
    """How the camera projects the scene."""

    PERSPECTIVE: Final = "perspective"
    PARALLEL: Final = "parallel"


class Purpose:
    """What an upload is used for in a render."""

    CAPTURE: Final = "capture"
    DEPTH: Final = "depth"
    MATERIALID: Final = "materialId"
    NORMAL: Final = "normal"
    MODEL: Final = "model"


class Quality:
    """The size of the output, and what it costs."""

    STANDARD: Final = "standard"
    HIGH: Final = "high"
    ULTRA: Final = "ultra"


class RetentionPeriod:
    """How long something is kept."""

    _1D: Final = "1d"
    _7D: Final = "7d"
    _30D: Final = "30d"
    _90D: Final = "90d"
    _365D: Final = "365d"
    UNTILDELETED: Final = "untilDeleted"


class Role:
    """What a member is in an organisation."""

    OWNER: Final = "owner"
    ADMIN: Final = "admin"
    MEMBER: Final = "member"


class Scope:
    """What credentials allow."""

    RENDERS_CREATE: Final = "renders:create"
    RENDERS_READ: Final = "renders:read"
    PROJECTS_READ: Final = "projects:read"
    WEBHOOK_WRITE: Final = "webhook:write"
    METRICS_READ: Final = "metrics:read"
    ORG_READ: Final = "org:read"
    ORG_ADMIN: Final = "org:admin"


class Season:
    """A season."""

    SPRING: Final = "spring"
    SUMMER: Final = "summer"
    AUTUMN: Final = "autumn"
    WINTER: Final = "winter"


class ServiceState:
    """What a health check found out about one service."""

    OPERATIONAL: Final = "operational"
    DOWN: Final = "down"
    UNCHECKED: Final = "unchecked"


class ShownStatus:
    """The state of an upload."""

    OPEN: Final = "open"
    READY: Final = "ready"
    FAILED: Final = "failed"


class Status:
    """The state of a render."""

    PENDING: Final = "pending"
    PROCESSING: Final = "processing"
    COMPLETED: Final = "completed"
    FAILED: Final = "failed"
    CANCELLED: Final = "cancelled"


class SurfaceMaterial:
    """The materials that a plugin can name for the colours of the material id image."""

    PLASTER: Final = "plaster"
    PAINT: Final = "paint"
    CONCRETE: Final = "concrete"
    BRICK: Final = "brick"
    STONE: Final = "stone"
    METAL: Final = "metal"
    GLASS: Final = "glass"
    WOOD: Final = "wood"
    ROOF_TILES: Final = "roof_tiles"
    TILES: Final = "tiles"
    FABRIC: Final = "fabric"
    FOLIAGE: Final = "foliage"
    GRASS: Final = "grass"
    PAVING: Final = "paving"
    GRAVEL: Final = "gravel"
    SOIL: Final = "soil"
    SAND: Final = "sand"
    WATER: Final = "water"


class TimeOfDay:
    """A time of day."""

    DAWN: Final = "dawn"
    NOON: Final = "noon"
    GOLDEN: Final = "golden"
    DUSK: Final = "dusk"
    NIGHT: Final = "night"


class WarningCode:
    """What was accepted although it was not understood as the client meant it."""

    UNKNOWN_MODEL: Final = "UNKNOWN_MODEL"
    UNKNOWN_MATERIAL: Final = "UNKNOWN_MATERIAL"


class Weather:
    """A weather."""

    CLEAR: Final = "clear"
    CLOUDY: Final = "cloudy"
    OVERCAST: Final = "overcast"
    FOG: Final = "fog"


class WebhookType:
    """How events reach their receiver."""

    PUSH: Final = "push"
    POLL: Final = "poll"


class AcceptedRenderOut(Model):
    """One render of an order for several."""

    render_id: str
    status: str
    seed: int
    status_url: str

    _fields: ClassVar[Fields] = {
        "renderId": ("render_id", None),
        "status": ("status", None),
        "seed": ("seed", None),
        "statusUrl": ("status_url", None),
    }


class ExportFileOut(Model):
    """A ZIP file."""

    url: str
    size: int

    _fields: ClassVar[Fields] = {
        "url": ("url", None),
        "size": ("size", None),
    }


class AccountExportOut(Model):
    """The export that is being prepared, or else the last one."""

    status: str
    requested_at: str | None
    expires_at: str | None
    files: list[ExportFileOut]

    _fields: ClassVar[Fields] = {
        "status": ("status", None),
        "requestedAt": ("requested_at", None),
        "expiresAt": ("expires_at", None),
        "files": ("files", ExportFileOut),
    }


class ApiOut(Model):
    """The version of the API, and the platform and plugin version that the request named."""

    version: str
    platform: str
    version_detected: str

    _fields: ClassVar[Fields] = {
        "version": ("version", None),
        "platform": ("platform", None),
        "version_detected": ("version_detected", None),
    }


class AttemptOut(Model):
    """An attempt to deliver an event."""

    at: str
    duration_ms: int
    status: int | None
    answer: str
    problem: str | None

    _fields: ClassVar[Fields] = {
        "at": ("at", None),
        "durationMs": ("duration_ms", None),
        "status": ("status", None),
        "answer": ("answer", None),
        "problem": ("problem", None),
    }


class AuditEntryOut(Model):
    """One entry of the audit log."""

    id: str
    at: str
    actor: str
    address: str | None
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "at": ("at", None),
        "actor": ("actor", None),
        "address": ("address", None),
        "action": ("action", None),
        "subject": ("subject", None),
        "before": ("before", None),
        "after": ("after", None),
    }


class AuditPage(Model):
    """Entries of the audit log, from new to old."""

    entries: list[AuditEntryOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "entries": ("entries", AuditEntryOut),
        "nextCursor": ("next_cursor", None),
    }


class OutputSizeOut(Model):
    """The size of an output in pixels."""

    aspect_ratio: str
    width: int
    height: int

    _fields: ClassVar[Fields] = {
        "aspectRatio": ("aspect_ratio", None),
        "width": ("width", None),
        "height": ("height", None),
    }


class QualityOut(Model):
    """A quality: its price, and the size of its output for each aspect ratio."""

    name: str
    credits_cost: int
    is_default: bool
    sizes: list[OutputSizeOut]

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "creditsCost": ("credits_cost", None),
        "isDefault": ("is_default", None),
        "sizes": ("sizes", OutputSizeOut),
    }


class ModelOut(Model):
    """A model that may be named in an order."""

    name: str
    aliases: list[str]
    engine: str
    is_default: bool
    credits_cost: dict[str, int] | None
    consent: str | None
    inputs: list[str]

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "aliases": ("aliases", None),
        "engine": ("engine", None),
        "isDefault": ("is_default", None),
        "creditsCost": ("credits_cost", None),
        "consent": ("consent", None),
        "inputs": ("inputs", None),
    }


class StyleCategoryOut(Model):
    """A node of the tree of categories."""

    name: str
    title: str
    parent: str | None

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "title": ("title", None),
        "parent": ("parent", None),
    }


class ConsentVersionOut(Model):
    """The newest version of a consent's text."""

    name: str
    version: int

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "version": ("version", None),
    }


class LimitsOut(Model):
    """The limits of requests and of accounts."""

    max_image_bytes: int
    min_image_side: int
    max_image_pixels: int
    max_source_ratio: float
    max_prompt_length: int
    max_metadata_bytes: int
    max_materials: int
    max_wait_seconds: int
    max_webhooks: int
    max_keys: int
    max_projects: int
    max_upload_bytes: int
    max_own_styles: int
    max_open_uploads: int
    max_stored_upload_bytes: int
    requests_per_minute: dict[str, int]

    _fields: ClassVar[Fields] = {
        "maxImageBytes": ("max_image_bytes", None),
        "minImageSide": ("min_image_side", None),
        "maxImagePixels": ("max_image_pixels", None),
        "maxSourceRatio": ("max_source_ratio", None),
        "maxPromptLength": ("max_prompt_length", None),
        "maxMetadataBytes": ("max_metadata_bytes", None),
        "maxMaterials": ("max_materials", None),
        "maxWaitSeconds": ("max_wait_seconds", None),
        "maxWebhooks": ("max_webhooks", None),
        "maxKeys": ("max_keys", None),
        "maxProjects": ("max_projects", None),
        "maxUploadBytes": ("max_upload_bytes", None),
        "maxOwnStyles": ("max_own_styles", None),
        "maxOpenUploads": ("max_open_uploads", None),
        "maxStoredUploadBytes": ("max_stored_upload_bytes", None),
        "requestsPerMinute": ("requests_per_minute", None),
    }


class PluginReleaseOut(Model):
    """The versions of a platform's plugin."""

    platform: str
    newest_version: str
    oldest_version: str
    download_url: str

    _fields: ClassVar[Fields] = {
        "platform": ("platform", None),
        "newestVersion": ("newest_version", None),
        "oldestVersion": ("oldest_version", None),
        "downloadUrl": ("download_url", None),
    }


class CapabilitiesOut(Model):
    """What this API offers: everything that the dialog of a plugin lets a user choose, and the limits."""

    qualities: list[QualityOut]
    aspect_ratios: list[str]
    output_formats: list[str]
    models: list[ModelOut]
    style_categories: list[StyleCategoryOut]
    consents: list[ConsentVersionOut]
    materials: list[str]
    events: list[str]
    limits: LimitsOut
    plugins: list[PluginReleaseOut]

    _fields: ClassVar[Fields] = {
        "qualities": ("qualities", QualityOut),
        "aspectRatios": ("aspect_ratios", None),
        "outputFormats": ("output_formats", None),
        "models": ("models", ModelOut),
        "styleCategories": ("style_categories", StyleCategoryOut),
        "consents": ("consents", ConsentVersionOut),
        "materials": ("materials", None),
        "events": ("events", None),
        "limits": ("limits", LimitsOut),
        "plugins": ("plugins", PluginReleaseOut),
    }


class ConsentOut(Model):
    """A consent: the text to show, and the user's last answer."""

    name: str
    version: int
    title: str
    text: str
    recipients: list[str]
    granted: bool
    answered_version: int | None
    answered_at: str | None

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "version": ("version", None),
        "title": ("title", None),
        "text": ("text", None),
        "recipients": ("recipients", None),
        "granted": ("granted", None),
        "answeredVersion": ("answered_version", None),
        "answeredAt": ("answered_at", None),
    }


class ConsentList(Model):
    """All consents, also those that the user was never asked for."""

    consents: list[ConsentOut]

    _fields: ClassVar[Fields] = {
        "consents": ("consents", ConsentOut),
    }


class MemberSpendingOut(Model):
    """What a member has spent of the pool of an organisation this month, in credits."""

    spent_this_month: int
    monthly_credits: int | None

    _fields: ClassVar[Fields] = {
        "spentThisMonth": ("spent_this_month", None),
        "monthlyCredits": ("monthly_credits", None),
    }


class CreditsOut(Model):
    """The balance and the totals of an account, in whole credits."""

    balance: int
    total_earned: int
    total_spent: int
    monthly_earned: int
    monthly_spent: int
    member: MemberSpendingOut | None

    _fields: ClassVar[Fields] = {
        "balance": ("balance", None),
        "totalEarned": ("total_earned", None),
        "totalSpent": ("total_spent", None),
        "monthlyEarned": ("monthly_earned", None),
        "monthlySpent": ("monthly_spent", None),
        "member": ("member", MemberSpendingOut),
    }


class CsvTable(Model):
    """A table (RFC 4180) with the names of its columns in the first line."""

    _fields: ClassVar[Fields] = {}


class DeletionReceiptOut(Model):
    """The receipt of a deletion."""

    receipt_id: str
    status: str
    requested_at: str
    deleted_by: str
    completed_at: str | None
    counts: dict[str, int]

    _fields: ClassVar[Fields] = {
        "receiptId": ("receipt_id", None),
        "status": ("status", None),
        "requestedAt": ("requested_at", None),
        "deletedBy": ("deleted_by", None),
        "completedAt": ("completed_at", None),
        "counts": ("counts", None),
    }


class DeliveryAccepted(Model):
    """The delivery was accepted and is waiting for a worker."""

    delivery_id: str
    state: str | None

    _fields: ClassVar[Fields] = {
        "deliveryId": ("delivery_id", None),
        "state": ("state", None),
    }


class DeliveryOut(Model):
    """The delivery of one event to one webhook."""

    delivery_id: str
    event: str
    state: str
    created_at: str
    next_attempt_at: str | None
    attempts: list[AttemptOut]

    _fields: ClassVar[Fields] = {
        "deliveryId": ("delivery_id", None),
        "event": ("event", None),
        "state": ("state", None),
        "createdAt": ("created_at", None),
        "nextAttemptAt": ("next_attempt_at", None),
        "attempts": ("attempts", AttemptOut),
    }


class DeliveryPage(Model):
    """A page of deliveries, from new to old."""

    deliveries: list[DeliveryOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "deliveries": ("deliveries", DeliveryOut),
        "nextCursor": ("next_cursor", None),
    }


class DeviceCodeOut(Model):
    """The codes of a sign-in."""

    success: bool | None
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "device_code": ("device_code", None),
        "user_code": ("user_code", None),
        "verification_uri": ("verification_uri", None),
        "verification_uri_complete": ("verification_uri_complete", None),
        "expires_in": ("expires_in", None),
        "interval": ("interval", None),
    }


class UserOut(Model):
    """A user."""

    id: str
    email: str
    name: str

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "email": ("email", None),
        "name": ("name", None),
    }


class DeviceTokensOut(Model):
    """The tokens of the new session, as sign-in returns them."""

    success: bool | None
    access_token: str
    refresh_token: str
    expires_at: str
    token_type: str | None
    user: UserOut
    expires_in: int

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "access_token": ("access_token", None),
        "refresh_token": ("refresh_token", None),
        "expires_at": ("expires_at", None),
        "token_type": ("token_type", None),
        "user": ("user", UserOut),
        "expires_in": ("expires_in", None),
    }


class EngineReportOut(Model):
    """How the engine treated the capture."""

    mode: str
    confidence: float
    reasons: list[str]

    _fields: ClassVar[Fields] = {
        "mode": ("mode", None),
        "confidence": ("confidence", None),
        "reasons": ("reasons", None),
    }


class ErrorResponse(Model):
    """An error."""

    success: bool
    error: str
    error_description: str | None
    error_code: str
    details: dict[str, Any] | None
    request_id: str
    retryable: bool
    required_credits: int | None
    available_credits: int | None

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "error": ("error", None),
        "error_description": ("error_description", None),
        "errorCode": ("error_code", None),
        "details": ("details", None),
        "requestId": ("request_id", None),
        "retryable": ("retryable", None),
        "requiredCredits": ("required_credits", None),
        "availableCredits": ("available_credits", None),
    }


class EstimateOut(Model):
    """What an order would cost now."""

    credits_cost: int
    estimated_time: int
    balance: int
    sufficient: bool

    _fields: ClassVar[Fields] = {
        "creditsCost": ("credits_cost", None),
        "estimatedTime": ("estimated_time", None),
        "balance": ("balance", None),
        "sufficient": ("sufficient", None),
    }


class UsageGroup(Model):
    """The renders of one group."""

    group: str
    ordered: int | None
    completed: int | None
    failed: int | None
    cancelled: int | None

    _fields: ClassVar[Fields] = {
        "group": ("group", None),
        "ordered": ("ordered", None),
        "completed": ("completed", None),
        "failed": ("failed", None),
        "cancelled": ("cancelled", None),
    }


class UsageFigures(Model):
    """What happened in a time."""

    ordered: int
    completed: int
    failed: int
    cancelled: int
    credits_used: int
    credits_debited: int
    credits_refunded: int
    seconds_mean: float | None
    seconds_p50: float | None
    seconds_p95: float | None
    delivery_attempts: int
    delivery_failures: int
    delivery_seconds_p95: float | None
    uploads: int
    uploads_failed: int
    active_users: int | None
    groups: list[UsageGroup] | None

    _fields: ClassVar[Fields] = {
        "ordered": ("ordered", None),
        "completed": ("completed", None),
        "failed": ("failed", None),
        "cancelled": ("cancelled", None),
        "creditsUsed": ("credits_used", None),
        "creditsDebited": ("credits_debited", None),
        "creditsRefunded": ("credits_refunded", None),
        "secondsMean": ("seconds_mean", None),
        "secondsP50": ("seconds_p50", None),
        "secondsP95": ("seconds_p95", None),
        "deliveryAttempts": ("delivery_attempts", None),
        "deliveryFailures": ("delivery_failures", None),
        "deliverySecondsP95": ("delivery_seconds_p95", None),
        "uploads": ("uploads", None),
        "uploadsFailed": ("uploads_failed", None),
        "activeUsers": ("active_users", None),
        "groups": ("groups", UsageGroup),
    }


class EventDataOut(Model):
    """What the event is about: a render, a month of an organization, or the webhook itself."""

    webhook_id: str | None
    render_id: str | None
    status: str | None
    style_id: str | None
    output_url: str | None
    output_url_expires_at: str | None
    error: str | None
    error_code: str | None
    project_id: str | None
    platform: str | None
    metadata: dict[str, Any] | None
    organization_id: str | None
    month: str | None
    usage: UsageFigures | None

    _fields: ClassVar[Fields] = {
        "webhookId": ("webhook_id", None),
        "renderId": ("render_id", None),
        "status": ("status", None),
        "styleId": ("style_id", None),
        "outputUrl": ("output_url", None),
        "outputUrlExpiresAt": ("output_url_expires_at", None),
        "error": ("error", None),
        "errorCode": ("error_code", None),
        "projectId": ("project_id", None),
        "platform": ("platform", None),
        "metadata": ("metadata", None),
        "organizationId": ("organization_id", None),
        "month": ("month", None),
        "usage": ("usage", UsageFigures),
    }


class EventOut(Model):
    """The body of a webhook or a callback."""

    event: str
    type: str
    timestamp: str
    data: EventDataOut

    _fields: ClassVar[Fields] = {
        "event": ("event", None),
        "type": ("type", None),
        "timestamp": ("timestamp", None),
        "data": ("data", EventDataOut),
    }


class ServicesOut(Model):
    """The state of each service."""

    api: str
    authentication: str
    rendering: str
    storage: str

    _fields: ClassVar[Fields] = {
        "api": ("api", None),
        "authentication": ("authentication", None),
        "rendering": ("rendering", None),
        "storage": ("storage", None),
    }


class HealthOut(Model):
    """Whether the API and the services behind it work."""

    success: bool
    status: str
    timestamp: str
    api: ApiOut
    services: ServicesOut

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "status": ("status", None),
        "timestamp": ("timestamp", None),
        "api": ("api", ApiOut),
        "services": ("services", ServicesOut),
    }


class InvitationCreated(Model):
    """A new invitation with its `token`, which no other response contains."""

    invitation_id: str
    email: str
    role: str
    invited_by: str
    created_at: str
    expires_at: str
    token: str

    _fields: ClassVar[Fields] = {
        "invitationId": ("invitation_id", None),
        "email": ("email", None),
        "role": ("role", None),
        "invitedBy": ("invited_by", None),
        "createdAt": ("created_at", None),
        "expiresAt": ("expires_at", None),
        "token": ("token", None),
    }


class InvitationOut(Model):
    """An open invitation."""

    invitation_id: str
    email: str
    role: str
    invited_by: str
    created_at: str
    expires_at: str

    _fields: ClassVar[Fields] = {
        "invitationId": ("invitation_id", None),
        "email": ("email", None),
        "role": ("role", None),
        "invitedBy": ("invited_by", None),
        "createdAt": ("created_at", None),
        "expiresAt": ("expires_at", None),
    }


class InvitationList(Model):
    """The open invitations of an organisation, from new to old."""

    invitations: list[InvitationOut]

    _fields: ClassVar[Fields] = {
        "invitations": ("invitations", InvitationOut),
    }


class InvitationWithdrawn(Model):
    """The invitation cannot be accepted any more."""

    invitation_id: str
    withdrawn: bool | None

    _fields: ClassVar[Fields] = {
        "invitationId": ("invitation_id", None),
        "withdrawn": ("withdrawn", None),
    }


class JsonLines(Model):
    """One JSON object per line."""

    _fields: ClassVar[Fields] = {}


class KeyCreated(Model):
    """A new API key with its secret in `key`."""

    id: str
    name: str
    key_prefix: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None
    is_active: bool
    key: str

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "name": ("name", None),
        "keyPrefix": ("key_prefix", None),
        "scopes": ("scopes", None),
        "createdAt": ("created_at", None),
        "expiresAt": ("expires_at", None),
        "lastUsedAt": ("last_used_at", None),
        "revokedAt": ("revoked_at", None),
        "isActive": ("is_active", None),
        "key": ("key", None),
    }


class KeyOut(Model):
    """An API key without its secret."""

    id: str
    name: str
    key_prefix: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None
    is_active: bool

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "name": ("name", None),
        "keyPrefix": ("key_prefix", None),
        "scopes": ("scopes", None),
        "createdAt": ("created_at", None),
        "expiresAt": ("expires_at", None),
        "lastUsedAt": ("last_used_at", None),
        "revokedAt": ("revoked_at", None),
        "isActive": ("is_active", None),
    }


class KeyPage(Model):
    """A page of API keys, from new to old."""

    keys: list[KeyOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "keys": ("keys", KeyOut),
        "nextCursor": ("next_cursor", None),
    }


class KeyRevoked(Model):
    """The API key was revoked."""

    id: str
    is_active: bool | None

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "isActive": ("is_active", None),
    }


class LayerMaterialOut(Model):
    """A material of the layer `materialId`."""

    colour: str
    name: str
    surface: str
    share: float

    _fields: ClassVar[Fields] = {
        "colour": ("colour", None),
        "name": ("name", None),
        "surface": ("surface", None),
        "share": ("share", None),
    }


class LayerOut(Model):
    """A layer of a render of a 3D model: a PNG of the size of the picture."""

    kind: str
    url: str
    near: float | None
    far: float | None
    materials: list[LayerMaterialOut] | None

    _fields: ClassVar[Fields] = {
        "kind": ("kind", None),
        "url": ("url", None),
        "near": ("near", None),
        "far": ("far", None),
        "materials": ("materials", LayerMaterialOut),
    }


class MeOut(Model):
    """The signed-in user with its credits."""

    id: str
    email: str
    name: str
    created_at: str
    credits: CreditsOut

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "email": ("email", None),
        "name": ("name", None),
        "created_at": ("created_at", None),
        "credits": ("credits", CreditsOut),
    }


class MeAnswer(Model):
    """The signed-in user, twice: `data` repeats `user`, because plugins in use read either."""

    success: bool | None
    user: MeOut
    data: MeOut

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "user": ("user", MeOut),
        "data": ("data", MeOut),
    }


class MemberOut(Model):
    """A member of an organisation."""

    user_id: str
    email: str
    name: str
    role: str
    joined_at: str
    monthly_credits: int | None
    spent_this_month: int

    _fields: ClassVar[Fields] = {
        "userId": ("user_id", None),
        "email": ("email", None),
        "name": ("name", None),
        "role": ("role", None),
        "joinedAt": ("joined_at", None),
        "monthlyCredits": ("monthly_credits", None),
        "spentThisMonth": ("spent_this_month", None),
    }


class MemberList(Model):
    """The members of an organisation, in the order of joining."""

    members: list[MemberOut]

    _fields: ClassVar[Fields] = {
        "members": ("members", MemberOut),
    }


class MemberRemoved(Model):
    """The membership has ended."""

    user_id: str
    removed: bool | None

    _fields: ClassVar[Fields] = {
        "userId": ("user_id", None),
        "removed": ("removed", None),
    }


class OrganizationLimitsOut(Model):
    """What all members together may use now."""

    requests_per_minute: int
    renders_at_once: int
    members: int

    _fields: ClassVar[Fields] = {
        "requestsPerMinute": ("requests_per_minute", None),
        "rendersAtOnce": ("renders_at_once", None),
        "members": ("members", None),
    }


class RetentionPolicy(Model):
    """For how long is kept what members store."""

    captures: str | None
    models: str | None
    renders: str | None

    _fields: ClassVar[Fields] = {
        "captures": ("captures", None),
        "models": ("models", None),
        "renders": ("renders", None),
    }


class PolicyOut(Model):
    """The policy of an organisation."""

    engines: list[str] | None
    max_key_days: int | None
    key_networks: list[str] | None
    member_monthly_credits: int | None
    requests_per_minute: int | None
    renders_at_once: int | None
    retention: RetentionPolicy | None

    _fields: ClassVar[Fields] = {
        "engines": ("engines", None),
        "maxKeyDays": ("max_key_days", None),
        "keyNetworks": ("key_networks", None),
        "memberMonthlyCredits": ("member_monthly_credits", None),
        "requestsPerMinute": ("requests_per_minute", None),
        "rendersAtOnce": ("renders_at_once", None),
        "retention": ("retention", RetentionPolicy),
    }


class OrganizationOut(Model):
    """An organisation."""

    organization_id: str
    name: str
    role: str | None
    plan: str
    limits: OrganizationLimitsOut
    policy: PolicyOut
    members: int
    created_at: str

    _fields: ClassVar[Fields] = {
        "organizationId": ("organization_id", None),
        "name": ("name", None),
        "role": ("role", None),
        "plan": ("plan", None),
        "limits": ("limits", OrganizationLimitsOut),
        "policy": ("policy", PolicyOut),
        "members": ("members", None),
        "createdAt": ("created_at", None),
    }


class OrganizationList(Model):
    """The organisations of a user."""

    organizations: list[OrganizationOut]

    _fields: ClassVar[Fields] = {
        "organizations": ("organizations", OrganizationOut),
    }


class OwnPartOut(Model):
    """What a style of yours adds to the style that it is made of."""

    base: str
    prompt: str
    negative_prompt: str
    structure_strength: float | None
    time: str | None
    weather: str | None
    season: str | None
    ground: str | None
    created_at: str
    updated_at: str

    _fields: ClassVar[Fields] = {
        "base": ("base", None),
        "prompt": ("prompt", None),
        "negativePrompt": ("negative_prompt", None),
        "structureStrength": ("structure_strength", None),
        "time": ("time", None),
        "weather": ("weather", None),
        "season": ("season", None),
        "ground": ("ground", None),
        "createdAt": ("created_at", None),
        "updatedAt": ("updated_at", None),
    }


class StyleOut(Model):
    """A version of a style."""

    name: str
    style_id: str
    version: int
    category: str
    title: str
    description: str
    cover_url: str
    engines: list[str]
    tags: list[str]
    own: OwnPartOut | None

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "styleId": ("style_id", None),
        "version": ("version", None),
        "category": ("category", None),
        "title": ("title", None),
        "description": ("description", None),
        "coverUrl": ("cover_url", None),
        "engines": ("engines", None),
        "tags": ("tags", None),
        "own": ("own", OwnPartOut),
    }


class OwnStyleList(Model):
    """Your styles, from new to old, each in its newest version."""

    styles: list[StyleOut]

    _fields: ClassVar[Fields] = {
        "styles": ("styles", StyleOut),
    }


class PasswordResetOut(Model):
    """The password was changed, and all sessions of the user have ended."""

    success: bool | None

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
    }


class PasswordResetRequestedOut(Model):
    """A code was sent if the address belongs to a user."""

    success: bool | None

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
    }


class PolledEventOut(Model):
    """An event."""

    id: str
    type: str
    timestamp: str
    data: dict[str, Any]

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "type": ("type", None),
        "timestamp": ("timestamp", None),
        "data": ("data", None),
    }


class PolledEventsOut(Model):
    """Events in the order in which they became known."""

    events: list[PolledEventOut]
    cursor: str
    done: bool

    _fields: ClassVar[Fields] = {
        "events": ("events", PolledEventOut),
        "cursor": ("cursor", None),
        "done": ("done", None),
    }


class PreferencesOut(Model):
    """All preferences of a user."""

    preferences: dict[str, Any]
    created_at: str
    updated_at: str

    _fields: ClassVar[Fields] = {
        "preferences": ("preferences", None),
        "createdAt": ("created_at", None),
        "updatedAt": ("updated_at", None),
    }


class ProjectDeleted(Model):
    """The project was deleted."""

    id: str
    deleted: bool | None

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "deleted": ("deleted", None),
    }


class ProjectOut(Model):
    """A project."""

    id: str
    name: str
    slug: str
    description: str
    created_at: str
    updated_at: str
    render_count: int
    platform: str
    image_url: str | None

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "name": ("name", None),
        "slug": ("slug", None),
        "description": ("description", None),
        "createdAt": ("created_at", None),
        "updatedAt": ("updated_at", None),
        "renderCount": ("render_count", None),
        "platform": ("platform", None),
        "imageUrl": ("image_url", None),
    }


class ProjectPage(Model):
    """A page of projects, from new to old."""

    projects: list[ProjectOut]
    total: int
    limit: int
    offset: int
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "projects": ("projects", ProjectOut),
        "total": ("total", None),
        "limit": ("limit", None),
        "offset": ("offset", None),
        "nextCursor": ("next_cursor", None),
    }


class WarningOut(Model):
    """A part of an accepted request that the service changed."""

    code: str
    message: str
    field: str

    _fields: ClassVar[Fields] = {
        "code": ("code", None),
        "message": ("message", None),
        "field": ("field", None),
    }


class RenderAccepted(Model):
    """The render was accepted and is waiting for a worker."""

    render_id: str
    id: str
    status: str
    credits_cost: int
    estimated_time: int
    engine: str
    status_url: str
    waiting: bool | None
    callback_secret: str | None
    renders: list[AcceptedRenderOut] | None
    warnings: list[WarningOut] | None

    _fields: ClassVar[Fields] = {
        "renderId": ("render_id", None),
        "id": ("id", None),
        "status": ("status", None),
        "creditsCost": ("credits_cost", None),
        "estimatedTime": ("estimated_time", None),
        "engine": ("engine", None),
        "statusUrl": ("status_url", None),
        "waiting": ("waiting", None),
        "callbackSecret": ("callback_secret", None),
        "renders": ("renders", AcceptedRenderOut),
        "warnings": ("warnings", WarningOut),
    }


class RenderOut(Model):
    """A render."""

    render_id: str
    status: str
    progress: int
    waiting: bool | None
    estimated_time_remaining: int | None
    output_url: str | None
    output_url_expires_at: str | None
    input_url: str | None
    batch: list[str] | None
    thumbnail_url: str | None
    width: int | None
    height: int | None
    error: str | None
    error_code: str | None
    processing_time: float | None
    credits_used: int | None
    style: str
    style_id: str
    quality: str
    aspect_ratio: str
    output_format: str
    prompt: str
    negative_prompt: str | None
    structure_strength: float
    seed: int
    engine: str
    engine_report: EngineReportOut | None
    layers: list[LayerOut] | None
    metadata: dict[str, Any]
    project_id: str | None
    platform: str
    created_at: str
    completed_at: str | None

    _fields: ClassVar[Fields] = {
        "renderId": ("render_id", None),
        "status": ("status", None),
        "progress": ("progress", None),
        "waiting": ("waiting", None),
        "estimatedTimeRemaining": ("estimated_time_remaining", None),
        "outputUrl": ("output_url", None),
        "outputUrlExpiresAt": ("output_url_expires_at", None),
        "inputUrl": ("input_url", None),
        "batch": ("batch", None),
        "thumbnailUrl": ("thumbnail_url", None),
        "width": ("width", None),
        "height": ("height", None),
        "error": ("error", None),
        "errorCode": ("error_code", None),
        "processingTime": ("processing_time", None),
        "creditsUsed": ("credits_used", None),
        "style": ("style", None),
        "styleId": ("style_id", None),
        "quality": ("quality", None),
        "aspectRatio": ("aspect_ratio", None),
        "outputFormat": ("output_format", None),
        "prompt": ("prompt", None),
        "negativePrompt": ("negative_prompt", None),
        "structureStrength": ("structure_strength", None),
        "seed": ("seed", None),
        "engine": ("engine", None),
        "engineReport": ("engine_report", EngineReportOut),
        "layers": ("layers", LayerOut),
        "metadata": ("metadata", None),
        "projectId": ("project_id", None),
        "platform": ("platform", None),
        "createdAt": ("created_at", None),
        "completedAt": ("completed_at", None),
    }


class RenderPage(Model):
    """A page of renders, from new to old."""

    renders: list[RenderOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "renders": ("renders", RenderOut),
        "nextCursor": ("next_cursor", None),
    }


class ResultOut(Model):
    """The result of the last attempt of any delivery."""

    at: str
    delivery_id: str
    succeeded: bool
    status: int | None
    problem: str | None

    _fields: ClassVar[Fields] = {
        "at": ("at", None),
        "deliveryId": ("delivery_id", None),
        "succeeded": ("succeeded", None),
        "status": ("status", None),
        "problem": ("problem", None),
    }


class ResumableUploadAnswer(Model):
    """The ready file, as plugins in use read it."""

    url: str
    upload_id: str

    _fields: ClassVar[Fields] = {
        "url": ("url", None),
        "uploadId": ("upload_id", None),
    }


class ResumableUploadCreated(Model):
    """The upload, as plugins in use read it."""

    session_id: str
    upload_url: str
    expires_at: str

    _fields: ClassVar[Fields] = {
        "sessionId": ("session_id", None),
        "uploadUrl": ("upload_url", None),
        "expiresAt": ("expires_at", None),
    }


class RetentionOut(Model):
    """For how long captures, 3D models and renders are kept."""

    captures: str
    models: str
    renders: str
    is_applied: bool
    updated_at: str | None

    _fields: ClassVar[Fields] = {
        "captures": ("captures", None),
        "models": ("models", None),
        "renders": ("renders", None),
        "isApplied": ("is_applied", None),
        "updatedAt": ("updated_at", None),
    }


class RetiredSecretOut(Model):
    """A replaced secret, masked."""

    secret: str
    expires_at: str

    _fields: ClassVar[Fields] = {
        "secret": ("secret", None),
        "expiresAt": ("expires_at", None),
    }


class SecretRotated(Model):
    """The new secret, and the replaced secrets, masked."""

    webhook_id: str
    secret: str
    retired_secrets: list[RetiredSecretOut]

    _fields: ClassVar[Fields] = {
        "webhookId": ("webhook_id", None),
        "secret": ("secret", None),
        "retiredSecrets": ("retired_secrets", RetiredSecretOut),
    }


class SessionEnded(Model):
    """The session has ended."""

    id: str
    ended: bool | None

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "ended": ("ended", None),
    }


class SessionOut(Model):
    """A session: one sign-in of a plugin."""

    id: str
    platform: str
    current: bool
    created_at: str
    last_refreshed_at: str | None
    expires_at: str

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "platform": ("platform", None),
        "current": ("current", None),
        "createdAt": ("created_at", None),
        "lastRefreshedAt": ("last_refreshed_at", None),
        "expiresAt": ("expires_at", None),
    }


class SessionList(Model):
    """The sessions of a user that have not ended, newest first."""

    sessions: list[SessionOut]

    _fields: ClassVar[Fields] = {
        "sessions": ("sessions", SessionOut),
    }


class SignedOutOut(Model):
    """The session has ended."""

    success: bool | None

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
    }


class SignedPartOut(Model):
    """A part, and the URL that takes it by PUT."""

    part_number: int
    size: int
    url: str
    expires_at: str

    _fields: ClassVar[Fields] = {
        "partNumber": ("part_number", None),
        "size": ("size", None),
        "url": ("url", None),
        "expiresAt": ("expires_at", None),
    }


class SignedPartList(Model):
    """Signed parts, in the order of the request."""

    parts: list[SignedPartOut]

    _fields: ClassVar[Fields] = {
        "parts": ("parts", SignedPartOut),
    }


class StyleDeleted(Model):
    """The style was deleted."""

    name: str
    deleted: bool | None

    _fields: ClassVar[Fields] = {
        "name": ("name", None),
        "deleted": ("deleted", None),
    }


class StyleList(Model):
    """The newest version of every style, in the order to show them; the first is the default."""

    styles: list[StyleOut]
    categories: list[StyleCategoryOut]

    _fields: ClassVar[Fields] = {
        "styles": ("styles", StyleOut),
        "categories": ("categories", StyleCategoryOut),
    }


class TokensOut(Model):
    """A pair of tokens and the user who signed in."""

    success: bool | None
    access_token: str
    refresh_token: str
    expires_at: str
    token_type: str | None
    user: UserOut

    _fields: ClassVar[Fields] = {
        "success": ("success", None),
        "access_token": ("access_token", None),
        "refresh_token": ("refresh_token", None),
        "expires_at": ("expires_at", None),
        "token_type": ("token_type", None),
        "user": ("user", UserOut),
    }


class TransactionOut(Model):
    """One entry of the ledger."""

    id: str
    type: str
    amount: int
    render_id: str | None
    member_id: str | None
    reason: str | None
    created_at: str

    _fields: ClassVar[Fields] = {
        "id": ("id", None),
        "type": ("type", None),
        "amount": ("amount", None),
        "renderId": ("render_id", None),
        "memberId": ("member_id", None),
        "reason": ("reason", None),
        "createdAt": ("created_at", None),
    }


class TransactionPage(Model):
    """A page of the ledger, from new to old."""

    transactions: list[TransactionOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "transactions": ("transactions", TransactionOut),
        "nextCursor": ("next_cursor", None),
    }


class UploadDeleted(Model):
    """The upload was deleted."""

    upload_id: str

    _fields: ClassVar[Fields] = {
        "uploadId": ("upload_id", None),
    }


class UploadPartOut(Model):
    """A part of an upload: signed after its creation, and with `received` when it is read."""

    part_number: int
    size: int
    received: bool | None
    etag: str | None
    url: str | None
    expires_at: str | None

    _fields: ClassVar[Fields] = {
        "partNumber": ("part_number", None),
        "size": ("size", None),
        "received": ("received", None),
        "etag": ("etag", None),
        "url": ("url", None),
        "expiresAt": ("expires_at", None),
    }


class UploadOut(Model):
    """An upload."""

    upload_id: str
    session_id: str | None
    status: str
    file_name: str
    content_type: str
    content_encoding: str | None
    purpose: str
    size: int
    sha256: str | None
    part_size: int
    part_count: int
    parts: list[UploadPartOut] | None
    put_url: str | None
    received_bytes: int | None
    progress: int | None
    url: str | None
    width: int | None
    height: int | None
    triangles: int | None
    error: str | None
    created_at: str
    expires_at: str | None

    _fields: ClassVar[Fields] = {
        "uploadId": ("upload_id", None),
        "sessionId": ("session_id", None),
        "status": ("status", None),
        "fileName": ("file_name", None),
        "contentType": ("content_type", None),
        "contentEncoding": ("content_encoding", None),
        "purpose": ("purpose", None),
        "size": ("size", None),
        "sha256": ("sha256", None),
        "partSize": ("part_size", None),
        "partCount": ("part_count", None),
        "parts": ("parts", UploadPartOut),
        "putUrl": ("put_url", None),
        "receivedBytes": ("received_bytes", None),
        "progress": ("progress", None),
        "url": ("url", None),
        "width": ("width", None),
        "height": ("height", None),
        "triangles": ("triangles", None),
        "error": ("error", None),
        "createdAt": ("created_at", None),
        "expiresAt": ("expires_at", None),
    }


class UploadPage(Model):
    """A page of uploads, from new to old."""

    uploads: list[UploadOut]
    next_cursor: str | None

    _fields: ClassVar[Fields] = {
        "uploads": ("uploads", UploadOut),
        "nextCursor": ("next_cursor", None),
    }


class UsagePeriod(Model):
    """What happened in an hour or a day that begins at `start`."""

    ordered: int
    completed: int
    failed: int
    cancelled: int
    credits_used: int
    credits_debited: int
    credits_refunded: int
    seconds_mean: float | None
    seconds_p50: float | None
    seconds_p95: float | None
    delivery_attempts: int
    delivery_failures: int
    delivery_seconds_p95: float | None
    uploads: int
    uploads_failed: int
    active_users: int | None
    groups: list[UsageGroup] | None
    start: str

    _fields: ClassVar[Fields] = {
        "ordered": ("ordered", None),
        "completed": ("completed", None),
        "failed": ("failed", None),
        "cancelled": ("cancelled", None),
        "creditsUsed": ("credits_used", None),
        "creditsDebited": ("credits_debited", None),
        "creditsRefunded": ("credits_refunded", None),
        "secondsMean": ("seconds_mean", None),
        "secondsP50": ("seconds_p50", None),
        "secondsP95": ("seconds_p95", None),
        "deliveryAttempts": ("delivery_attempts", None),
        "deliveryFailures": ("delivery_failures", None),
        "deliverySecondsP95": ("delivery_seconds_p95", None),
        "uploads": ("uploads", None),
        "uploadsFailed": ("uploads_failed", None),
        "activeUsers": ("active_users", None),
        "groups": ("groups", UsageGroup),
        "start": ("start", None),
    }


class UsageOut(Model):
    """Figures of periods, from old to new."""

    from_: str
    to: str
    bucket: str
    periods: list[UsagePeriod]
    total: UsageFigures

    _fields: ClassVar[Fields] = {
        "from": ("from_", None),
        "to": ("to", None),
        "bucket": ("bucket", None),
        "periods": ("periods", UsagePeriod),
        "total": ("total", UsageFigures),
    }


class WebhookDeleted(Model):
    """The webhook was deleted."""

    webhook_id: str
    deleted: bool | None

    _fields: ClassVar[Fields] = {
        "webhookId": ("webhook_id", None),
        "deleted": ("deleted", None),
    }


class WebhookOut(Model):
    """A webhook with its secrets masked."""

    webhook_id: str
    type: str
    url: str | None
    events: list[str]
    description: str
    headers: dict[str, str]
    secret: str | None
    retired_secrets: list[RetiredSecretOut]
    state: str
    disabled_reason: str | None
    failing_since: str | None
    last_result: ResultOut | None
    created_at: str

    _fields: ClassVar[Fields] = {
        "webhookId": ("webhook_id", None),
        "type": ("type", None),
        "url": ("url", None),
        "events": ("events", None),
        "description": ("description", None),
        "headers": ("headers", None),
        "secret": ("secret", None),
        "retiredSecrets": ("retired_secrets", RetiredSecretOut),
        "state": ("state", None),
        "disabledReason": ("disabled_reason", None),
        "failingSince": ("failing_since", None),
        "lastResult": ("last_result", ResultOut),
        "createdAt": ("created_at", None),
    }


class WebhookList(Model):
    """All webhooks of a user."""

    webhooks: list[WebhookOut]

    _fields: ClassVar[Fields] = {
        "webhooks": ("webhooks", WebhookOut),
    }


class WebhookRegistered(Model):
    """A new webhook with its secret, as Standard Webhooks libraries need it."""

    webhook_id: str
    type: str
    url: str | None
    events: list[str]
    secret: str | None
    created_at: str

    _fields: ClassVar[Fields] = {
        "webhookId": ("webhook_id", None),
        "type": ("type", None),
        "url": ("url", None),
        "events": ("events", None),
        "secret": ("secret", None),
        "createdAt": ("created_at", None),
    }


class RenderOptions(TypedDict, total=False):
    """What an order may say beside its pictures."""

    # What the image should show.
    prompt: str | None
    # What the image should not show.
    negative_prompt: str | None
    # `standard`: 1080p.
    quality: str | None
    # The proportions of the output.
    aspect_ratio: str | None
    # A style of `GET /styles` or of yours: its `name` for the newest version, or its `styleId` for that version for goo
    style: str | None
    # The model that renders.
    model: str | None
    # The project that the render belongs to.
    project_id: str | None
    # A URL that receives the events of this render, as a webhook would.
    callback_url: str | None
    # The same request with the same seed gives the same image, if the model supports seeds.
    seed: int | None
    # How closely the image follows the geometry of the capture.
    structure_strength: float | None
    # If absent: `png`.
    output_format: str | None
    # An object of your own that is stored with the render and returned with it: at most 4 KB of JSON in UTF-8, and 32 l
    metadata: dict[str, Any] | None
    # The materials of the colours of `materialIdImage`, as `{"#a1b2c3": "brick"}`: at most 256; in a form, as JSON text
    materials: dict[str, str] | None
    # The camera of the capture, for the images beside it, or that of a render of a 3D model (metres, Y up); in a form,
    camera: dict[str, Any] | None
    # For a render of a 3D model: where the sun is.
    sun: dict[str, Any] | None
    # For a render of a 3D model by `cycles`: pictures of numbers that are made beside it, which `GET /renders/{renderId
    layers: list[str] | None
    # The number of renders, which differ in their seed: `seed` and the numbers after it.
    count: int | None
    # An upload for `model`: the 3D model that `model=cycles` renders.
    model_upload_id: str | None


OPTION_NAMES: Final = {
    "prompt": "prompt",
    "negative_prompt": "negativePrompt",
    "quality": "quality",
    "aspect_ratio": "aspectRatio",
    "style": "style",
    "model": "model",
    "project_id": "projectId",
    "callback_url": "callback_url",
    "seed": "seed",
    "structure_strength": "structureStrength",
    "output_format": "outputFormat",
    "metadata": "metadata",
    "materials": "materials",
    "camera": "camera",
    "sun": "sun",
    "layers": "layers",
    "count": "count",
    "model_upload_id": "modelUploadId",
}
"""The names of the options on the wire."""
