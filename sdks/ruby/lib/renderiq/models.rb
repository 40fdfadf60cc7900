# frozen_string_literal: true

require_relative "wire"

module Renderiq
  # The objects of the wire. Generated from openapi.yaml by <tt>python -m sdks.generator</tt>. Do not edit.
  #
  # A field that a server does not send is nil. What a model does not know is in its +raw+. Lists of values are texts:
  # a newer server may send others.
  module Models
    # The proportions of the output, width to height.
    module AspectRatio
      VALUE_16_9 = "16:9"
      VALUE_4_3 = "4:3"
      VALUE_1_1 = "1:1"
      VALUE_9_16 = "9:16"
      VALUE_3_2 = "3:2"
      VALUE_2_3 = "2:3"
    end

    # The proportions of an output.
    module AspectRatioOption
      VALUE_16_9 = "16:9"
      VALUE_4_3 = "4:3"
      VALUE_1_1 = "1:1"
      VALUE_9_16 = "9:16"
      VALUE_3_2 = "3:2"
      VALUE_2_3 = "2:3"
      SOURCE = "source"
    end

    # What was done.
    module AuditAction
      ORGANIZATION_CREATED = "organization.created"
      ORGANIZATION_RENAMED = "organization.renamed"
      POLICY_CHANGED = "policy.changed"
      PLAN_CHANGED = "plan.changed"
      MEMBER_INVITED = "member.invited"
      INVITATION_WITHDRAWN = "invitation.withdrawn"
      MEMBER_JOINED = "member.joined"
      MEMBER_CHANGED = "member.changed"
      MEMBER_REMOVED = "member.removed"
      MEMBER_LEFT = "member.left"
      KEY_CREATED = "key.created"
      KEY_REVOKED = "key.revoked"
      KEY_ROTATED = "key.rotated"
      CREDITS_GRANTED = "credits.granted"
      CONSENT_ANSWERED = "consent.answered"
      ORGANIZATION_EXPORTED = "organization.exported"
      ORGANIZATION_DELETED = "organization.deleted"
    end

    # A period of time for which figures are kept.
    module Bucket
      HOUR = "hour"
      DAY = "day"
    end

    # What a user is asked to agree to.
    module ConsentName
      MODEL_UPLOAD = "model_upload"
      THIRD_PARTY_AI = "third_party_ai"
    end

    # How a plugin compressed a file.
    module ContentEncoding
      GZIP = "gzip"
    end

    # The state of a deletion.
    module DeletionStatus
      DELETING = "deleting"
      DELETED = "deleted"
    end

    # The state of a delivery: `pending` until it has succeeded or its retries are used up.
    module DeliveryState
      PENDING = "pending"
      SUCCEEDED = "succeeded"
      FAILED = "failed"
    end

    # A field of `POST /renders` that only some engines use.
    module EngineInput
      PROMPT = "prompt"
      NEGATIVE_PROMPT = "negativePrompt"
      STRUCTURE_STRENGTH = "structureStrength"
      SEED = "seed"
      DEPTH_IMAGE = "depthImage"
      MATERIAL_ID_IMAGE = "materialIdImage"
      NORMAL_IMAGE = "normalImage"
      CAMERA = "camera"
      MATERIALS = "materials"
      MODEL_UPLOAD_ID = "modelUploadId"
      SUN = "sun"
      LAYERS = "layers"
    end

    # How freely an engine treated a capture.
    module EngineMode
      REPAINTED = "repainted"
      MIXED = "mixed"
      GRADED = "graded"
    end

    # The code of an error.
    module ErrorCode
      INVALID_INPUT = "INVALID_INPUT"
      MISSING_REQUIRED_FIELD = "MISSING_REQUIRED_FIELD"
      INVALID_PROJECT_ID = "INVALID_PROJECT_ID"
      INVALID_RENDER_ID = "INVALID_RENDER_ID"
      AUTHORIZATION_PENDING = "AUTHORIZATION_PENDING"
      SLOW_DOWN = "SLOW_DOWN"
      ACCESS_DENIED = "ACCESS_DENIED"
      EXPIRED_TOKEN = "EXPIRED_TOKEN"
      INVALID_GRANT = "INVALID_GRANT"
      UNSUPPORTED_GRANT_TYPE = "UNSUPPORTED_GRANT_TYPE"
      AUTH_REQUIRED = "AUTH_REQUIRED"
      AUTH_FAILED = "AUTH_FAILED"
      INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
      INVALID_TOKEN = "INVALID_TOKEN"
      TOKEN_EXPIRED = "TOKEN_EXPIRED"
      REFRESH_FAILED = "REFRESH_FAILED"
      INVALID_API_KEY = "INVALID_API_KEY"
      API_KEY_EXPIRED = "API_KEY_EXPIRED"
      API_KEY_REVOKED = "API_KEY_REVOKED"
      INSUFFICIENT_CREDITS = "INSUFFICIENT_CREDITS"
      INSUFFICIENT_PERMISSIONS = "INSUFFICIENT_PERMISSIONS"
      CONSENT_REQUIRED = "CONSENT_REQUIRED"
      NOT_FOUND = "NOT_FOUND"
      METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
      ALREADY_EXISTS = "ALREADY_EXISTS"
      RESOURCE_CONFLICT = "RESOURCE_CONFLICT"
      UPLOAD_INCOMPLETE = "UPLOAD_INCOMPLETE"
      PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
      UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
      IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
      UPLOAD_REJECTED = "UPLOAD_REJECTED"
      MODEL_UNREADABLE = "MODEL_UNREADABLE"
      MODEL_TOO_LARGE = "MODEL_TOO_LARGE"
      CONTENT_BLOCKED = "CONTENT_BLOCKED"
      RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
      QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
      RENDER_FAILED = "RENDER_FAILED"
      INTERNAL_ERROR = "INTERNAL_ERROR"
      SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
      TIMEOUT = "TIMEOUT"
      WEBHOOK_DELIVERY_FAILED = "WEBHOOK_DELIVERY_FAILED"
    end

    # What happened to a render, `usage.month` of an organization, or `webhook.test` to try a webhook.
    module Event
      RENDER_PROCESSING = "render.processing"
      RENDER_COMPLETED = "render.completed"
      RENDER_FAILED = "render.failed"
      RENDER_CANCELLED = "render.cancelled"
      USAGE_MONTH = "usage.month"
      WEBHOOK_TEST = "webhook.test"
    end

    # The state of an export.
    module ExportStatus
      NONE = "none"
      PREPARING = "preparing"
      READY = "ready"
    end

    # What the open ground is covered with.
    module Ground
      GRASS = "grass"
      SNOW = "snow"
      SAND = "sand"
      GRAVEL = "gravel"
      CONCRETE = "concrete"
      SOIL = "soil"
    end

    # What a layer tells of each pixel.
    module LayerKind
      DEPTH = "depth"
      NORMAL = "normal"
      MATERIAL_ID = "materialId"
    end

    # Why credits moved.
    module LedgerEntryType
      GRANT = "grant"
      DEBIT = "debit"
      REFUND = "refund"
    end

    # The file format of the output.
    module OutputFormat
      PNG = "png"
      JPEG = "jpeg"
      WEBP = "webp"
    end

    # Whether the API works: `degraded` if one or two services are down, `down` if all are.
    module OverallState
      HEALTHY = "healthy"
      DEGRADED = "degraded"
      DOWN = "down"
    end

    # The host application of a plugin.
    module Platform
      SKETCHUP = "sketchup"
      REVIT = "revit"
      AUTOCAD = "autocad"
      RHINO = "rhino"
      ARCHICAD = "archicad"
      BLENDER = "blender"
      FREECAD = "freecad"
      UNKNOWN = "unknown"
    end

    # How the camera projects the scene.
    module Projection
      PERSPECTIVE = "perspective"
      PARALLEL = "parallel"
    end

    # What an upload is used for in a render.
    module Purpose
      CAPTURE = "capture"
      DEPTH = "depth"
      MATERIAL_ID = "materialId"
      NORMAL = "normal"
      MODEL = "model"
    end

    # The size of the output, and what it costs.
    module Quality
      STANDARD = "standard"
      HIGH = "high"
      ULTRA = "ultra"
    end

    # How long something is kept.
    module RetentionPeriod
      VALUE_1D = "1d"
      VALUE_7D = "7d"
      VALUE_30D = "30d"
      VALUE_90D = "90d"
      VALUE_365D = "365d"
      UNTIL_DELETED = "untilDeleted"
    end

    # What a member is in an organisation.
    module Role
      OWNER = "owner"
      ADMIN = "admin"
      MEMBER = "member"
    end

    # What credentials allow.
    module Scope
      RENDERS_CREATE = "renders:create"
      RENDERS_READ = "renders:read"
      PROJECTS_READ = "projects:read"
      WEBHOOK_WRITE = "webhook:write"
      METRICS_READ = "metrics:read"
      ORG_READ = "org:read"
      ORG_ADMIN = "org:admin"
    end

    # A season.
    module Season
      SPRING = "spring"
      SUMMER = "summer"
      AUTUMN = "autumn"
      WINTER = "winter"
    end

    # What a health check found out about one service.
    module ServiceState
      OPERATIONAL = "operational"
      DOWN = "down"
      UNCHECKED = "unchecked"
    end

    # The state of an upload.
    module ShownStatus
      OPEN = "open"
      READY = "ready"
      FAILED = "failed"
    end

    # The state of a render.
    module Status
      PENDING = "pending"
      PROCESSING = "processing"
      COMPLETED = "completed"
      FAILED = "failed"
      CANCELLED = "cancelled"
    end

    # The materials that a plugin can name for the colours of the material id image.
    module SurfaceMaterial
      PLASTER = "plaster"
      PAINT = "paint"
      CONCRETE = "concrete"
      BRICK = "brick"
      STONE = "stone"
      METAL = "metal"
      GLASS = "glass"
      WOOD = "wood"
      ROOF_TILES = "roof_tiles"
      TILES = "tiles"
      FABRIC = "fabric"
      FOLIAGE = "foliage"
      GRASS = "grass"
      PAVING = "paving"
      GRAVEL = "gravel"
      SOIL = "soil"
      SAND = "sand"
      WATER = "water"
    end

    # A time of day.
    module TimeOfDay
      DAWN = "dawn"
      NOON = "noon"
      GOLDEN = "golden"
      DUSK = "dusk"
      NIGHT = "night"
    end

    # What was accepted although it was not understood as the client meant it.
    module WarningCode
      UNKNOWN_MODEL = "UNKNOWN_MODEL"
      UNKNOWN_MATERIAL = "UNKNOWN_MATERIAL"
    end

    # A weather.
    module Weather
      CLEAR = "clear"
      CLOUDY = "cloudy"
      OVERCAST = "overcast"
      FOG = "fog"
    end

    # How events reach their receiver.
    module WebhookType
      PUSH = "push"
      POLL = "poll"
    end

    # One render of an order for several.
    class AcceptedRenderOut < Model
      field :render_id, "renderId" # String
      field :status, "status" # String
      field :seed, "seed" # Integer
      field :status_url, "statusUrl" # String
    end

    # The export that is being prepared, or else the last one.
    class AccountExportOut < Model
      field :status, "status" # String
      field :requested_at, "requestedAt" # String or nil
      field :expires_at, "expiresAt" # String or nil
      field :files, "files", :ExportFileOut # Array<ExportFileOut>
    end

    # The version of the API, and the platform and plugin version that the request named.
    class ApiOut < Model
      field :version, "version" # String
      field :platform, "platform" # String
      field :version_detected, "version_detected" # String
    end

    # An attempt to deliver an event.
    class AttemptOut < Model
      field :at, "at" # String
      field :duration_ms, "durationMs" # Integer
      field :status, "status" # Integer or nil
      field :answer, "answer" # String
      field :problem, "problem" # String or nil
    end

    # One entry of the audit log.
    class AuditEntryOut < Model
      field :id, "id" # String
      field :at, "at" # String
      field :actor, "actor" # String
      field :address, "address" # String or nil
      field :action, "action" # String
      field :subject, "subject" # String
      field :before, "before" # Hash or nil
      field :after, "after" # Hash or nil
    end

    # Entries of the audit log, from new to old.
    class AuditPage < Model
      field :entries, "entries", :AuditEntryOut # Array<AuditEntryOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # What this API offers: everything that the dialog of a plugin lets a user choose, and the limits.
    class CapabilitiesOut < Model
      field :qualities, "qualities", :QualityOut # Array<QualityOut>
      field :aspect_ratios, "aspectRatios" # Array<String>
      field :output_formats, "outputFormats" # Array<String>
      field :models, "models", :ModelOut # Array<ModelOut>
      field :style_categories, "styleCategories", :StyleCategoryOut # Array<StyleCategoryOut>
      field :consents, "consents", :ConsentVersionOut # Array<ConsentVersionOut>
      field :materials, "materials" # Array<String>
      field :events, "events" # Array<String>
      field :limits, "limits", :LimitsOut # LimitsOut
      field :plugins, "plugins", :PluginReleaseOut # Array<PluginReleaseOut>
    end

    # All consents, also those that the user was never asked for.
    class ConsentList < Model
      field :consents, "consents", :ConsentOut # Array<ConsentOut>
    end

    # A consent: the text to show, and the user's last answer.
    class ConsentOut < Model
      field :name, "name" # String
      field :version, "version" # Integer
      field :title, "title" # String
      field :text, "text" # String
      field :recipients, "recipients" # Array<String>
      field :granted, "granted" # Boolean
      field :answered_version, "answeredVersion" # Integer or nil
      field :answered_at, "answeredAt" # String or nil
    end

    # The newest version of a consent's text.
    class ConsentVersionOut < Model
      field :name, "name" # String
      field :version, "version" # Integer
    end

    # The balance and the totals of an account, in whole credits.
    class CreditsOut < Model
      field :balance, "balance" # Integer
      field :total_earned, "totalEarned" # Integer
      field :total_spent, "totalSpent" # Integer
      field :monthly_earned, "monthlyEarned" # Integer
      field :monthly_spent, "monthlySpent" # Integer
      field :member, "member", :MemberSpendingOut # MemberSpendingOut or nil
    end

    # A table (RFC 4180) with the names of its columns in the first line.
    class CsvTable < Model
    end

    # The receipt of a deletion.
    class DeletionReceiptOut < Model
      field :receipt_id, "receiptId" # String
      field :status, "status" # String
      field :requested_at, "requestedAt" # String
      field :deleted_by, "deletedBy" # String
      field :completed_at, "completedAt" # String or nil
      field :counts, "counts" # Hash<String, Integer>
    end

    # The delivery was accepted and is waiting for a worker.
    class DeliveryAccepted < Model
      field :delivery_id, "deliveryId" # String
      field :state, "state" # String or nil
    end

    # The delivery of one event to one webhook.
    class DeliveryOut < Model
      field :delivery_id, "deliveryId" # String
      field :event, "event" # String
      field :state, "state" # String
      field :created_at, "createdAt" # String
      field :next_attempt_at, "nextAttemptAt" # String or nil
      field :attempts, "attempts", :AttemptOut # Array<AttemptOut>
    end

    # A page of deliveries, from new to old.
    class DeliveryPage < Model
      field :deliveries, "deliveries", :DeliveryOut # Array<DeliveryOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # The codes of a sign-in.
    class DeviceCodeOut < Model
      field :success, "success" # Boolean or nil
      field :device_code, "device_code" # String
      field :user_code, "user_code" # String
      field :verification_uri, "verification_uri" # String
      field :verification_uri_complete, "verification_uri_complete" # String
      field :expires_in, "expires_in" # Integer
      field :interval, "interval" # Integer
    end

    # The tokens of the new session, as sign-in returns them.
    class DeviceTokensOut < Model
      field :success, "success" # Boolean or nil
      field :access_token, "access_token" # String
      field :refresh_token, "refresh_token" # String
      field :expires_at, "expires_at" # String
      field :token_type, "token_type" # String or nil
      field :user, "user", :UserOut # UserOut
      field :expires_in, "expires_in" # Integer
    end

    # How the engine treated the capture.
    class EngineReportOut < Model
      field :mode, "mode" # String
      field :confidence, "confidence" # Numeric
      field :reasons, "reasons" # Array<String>
    end

    # An error.
    class ErrorResponse < Model
      field :success, "success" # Boolean
      field :error, "error" # String
      field :error_description, "error_description" # String or nil
      field :error_code, "errorCode" # String
      field :details, "details" # Hash or nil
      field :request_id, "requestId" # String
      field :retryable, "retryable" # Boolean
      field :required_credits, "requiredCredits" # Integer or nil
      field :available_credits, "availableCredits" # Integer or nil
    end

    # What an order would cost now.
    class EstimateOut < Model
      field :credits_cost, "creditsCost" # Integer
      field :estimated_time, "estimatedTime" # Integer
      field :balance, "balance" # Integer
      field :sufficient, "sufficient" # Boolean
    end

    # What the event is about: a render, a month of an organization, or the webhook itself.
    class EventDataOut < Model
      field :webhook_id, "webhookId" # String or nil
      field :render_id, "renderId" # String or nil
      field :status, "status" # String or nil
      field :style_id, "styleId" # String or nil
      field :output_url, "outputUrl" # String or nil
      field :output_url_expires_at, "outputUrlExpiresAt" # String or nil
      field :error, "error" # String or nil
      field :error_code, "errorCode" # String or nil
      field :project_id, "projectId" # String or nil
      field :platform, "platform" # String or nil
      field :metadata, "metadata" # Hash or nil
      field :organization_id, "organizationId" # String or nil
      field :month, "month" # String or nil
      field :usage, "usage", :UsageFigures # UsageFigures or nil
    end

    # The body of a webhook or a callback.
    class EventOut < Model
      field :event, "event" # String
      field :type, "type" # String
      field :timestamp, "timestamp" # String
      field :data, "data", :EventDataOut # EventDataOut
    end

    # A ZIP file.
    class ExportFileOut < Model
      field :url, "url" # String
      field :size, "size" # Integer
    end

    # Whether the API and the services behind it work.
    class HealthOut < Model
      field :success, "success" # Boolean
      field :status, "status" # String
      field :timestamp, "timestamp" # String
      field :api, "api", :ApiOut # ApiOut
      field :services, "services", :ServicesOut # ServicesOut
    end

    # A new invitation with its `token`, which no other response contains.
    class InvitationCreated < Model
      field :invitation_id, "invitationId" # String
      field :email, "email" # String
      field :role, "role" # String
      field :invited_by, "invitedBy" # String
      field :created_at, "createdAt" # String
      field :expires_at, "expiresAt" # String
      field :token, "token" # String
    end

    # The open invitations of an organisation, from new to old.
    class InvitationList < Model
      field :invitations, "invitations", :InvitationOut # Array<InvitationOut>
    end

    # An open invitation.
    class InvitationOut < Model
      field :invitation_id, "invitationId" # String
      field :email, "email" # String
      field :role, "role" # String
      field :invited_by, "invitedBy" # String
      field :created_at, "createdAt" # String
      field :expires_at, "expiresAt" # String
    end

    # The invitation cannot be accepted any more.
    class InvitationWithdrawn < Model
      field :invitation_id, "invitationId" # String
      field :withdrawn, "withdrawn" # Boolean or nil
    end

    # One JSON object per line.
    class JsonLines < Model
    end

    # A new API key with its secret in `key`.
    class KeyCreated < Model
      field :id, "id" # String
      field :name, "name" # String
      field :key_prefix, "keyPrefix" # String
      field :scopes, "scopes" # Array<String>
      field :created_at, "createdAt" # String
      field :expires_at, "expiresAt" # String or nil
      field :last_used_at, "lastUsedAt" # String or nil
      field :revoked_at, "revokedAt" # String or nil
      field :is_active, "isActive" # Boolean
      field :key, "key" # String
    end

    # An API key without its secret.
    class KeyOut < Model
      field :id, "id" # String
      field :name, "name" # String
      field :key_prefix, "keyPrefix" # String
      field :scopes, "scopes" # Array<String>
      field :created_at, "createdAt" # String
      field :expires_at, "expiresAt" # String or nil
      field :last_used_at, "lastUsedAt" # String or nil
      field :revoked_at, "revokedAt" # String or nil
      field :is_active, "isActive" # Boolean
    end

    # A page of API keys, from new to old.
    class KeyPage < Model
      field :keys, "keys", :KeyOut # Array<KeyOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # The API key was revoked.
    class KeyRevoked < Model
      field :id, "id" # String
      field :is_active, "isActive" # Boolean or nil
    end

    # A material of the layer `materialId`.
    class LayerMaterialOut < Model
      field :colour, "colour" # String
      field :name, "name" # String
      field :surface, "surface" # String
      field :share, "share" # Numeric
    end

    # A layer of a render of a 3D model: a PNG of the size of the picture.
    class LayerOut < Model
      field :kind, "kind" # String
      field :url, "url" # String
      field :near, "near" # Numeric or nil
      field :far, "far" # Numeric or nil
      field :materials, "materials", :LayerMaterialOut # Array<LayerMaterialOut> or nil
    end

    # The limits of requests and of accounts.
    class LimitsOut < Model
      field :max_image_bytes, "maxImageBytes" # Integer
      field :min_image_side, "minImageSide" # Integer
      field :max_image_pixels, "maxImagePixels" # Integer
      field :max_source_ratio, "maxSourceRatio" # Numeric
      field :max_prompt_length, "maxPromptLength" # Integer
      field :max_metadata_bytes, "maxMetadataBytes" # Integer
      field :max_materials, "maxMaterials" # Integer
      field :max_wait_seconds, "maxWaitSeconds" # Integer
      field :max_webhooks, "maxWebhooks" # Integer
      field :max_keys, "maxKeys" # Integer
      field :max_projects, "maxProjects" # Integer
      field :max_upload_bytes, "maxUploadBytes" # Integer
      field :max_own_styles, "maxOwnStyles" # Integer
      field :max_open_uploads, "maxOpenUploads" # Integer
      field :max_stored_upload_bytes, "maxStoredUploadBytes" # Integer
      field :requests_per_minute, "requestsPerMinute" # Hash<String, Integer>
    end

    # The signed-in user, twice: `data` repeats `user`, because plugins in use read either.
    class MeAnswer < Model
      field :success, "success" # Boolean or nil
      field :user, "user", :MeOut # MeOut
      field :data, "data", :MeOut # MeOut
    end

    # The signed-in user with its credits.
    class MeOut < Model
      field :id, "id" # String
      field :email, "email" # String
      field :name, "name" # String
      field :created_at, "created_at" # String
      field :credits, "credits", :CreditsOut # CreditsOut
    end

    # The members of an organisation, in the order of joining.
    class MemberList < Model
      field :members, "members", :MemberOut # Array<MemberOut>
    end

    # A member of an organisation.
    class MemberOut < Model
      field :user_id, "userId" # String
      field :email, "email" # String
      field :name, "name" # String
      field :role, "role" # String
      field :joined_at, "joinedAt" # String
      field :monthly_credits, "monthlyCredits" # Integer or nil
      field :spent_this_month, "spentThisMonth" # Integer
    end

    # The membership has ended.
    class MemberRemoved < Model
      field :user_id, "userId" # String
      field :removed, "removed" # Boolean or nil
    end

    # What a member has spent of the pool of an organisation this month, in credits.
    class MemberSpendingOut < Model
      field :spent_this_month, "spentThisMonth" # Integer
      field :monthly_credits, "monthlyCredits" # Integer or nil
    end

    # A model that may be named in an order.
    class ModelOut < Model
      field :name, "name" # String
      field :aliases, "aliases" # Array<String>
      field :engine, "engine" # String
      field :is_default, "isDefault" # Boolean
      field :credits_cost, "creditsCost" # Hash<String, Integer> or nil
      field :consent, "consent" # String or nil
      field :inputs, "inputs" # Array<String>
    end

    # What all members together may use now.
    class OrganizationLimitsOut < Model
      field :requests_per_minute, "requestsPerMinute" # Integer
      field :renders_at_once, "rendersAtOnce" # Integer
      field :members, "members" # Integer
    end

    # The organisations of a user.
    class OrganizationList < Model
      field :organizations, "organizations", :OrganizationOut # Array<OrganizationOut>
    end

    # An organisation.
    class OrganizationOut < Model
      field :organization_id, "organizationId" # String
      field :name, "name" # String
      field :role, "role" # String or nil
      field :plan, "plan" # String
      field :limits, "limits", :OrganizationLimitsOut # OrganizationLimitsOut
      field :policy, "policy", :PolicyOut # PolicyOut
      field :members, "members" # Integer
      field :created_at, "createdAt" # String
    end

    # The size of an output in pixels.
    class OutputSizeOut < Model
      field :aspect_ratio, "aspectRatio" # String
      field :width, "width" # Integer
      field :height, "height" # Integer
    end

    # What a style of yours adds to the style that it is made of.
    class OwnPartOut < Model
      field :base, "base" # String
      field :prompt, "prompt" # String
      field :negative_prompt, "negativePrompt" # String
      field :structure_strength, "structureStrength" # Numeric or nil
      field :time, "time" # String or nil
      field :weather, "weather" # String or nil
      field :season, "season" # String or nil
      field :ground, "ground" # String or nil
      field :created_at, "createdAt" # String
      field :updated_at, "updatedAt" # String
    end

    # Your styles, from new to old, each in its newest version.
    class OwnStyleList < Model
      field :styles, "styles", :StyleOut # Array<StyleOut>
    end

    # The password was changed, and all sessions of the user have ended.
    class PasswordResetOut < Model
      field :success, "success" # Boolean or nil
    end

    # A code was sent if the address belongs to a user.
    class PasswordResetRequestedOut < Model
      field :success, "success" # Boolean or nil
    end

    # The versions of a platform's plugin.
    class PluginReleaseOut < Model
      field :platform, "platform" # String
      field :newest_version, "newestVersion" # String
      field :oldest_version, "oldestVersion" # String
      field :download_url, "downloadUrl" # String
    end

    # The policy of an organisation.
    class PolicyOut < Model
      field :engines, "engines" # Array<String> or nil
      field :max_key_days, "maxKeyDays" # Integer or nil
      field :key_networks, "keyNetworks" # Array<String> or nil
      field :member_monthly_credits, "memberMonthlyCredits" # Integer or nil
      field :requests_per_minute, "requestsPerMinute" # Integer or nil
      field :renders_at_once, "rendersAtOnce" # Integer or nil
      field :retention, "retention", :RetentionPolicy # RetentionPolicy or nil
    end

    # An event.
    class PolledEventOut < Model
      field :id, "id" # String
      field :type, "type" # String
      field :timestamp, "timestamp" # String
      field :data, "data" # Hash
    end

    # Events in the order in which they became known.
    class PolledEventsOut < Model
      field :events, "events", :PolledEventOut # Array<PolledEventOut>
      field :cursor, "cursor" # String
      field :done, "done" # Boolean
    end

    # All preferences of a user.
    class PreferencesOut < Model
      field :preferences, "preferences" # Hash
      field :created_at, "createdAt" # String
      field :updated_at, "updatedAt" # String
    end

    # The project was deleted.
    class ProjectDeleted < Model
      field :id, "id" # String
      field :deleted, "deleted" # Boolean or nil
    end

    # A project.
    class ProjectOut < Model
      field :id, "id" # String
      field :name, "name" # String
      field :slug, "slug" # String
      field :description, "description" # String
      field :created_at, "createdAt" # String
      field :updated_at, "updatedAt" # String
      field :render_count, "renderCount" # Integer
      field :platform, "platform" # String
      field :image_url, "imageUrl" # String or nil
    end

    # A page of projects, from new to old.
    class ProjectPage < Model
      field :projects, "projects", :ProjectOut # Array<ProjectOut>
      field :total, "total" # Integer
      field :limit, "limit" # Integer
      field :offset, "offset" # Integer
      field :next_cursor, "nextCursor" # String or nil
    end

    # A quality: its price, and the size of its output for each aspect ratio.
    class QualityOut < Model
      field :name, "name" # String
      field :credits_cost, "creditsCost" # Integer
      field :is_default, "isDefault" # Boolean
      field :sizes, "sizes", :OutputSizeOut # Array<OutputSizeOut>
    end

    # The render was accepted and is waiting for a worker.
    class RenderAccepted < Model
      field :render_id, "renderId" # String
      field :id, "id" # String
      field :status, "status" # String
      field :credits_cost, "creditsCost" # Integer
      field :estimated_time, "estimatedTime" # Integer
      field :engine, "engine" # String
      field :status_url, "statusUrl" # String
      field :waiting, "waiting" # Boolean or nil
      field :callback_secret, "callbackSecret" # String or nil
      field :renders, "renders", :AcceptedRenderOut # Array<AcceptedRenderOut> or nil
      field :warnings, "warnings", :WarningOut # Array<WarningOut> or nil
    end

    # A render.
    class RenderOut < Model
      field :render_id, "renderId" # String
      field :status, "status" # String
      field :progress, "progress" # Integer
      field :waiting, "waiting" # Boolean or nil
      field :estimated_time_remaining, "estimatedTimeRemaining" # Integer or nil
      field :output_url, "outputUrl" # String or nil
      field :output_url_expires_at, "outputUrlExpiresAt" # String or nil
      field :input_url, "inputUrl" # String or nil
      field :batch, "batch" # Array<String> or nil
      field :thumbnail_url, "thumbnailUrl" # String or nil
      field :width, "width" # Integer or nil
      field :height, "height" # Integer or nil
      field :error, "error" # String or nil
      field :error_code, "errorCode" # String or nil
      field :processing_time, "processingTime" # Numeric or nil
      field :credits_used, "creditsUsed" # Integer or nil
      field :style, "style" # String
      field :style_id, "styleId" # String
      field :quality, "quality" # String
      field :aspect_ratio, "aspectRatio" # String
      field :output_format, "outputFormat" # String
      field :prompt, "prompt" # String
      field :negative_prompt, "negativePrompt" # String or nil
      field :structure_strength, "structureStrength" # Numeric
      field :seed, "seed" # Integer
      field :engine, "engine" # String
      field :engine_report, "engineReport", :EngineReportOut # EngineReportOut or nil
      field :layers, "layers", :LayerOut # Array<LayerOut> or nil
      field :metadata, "metadata" # Hash
      field :project_id, "projectId" # String or nil
      field :platform, "platform" # String
      field :created_at, "createdAt" # String
      field :completed_at, "completedAt" # String or nil
    end

    # A page of renders, from new to old.
    class RenderPage < Model
      field :renders, "renders", :RenderOut # Array<RenderOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # The result of the last attempt of any delivery.
    class ResultOut < Model
      field :at, "at" # String
      field :delivery_id, "deliveryId" # String
      field :succeeded, "succeeded" # Boolean
      field :status, "status" # Integer or nil
      field :problem, "problem" # String or nil
    end

    # The ready file, as plugins in use read it.
    class ResumableUploadAnswer < Model
      field :url, "url" # String
      field :upload_id, "uploadId" # String
    end

    # The upload, as plugins in use read it.
    class ResumableUploadCreated < Model
      field :session_id, "sessionId" # String
      field :upload_url, "uploadUrl" # String
      field :expires_at, "expiresAt" # String
    end

    # For how long captures, 3D models and renders are kept.
    class RetentionOut < Model
      field :captures, "captures" # String
      field :models, "models" # String
      field :renders, "renders" # String
      field :is_applied, "isApplied" # Boolean
      field :updated_at, "updatedAt" # String or nil
    end

    # For how long is kept what members store.
    class RetentionPolicy < Model
      field :captures, "captures" # String or nil
      field :models, "models" # String or nil
      field :renders, "renders" # String or nil
    end

    # A replaced secret, masked.
    class RetiredSecretOut < Model
      field :secret, "secret" # String
      field :expires_at, "expiresAt" # String
    end

    # The new secret, and the replaced secrets, masked.
    class SecretRotated < Model
      field :webhook_id, "webhookId" # String
      field :secret, "secret" # String
      field :retired_secrets, "retiredSecrets", :RetiredSecretOut # Array<RetiredSecretOut>
    end

    # The state of each service.
    class ServicesOut < Model
      field :api, "api" # String
      field :authentication, "authentication" # String
      field :rendering, "rendering" # String
      field :storage, "storage" # String
    end

    # The session has ended.
    class SessionEnded < Model
      field :id, "id" # String
      field :ended, "ended" # Boolean or nil
    end

    # The sessions of a user that have not ended, newest first.
    class SessionList < Model
      field :sessions, "sessions", :SessionOut # Array<SessionOut>
    end

    # A session: one sign-in of a plugin.
    class SessionOut < Model
      field :id, "id" # String
      field :platform, "platform" # String
      field :current, "current" # Boolean
      field :created_at, "createdAt" # String
      field :last_refreshed_at, "lastRefreshedAt" # String or nil
      field :expires_at, "expiresAt" # String
    end

    # The session has ended.
    class SignedOutOut < Model
      field :success, "success" # Boolean or nil
    end

    # Signed parts, in the order of the request.
    class SignedPartList < Model
      field :parts, "parts", :SignedPartOut # Array<SignedPartOut>
    end

    # A part, and the URL that takes it by PUT.
    class SignedPartOut < Model
      field :part_number, "partNumber" # Integer
      field :size, "size" # Integer
      field :url, "url" # String
      field :expires_at, "expiresAt" # String
    end

    # A node of the tree of categories.
    class StyleCategoryOut < Model
      field :name, "name" # String
      field :title, "title" # String
      field :parent, "parent" # String or nil
    end

    # The style was deleted.
    class StyleDeleted < Model
      field :name, "name" # String
      field :deleted, "deleted" # Boolean or nil
    end

    # The newest version of every style, in the order to show them; the first is the default.
    class StyleList < Model
      field :styles, "styles", :StyleOut # Array<StyleOut>
      field :categories, "categories", :StyleCategoryOut # Array<StyleCategoryOut>
    end

    # A version of a style.
    class StyleOut < Model
      field :name, "name" # String
      field :style_id, "styleId" # String
      field :version, "version" # Integer
      field :category, "category" # String
      field :title, "title" # String
      field :description, "description" # String
      field :cover_url, "coverUrl" # String
      field :engines, "engines" # Array<String>
      field :tags, "tags" # Array<String>
      field :own, "own", :OwnPartOut # OwnPartOut or nil
    end

    # A pair of tokens and the user who signed in.
    class TokensOut < Model
      field :success, "success" # Boolean or nil
      field :access_token, "access_token" # String
      field :refresh_token, "refresh_token" # String
      field :expires_at, "expires_at" # String
      field :token_type, "token_type" # String or nil
      field :user, "user", :UserOut # UserOut
    end

    # One entry of the ledger.
    class TransactionOut < Model
      field :id, "id" # String
      field :type, "type" # String
      field :amount, "amount" # Integer
      field :render_id, "renderId" # String or nil
      field :member_id, "memberId" # String or nil
      field :reason, "reason" # String or nil
      field :created_at, "createdAt" # String
    end

    # A page of the ledger, from new to old.
    class TransactionPage < Model
      field :transactions, "transactions", :TransactionOut # Array<TransactionOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # The upload was deleted.
    class UploadDeleted < Model
      field :upload_id, "uploadId" # String
    end

    # An upload.
    class UploadOut < Model
      field :upload_id, "uploadId" # String
      field :session_id, "sessionId" # String or nil
      field :status, "status" # String
      field :file_name, "fileName" # String
      field :content_type, "contentType" # String
      field :content_encoding, "contentEncoding" # String or nil
      field :purpose, "purpose" # String
      field :size, "size" # Integer
      field :sha256, "sha256" # String or nil
      field :part_size, "partSize" # Integer
      field :part_count, "partCount" # Integer
      field :parts, "parts", :UploadPartOut # Array<UploadPartOut> or nil
      field :put_url, "putUrl" # String or nil
      field :received_bytes, "receivedBytes" # Integer or nil
      field :progress, "progress" # Integer or nil
      field :url, "url" # String or nil
      field :width, "width" # Integer or nil
      field :height, "height" # Integer or nil
      field :triangles, "triangles" # Integer or nil
      field :error, "error" # String or nil
      field :created_at, "createdAt" # String
      field :expires_at, "expiresAt" # String or nil
    end

    # A page of uploads, from new to old.
    class UploadPage < Model
      field :uploads, "uploads", :UploadOut # Array<UploadOut>
      field :next_cursor, "nextCursor" # String or nil
    end

    # A part of an upload: signed after its creation, and with `received` when it is read.
    class UploadPartOut < Model
      field :part_number, "partNumber" # Integer
      field :size, "size" # Integer
      field :received, "received" # Boolean or nil
      field :etag, "etag" # String or nil
      field :url, "url" # String or nil
      field :expires_at, "expiresAt" # String or nil
    end

    # What happened in a time.
    class UsageFigures < Model
      field :ordered, "ordered" # Integer
      field :completed, "completed" # Integer
      field :failed, "failed" # Integer
      field :cancelled, "cancelled" # Integer
      field :credits_used, "creditsUsed" # Integer
      field :credits_debited, "creditsDebited" # Integer
      field :credits_refunded, "creditsRefunded" # Integer
      field :seconds_mean, "secondsMean" # Numeric or nil
      field :seconds_p50, "secondsP50" # Numeric or nil
      field :seconds_p95, "secondsP95" # Numeric or nil
      field :delivery_attempts, "deliveryAttempts" # Integer
      field :delivery_failures, "deliveryFailures" # Integer
      field :delivery_seconds_p95, "deliverySecondsP95" # Numeric or nil
      field :uploads, "uploads" # Integer
      field :uploads_failed, "uploadsFailed" # Integer
      field :active_users, "activeUsers" # Integer or nil
      field :groups, "groups", :UsageGroup # Array<UsageGroup> or nil
    end

    # The renders of one group.
    class UsageGroup < Model
      field :group, "group" # String
      field :ordered, "ordered" # Integer or nil
      field :completed, "completed" # Integer or nil
      field :failed, "failed" # Integer or nil
      field :cancelled, "cancelled" # Integer or nil
    end

    # Figures of periods, from old to new.
    class UsageOut < Model
      field :from, "from" # String
      field :to, "to" # String
      field :bucket, "bucket" # String
      field :periods, "periods", :UsagePeriod # Array<UsagePeriod>
      field :total, "total", :UsageFigures # UsageFigures
    end

    # What happened in an hour or a day that begins at `start`.
    class UsagePeriod < Model
      field :ordered, "ordered" # Integer
      field :completed, "completed" # Integer
      field :failed, "failed" # Integer
      field :cancelled, "cancelled" # Integer
      field :credits_used, "creditsUsed" # Integer
      field :credits_debited, "creditsDebited" # Integer
      field :credits_refunded, "creditsRefunded" # Integer
      field :seconds_mean, "secondsMean" # Numeric or nil
      field :seconds_p50, "secondsP50" # Numeric or nil
      field :seconds_p95, "secondsP95" # Numeric or nil
      field :delivery_attempts, "deliveryAttempts" # Integer
      field :delivery_failures, "deliveryFailures" # Integer
      field :delivery_seconds_p95, "deliverySecondsP95" # Numeric or nil
      field :uploads, "uploads" # Integer
      field :uploads_failed, "uploadsFailed" # Integer
      field :active_users, "activeUsers" # Integer or nil
      field :groups, "groups", :UsageGroup # Array<UsageGroup> or nil
      field :start, "start" # String
    end

    # A user.
    class UserOut < Model
      field :id, "id" # String
      field :email, "email" # String
      field :name, "name" # String
    end

    # A part of an accepted request that the service changed.
    class WarningOut < Model
      field :code, "code" # String
      field :message, "message" # String
      field :field, "field" # String
    end

    # The webhook was deleted.
    class WebhookDeleted < Model
      field :webhook_id, "webhookId" # String
      field :deleted, "deleted" # Boolean or nil
    end

    # All webhooks of a user.
    class WebhookList < Model
      field :webhooks, "webhooks", :WebhookOut # Array<WebhookOut>
    end

    # A webhook with its secrets masked.
    class WebhookOut < Model
      field :webhook_id, "webhookId" # String
      field :type, "type" # String
      field :url, "url" # String or nil
      field :events, "events" # Array<String>
      field :description, "description" # String
      field :headers, "headers" # Hash<String, String>
      field :secret, "secret" # String or nil
      field :retired_secrets, "retiredSecrets", :RetiredSecretOut # Array<RetiredSecretOut>
      field :state, "state" # String
      field :disabled_reason, "disabledReason" # String or nil
      field :failing_since, "failingSince" # String or nil
      field :last_result, "lastResult", :ResultOut # ResultOut or nil
      field :created_at, "createdAt" # String
    end

    # A new webhook with its secret, as Standard Webhooks libraries need it.
    class WebhookRegistered < Model
      field :webhook_id, "webhookId" # String
      field :type, "type" # String
      field :url, "url" # String or nil
      field :events, "events" # Array<String>
      field :secret, "secret" # String or nil
      field :created_at, "createdAt" # String
    end

    # What an order may say beside its pictures: the names of the options on the wire.
    OPTION_NAMES = {
      # String: What the image should show.
      prompt: "prompt",
      # String: What the image should not show.
      negative_prompt: "negativePrompt",
      # String: `standard`: 1080p.
      quality: "quality",
      # String: The proportions of the output.
      aspect_ratio: "aspectRatio",
      # String: A style of `GET /styles` or of yours: its `name` for the newest version, or its `styleId` for that
      # version for good.
      style: "style",
      # String: The model that renders.
      model: "model",
      # String: The project that the render belongs to.
      project_id: "projectId",
      # String: A URL that receives the events of this render, as a webhook would.
      callback_url: "callback_url",
      # Integer: The same request with the same seed gives the same image, if the model supports seeds.
      seed: "seed",
      # Numeric: How closely the image follows the geometry of the capture.
      structure_strength: "structureStrength",
      # String: If absent: `png`.
      output_format: "outputFormat",
      # Hash: An object of your own that is stored with the render and returned with it: at most 4 KB of JSON in UTF-8,
      # and 32 levels; in a form, as JSON text.
      metadata: "metadata",
      # Hash<String, String>: The materials of the colours of `materialIdImage`, as `{"#a1b2c3": "brick"}`: at most 256;
      # in a form, as JSON text.
      materials: "materials",
      # Hash: The camera of the capture, for the images beside it, or that of a render of a 3D model (metres, Y up); in
      # a form, as JSON text.
      camera: "camera",
      # Hash: For a render of a 3D model: where the sun is.
      sun: "sun",
      # Array<String>: For a render of a 3D model by `cycles`: pictures of numbers that are made beside it, which `GET
      # /renders/{renderId}` links to: `depth`, `normal`, `materialId`.
      layers: "layers",
      # Integer: The number of renders, which differ in their seed: `seed` and the numbers after it.
      count: "count",
      # String: An upload for `model`: the 3D model that `model=cycles` renders.
      model_upload_id: "modelUploadId"
    }.freeze
  end
end
