// The objects of the wire. Generated from openapi.yaml by `python -m sdks.generator`. Do not edit.
//
// A field that a server does not send is null. What a model does not know is in its Raw. Lists of values are texts:
// a newer server may send others.

using System.Collections.Generic;

namespace Renderiq
{
    /// <summary>What an order may say beside its pictures.</summary>
    public sealed class RenderOptions : Options
    {
        /// <summary>What the image should show.</summary>
        public string Prompt
        {
            get { return Fields.Text("prompt"); }
            set { Fields["prompt"] = value; }
        }

        /// <summary>What the image should not show.</summary>
        public string NegativePrompt
        {
            get { return Fields.Text("negativePrompt"); }
            set { Fields["negativePrompt"] = value; }
        }

        /// <summary><c>standard</c>: 1080p.</summary>
        public string Quality
        {
            get { return Fields.Text("quality"); }
            set { Fields["quality"] = value; }
        }

        /// <summary>The proportions of the output.</summary>
        public string AspectRatio
        {
            get { return Fields.Text("aspectRatio"); }
            set { Fields["aspectRatio"] = value; }
        }

        /// <summary>A style of <c>GET /styles</c> or of yours: its <c>name</c> for the newest version, or its <c>styleId</c> for that version for good.</summary>
        public string Style
        {
            get { return Fields.Text("style"); }
            set { Fields["style"] = value; }
        }

        /// <summary>The model that renders.</summary>
        public string Model
        {
            get { return Fields.Text("model"); }
            set { Fields["model"] = value; }
        }

        /// <summary>The project that the render belongs to.</summary>
        public string ProjectId
        {
            get { return Fields.Text("projectId"); }
            set { Fields["projectId"] = value; }
        }

        /// <summary>A URL that receives the events of this render, as a webhook would.</summary>
        public string CallbackUrl
        {
            get { return Fields.Text("callback_url"); }
            set { Fields["callback_url"] = value; }
        }

        /// <summary>The same request with the same seed gives the same image, if the model supports seeds.</summary>
        public long? Seed
        {
            get { return Fields.Integer("seed"); }
            set { Fields["seed"] = value; }
        }

        /// <summary>How closely the image follows the geometry of the capture.</summary>
        public double? StructureStrength
        {
            get { return Fields.Number("structureStrength"); }
            set { Fields["structureStrength"] = value; }
        }

        /// <summary>If absent: <c>png</c>.</summary>
        public string OutputFormat
        {
            get { return Fields.Text("outputFormat"); }
            set { Fields["outputFormat"] = value; }
        }

        /// <summary>An object of your own that is stored with the render and returned with it: at most 4 KB of JSON in UTF-8, and 32 levels; in a form, as JSON text.</summary>
        public JsonObject Metadata
        {
            get { return Fields.Object("metadata"); }
            set { Fields["metadata"] = value; }
        }

        /// <summary>The materials of the colours of <c>materialIdImage</c>, as <c>{"#a1b2c3": "brick"}</c>: at most 256; in a form, as JSON text.</summary>
        public IDictionary<string, string> Materials
        {
            get { return Fields.Find("materials") as IDictionary<string, string>; }
            set { Fields["materials"] = value; }
        }

        /// <summary>The camera of the capture, for the images beside it, or that of a render of a 3D model (metres, Y up); in a form, as JSON text.</summary>
        public CameraOptions Camera
        {
            set { Fields["camera"] = value == null ? null : value.Fields; }
        }

        /// <summary>For a render of a 3D model: where the sun is.</summary>
        public SunOptions Sun
        {
            set { Fields["sun"] = value == null ? null : value.Fields; }
        }

        /// <summary>For a render of a 3D model by <c>cycles</c>: pictures of numbers that are made beside it, which <c>GET /renders/{renderId}</c> links to: <c>depth</c>, <c>normal</c>, <c>materialId</c>.</summary>
        public IReadOnlyList<string> Layers
        {
            get { return Fields.Find("layers") as IReadOnlyList<string>; }
            set { Fields["layers"] = value; }
        }

        /// <summary>The number of renders, which differ in their seed: <c>seed</c> and the numbers after it.</summary>
        public long? Count
        {
            get { return Fields.Integer("count"); }
            set { Fields["count"] = value; }
        }

        /// <summary>An upload for <c>model</c>: the 3D model that <c>model=cycles</c> renders.</summary>
        public string ModelUploadId
        {
            get { return Fields.Text("modelUploadId"); }
            set { Fields["modelUploadId"] = value; }
        }
    }

    /// <summary>The camera of a capture or of a 3D model.</summary>
    public sealed class CameraOptions : Options
    {
        /// <summary>The vertical field of view of the whole capture in degrees.</summary>
        public double? Fov
        {
            get { return Fields.Number("fov"); }
            set { Fields["fov"] = value; }
        }

        /// <summary><c>projection</c> of the wire.</summary>
        public string Projection
        {
            get { return Fields.Text("projection"); }
            set { Fields["projection"] = value; }
        }

        /// <summary>Where the camera is, in the coordinates of the scene.</summary>
        public IReadOnlyList<double> Position
        {
            get { return Fields.Find("position") as IReadOnlyList<double>; }
            set { Fields["position"] = value; }
        }

        /// <summary>What the camera looks at.</summary>
        public IReadOnlyList<double> Target
        {
            get { return Fields.Find("target") as IReadOnlyList<double>; }
            set { Fields["target"] = value; }
        }

        /// <summary>The direction that is up in the scene.</summary>
        public IReadOnlyList<double> Up
        {
            get { return Fields.Find("up") as IReadOnlyList<double>; }
            set { Fields["up"] = value; }
        }

        /// <summary>The distance along the view that white of <c>depthImage</c> stands for.</summary>
        public double? Near
        {
            get { return Fields.Number("near"); }
            set { Fields["near"] = value; }
        }

        /// <summary>The distance along the view that black of <c>depthImage</c> stands for.</summary>
        public double? Far
        {
            get { return Fields.Number("far"); }
            set { Fields["far"] = value; }
        }

        /// <summary>For a render of a 3D model, instead of <c>fov</c>: the focal length in mm on a sensor 36 mm wide.</summary>
        public double? Lens
        {
            get { return Fields.Number("lens"); }
            set { Fields["lens"] = value; }
        }

        /// <summary>For a render of a 3D model: moves the picture right and up, in parts of its longer side, so that verticals stay upright.</summary>
        public IReadOnlyList<double> Shift
        {
            get { return Fields.Find("shift") as IReadOnlyList<double>; }
            set { Fields["shift"] = value; }
        }

        /// <summary>For a render of a 3D model: a camera of the model, or <c>exterior</c> or <c>interior</c> for a view that is found.</summary>
        public string CameraName
        {
            get { return Fields.Text("cameraName"); }
            set { Fields["cameraName"] = value; }
        }
    }

    /// <summary>Where the sun is.</summary>
    public sealed class SunOptions : Options
    {
        /// <summary>Clockwise from the north of the model, which is -Z, in degrees.</summary>
        public double? Azimuth
        {
            get { return Fields.Number("azimuth"); }
            set { Fields["azimuth"] = value; }
        }

        /// <summary>Above the horizon, in degrees.</summary>
        public double? Elevation
        {
            get { return Fields.Number("elevation"); }
            set { Fields["elevation"] = value; }
        }

        /// <summary><c>latitude</c> of the wire.</summary>
        public double? Latitude
        {
            get { return Fields.Number("latitude"); }
            set { Fields["latitude"] = value; }
        }

        /// <summary><c>longitude</c> of the wire.</summary>
        public double? Longitude
        {
            get { return Fields.Number("longitude"); }
            set { Fields["longitude"] = value; }
        }

        /// <summary>Date and time with a time zone.</summary>
        public string Date
        {
            get { return Fields.Text("date"); }
            set { Fields["date"] = value; }
        }

        /// <summary>The angle from -Z of the model to the north, clockwise, in degrees.</summary>
        public double? North
        {
            get { return Fields.Number("north"); }
            set { Fields["north"] = value; }
        }
    }
}

namespace Renderiq.Models
{
    /// <summary>The proportions of the output, width to height.</summary>
    public static class AspectRatio
    {
        /// <summary><c>16:9</c></summary>
        public const string _16_9 = "16:9";

        /// <summary><c>4:3</c></summary>
        public const string _4_3 = "4:3";

        /// <summary><c>1:1</c></summary>
        public const string _1_1 = "1:1";

        /// <summary><c>9:16</c></summary>
        public const string _9_16 = "9:16";

        /// <summary><c>3:2</c></summary>
        public const string _3_2 = "3:2";

        /// <summary><c>2:3</c></summary>
        public const string _2_3 = "2:3";
    }

    /// <summary>The proportions of an output.</summary>
    public static class AspectRatioOption
    {
        /// <summary><c>16:9</c></summary>
        public const string _16_9 = "16:9";

        /// <summary><c>4:3</c></summary>
        public const string _4_3 = "4:3";

        /// <summary><c>1:1</c></summary>
        public const string _1_1 = "1:1";

        /// <summary><c>9:16</c></summary>
        public const string _9_16 = "9:16";

        /// <summary><c>3:2</c></summary>
        public const string _3_2 = "3:2";

        /// <summary><c>2:3</c></summary>
        public const string _2_3 = "2:3";

        /// <summary><c>source</c></summary>
        public const string Source = "source";
    }

    /// <summary>What was done.</summary>
    public static class AuditAction
    {
        /// <summary><c>organization.created</c></summary>
        public const string OrganizationCreated = "organization.created";

        /// <summary><c>organization.renamed</c></summary>
        public const string OrganizationRenamed = "organization.renamed";

        /// <summary><c>policy.changed</c></summary>
        public const string PolicyChanged = "policy.changed";

        /// <summary><c>plan.changed</c></summary>
        public const string PlanChanged = "plan.changed";

        /// <summary><c>member.invited</c></summary>
        public const string MemberInvited = "member.invited";

        /// <summary><c>invitation.withdrawn</c></summary>
        public const string InvitationWithdrawn = "invitation.withdrawn";

        /// <summary><c>member.joined</c></summary>
        public const string MemberJoined = "member.joined";

        /// <summary><c>member.changed</c></summary>
        public const string MemberChanged = "member.changed";

        /// <summary><c>member.removed</c></summary>
        public const string MemberRemoved = "member.removed";

        /// <summary><c>member.left</c></summary>
        public const string MemberLeft = "member.left";

        /// <summary><c>key.created</c></summary>
        public const string KeyCreated = "key.created";

        /// <summary><c>key.revoked</c></summary>
        public const string KeyRevoked = "key.revoked";

        /// <summary><c>key.rotated</c></summary>
        public const string KeyRotated = "key.rotated";

        /// <summary><c>credits.granted</c></summary>
        public const string CreditsGranted = "credits.granted";

        /// <summary><c>consent.answered</c></summary>
        public const string ConsentAnswered = "consent.answered";

        /// <summary><c>organization.exported</c></summary>
        public const string OrganizationExported = "organization.exported";

        /// <summary><c>organization.deleted</c></summary>
        public const string OrganizationDeleted = "organization.deleted";
    }

    /// <summary>A period of time for which figures are kept.</summary>
    public static class Bucket
    {
        /// <summary><c>hour</c></summary>
        public const string Hour = "hour";

        /// <summary><c>day</c></summary>
        public const string Day = "day";
    }

    /// <summary>What a user is asked to agree to.</summary>
    public static class ConsentName
    {
        /// <summary><c>model_upload</c></summary>
        public const string ModelUpload = "model_upload";

        /// <summary><c>third_party_ai</c></summary>
        public const string ThirdPartyAi = "third_party_ai";
    }

    /// <summary>How a plugin compressed a file.</summary>
    public static class ContentEncoding
    {
        /// <summary><c>gzip</c></summary>
        public const string Gzip = "gzip";
    }

    /// <summary>The state of a deletion.</summary>
    public static class DeletionStatus
    {
        /// <summary><c>deleting</c></summary>
        public const string Deleting = "deleting";

        /// <summary><c>deleted</c></summary>
        public const string Deleted = "deleted";
    }

    /// <summary>The state of a delivery: <c>pending</c> until it has succeeded or its retries are used up.</summary>
    public static class DeliveryState
    {
        /// <summary><c>pending</c></summary>
        public const string Pending = "pending";

        /// <summary><c>succeeded</c></summary>
        public const string Succeeded = "succeeded";

        /// <summary><c>failed</c></summary>
        public const string Failed = "failed";
    }

    /// <summary>A field of <c>POST /renders</c> that only some engines use.</summary>
    public static class EngineInput
    {
        /// <summary><c>prompt</c></summary>
        public const string Prompt = "prompt";

        /// <summary><c>negativePrompt</c></summary>
        public const string NegativePrompt = "negativePrompt";

        /// <summary><c>structureStrength</c></summary>
        public const string StructureStrength = "structureStrength";

        /// <summary><c>seed</c></summary>
        public const string Seed = "seed";

        /// <summary><c>depthImage</c></summary>
        public const string DepthImage = "depthImage";

        /// <summary><c>materialIdImage</c></summary>
        public const string MaterialIdImage = "materialIdImage";

        /// <summary><c>normalImage</c></summary>
        public const string NormalImage = "normalImage";

        /// <summary><c>camera</c></summary>
        public const string Camera = "camera";

        /// <summary><c>materials</c></summary>
        public const string Materials = "materials";

        /// <summary><c>modelUploadId</c></summary>
        public const string ModelUploadId = "modelUploadId";

        /// <summary><c>sun</c></summary>
        public const string Sun = "sun";

        /// <summary><c>layers</c></summary>
        public const string Layers = "layers";
    }

    /// <summary>How freely an engine treated a capture.</summary>
    public static class EngineMode
    {
        /// <summary><c>repainted</c></summary>
        public const string Repainted = "repainted";

        /// <summary><c>mixed</c></summary>
        public const string Mixed = "mixed";

        /// <summary><c>graded</c></summary>
        public const string Graded = "graded";
    }

    /// <summary>The code of an error.</summary>
    public static class ErrorCode
    {
        /// <summary><c>INVALID_INPUT</c></summary>
        public const string InvalidInput = "INVALID_INPUT";

        /// <summary><c>MISSING_REQUIRED_FIELD</c></summary>
        public const string MissingRequiredField = "MISSING_REQUIRED_FIELD";

        /// <summary><c>INVALID_PROJECT_ID</c></summary>
        public const string InvalidProjectId = "INVALID_PROJECT_ID";

        /// <summary><c>INVALID_RENDER_ID</c></summary>
        public const string InvalidRenderId = "INVALID_RENDER_ID";

        /// <summary><c>AUTHORIZATION_PENDING</c></summary>
        public const string AuthorizationPending = "AUTHORIZATION_PENDING";

        /// <summary><c>SLOW_DOWN</c></summary>
        public const string SlowDown = "SLOW_DOWN";

        /// <summary><c>ACCESS_DENIED</c></summary>
        public const string AccessDenied = "ACCESS_DENIED";

        /// <summary><c>EXPIRED_TOKEN</c></summary>
        public const string ExpiredToken = "EXPIRED_TOKEN";

        /// <summary><c>INVALID_GRANT</c></summary>
        public const string InvalidGrant = "INVALID_GRANT";

        /// <summary><c>UNSUPPORTED_GRANT_TYPE</c></summary>
        public const string UnsupportedGrantType = "UNSUPPORTED_GRANT_TYPE";

        /// <summary><c>AUTH_REQUIRED</c></summary>
        public const string AuthRequired = "AUTH_REQUIRED";

        /// <summary><c>AUTH_FAILED</c></summary>
        public const string AuthFailed = "AUTH_FAILED";

        /// <summary><c>INVALID_CREDENTIALS</c></summary>
        public const string InvalidCredentials = "INVALID_CREDENTIALS";

        /// <summary><c>INVALID_TOKEN</c></summary>
        public const string InvalidToken = "INVALID_TOKEN";

        /// <summary><c>TOKEN_EXPIRED</c></summary>
        public const string TokenExpired = "TOKEN_EXPIRED";

        /// <summary><c>REFRESH_FAILED</c></summary>
        public const string RefreshFailed = "REFRESH_FAILED";

        /// <summary><c>INVALID_API_KEY</c></summary>
        public const string InvalidApiKey = "INVALID_API_KEY";

        /// <summary><c>API_KEY_EXPIRED</c></summary>
        public const string ApiKeyExpired = "API_KEY_EXPIRED";

        /// <summary><c>API_KEY_REVOKED</c></summary>
        public const string ApiKeyRevoked = "API_KEY_REVOKED";

        /// <summary><c>INSUFFICIENT_CREDITS</c></summary>
        public const string InsufficientCredits = "INSUFFICIENT_CREDITS";

        /// <summary><c>INSUFFICIENT_PERMISSIONS</c></summary>
        public const string InsufficientPermissions = "INSUFFICIENT_PERMISSIONS";

        /// <summary><c>CONSENT_REQUIRED</c></summary>
        public const string ConsentRequired = "CONSENT_REQUIRED";

        /// <summary><c>NOT_FOUND</c></summary>
        public const string NotFound = "NOT_FOUND";

        /// <summary><c>METHOD_NOT_ALLOWED</c></summary>
        public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";

        /// <summary><c>ALREADY_EXISTS</c></summary>
        public const string AlreadyExists = "ALREADY_EXISTS";

        /// <summary><c>RESOURCE_CONFLICT</c></summary>
        public const string ResourceConflict = "RESOURCE_CONFLICT";

        /// <summary><c>UPLOAD_INCOMPLETE</c></summary>
        public const string UploadIncomplete = "UPLOAD_INCOMPLETE";

        /// <summary><c>PAYLOAD_TOO_LARGE</c></summary>
        public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";

        /// <summary><c>UNSUPPORTED_MEDIA_TYPE</c></summary>
        public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";

        /// <summary><c>IDEMPOTENCY_KEY_REUSED</c></summary>
        public const string IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";

        /// <summary><c>UPLOAD_REJECTED</c></summary>
        public const string UploadRejected = "UPLOAD_REJECTED";

        /// <summary><c>MODEL_UNREADABLE</c></summary>
        public const string ModelUnreadable = "MODEL_UNREADABLE";

        /// <summary><c>MODEL_TOO_LARGE</c></summary>
        public const string ModelTooLarge = "MODEL_TOO_LARGE";

        /// <summary><c>CONTENT_BLOCKED</c></summary>
        public const string ContentBlocked = "CONTENT_BLOCKED";

        /// <summary><c>RATE_LIMIT_EXCEEDED</c></summary>
        public const string RateLimitExceeded = "RATE_LIMIT_EXCEEDED";

        /// <summary><c>QUOTA_EXCEEDED</c></summary>
        public const string QuotaExceeded = "QUOTA_EXCEEDED";

        /// <summary><c>RENDER_FAILED</c></summary>
        public const string RenderFailed = "RENDER_FAILED";

        /// <summary><c>INTERNAL_ERROR</c></summary>
        public const string InternalError = "INTERNAL_ERROR";

        /// <summary><c>SERVICE_UNAVAILABLE</c></summary>
        public const string ServiceUnavailable = "SERVICE_UNAVAILABLE";

        /// <summary><c>TIMEOUT</c></summary>
        public const string Timeout = "TIMEOUT";

        /// <summary><c>WEBHOOK_DELIVERY_FAILED</c></summary>
        public const string WebhookDeliveryFailed = "WEBHOOK_DELIVERY_FAILED";
    }

    /// <summary>What happened to a render, <c>usage.month</c> of an organization, or <c>webhook.test</c> to try a webhook.</summary>
    public static class Event
    {
        /// <summary><c>render.processing</c></summary>
        public const string RenderProcessing = "render.processing";

        /// <summary><c>render.completed</c></summary>
        public const string RenderCompleted = "render.completed";

        /// <summary><c>render.failed</c></summary>
        public const string RenderFailed = "render.failed";

        /// <summary><c>render.cancelled</c></summary>
        public const string RenderCancelled = "render.cancelled";

        /// <summary><c>usage.month</c></summary>
        public const string UsageMonth = "usage.month";

        /// <summary><c>webhook.test</c></summary>
        public const string WebhookTest = "webhook.test";
    }

    /// <summary>The state of an export.</summary>
    public static class ExportStatus
    {
        /// <summary><c>none</c></summary>
        public const string None = "none";

        /// <summary><c>preparing</c></summary>
        public const string Preparing = "preparing";

        /// <summary><c>ready</c></summary>
        public const string Ready = "ready";
    }

    /// <summary>What the open ground is covered with.</summary>
    public static class Ground
    {
        /// <summary><c>grass</c></summary>
        public const string Grass = "grass";

        /// <summary><c>snow</c></summary>
        public const string Snow = "snow";

        /// <summary><c>sand</c></summary>
        public const string Sand = "sand";

        /// <summary><c>gravel</c></summary>
        public const string Gravel = "gravel";

        /// <summary><c>concrete</c></summary>
        public const string Concrete = "concrete";

        /// <summary><c>soil</c></summary>
        public const string Soil = "soil";
    }

    /// <summary>What a layer tells of each pixel.</summary>
    public static class LayerKind
    {
        /// <summary><c>depth</c></summary>
        public const string Depth = "depth";

        /// <summary><c>normal</c></summary>
        public const string Normal = "normal";

        /// <summary><c>materialId</c></summary>
        public const string MaterialId = "materialId";
    }

    /// <summary>Why credits moved.</summary>
    public static class LedgerEntryType
    {
        /// <summary><c>grant</c></summary>
        public const string Grant = "grant";

        /// <summary><c>debit</c></summary>
        public const string Debit = "debit";

        /// <summary><c>refund</c></summary>
        public const string Refund = "refund";
    }

    /// <summary>The file format of the output.</summary>
    public static class OutputFormat
    {
        /// <summary><c>png</c></summary>
        public const string Png = "png";

        /// <summary><c>jpeg</c></summary>
        public const string Jpeg = "jpeg";

        /// <summary><c>webp</c></summary>
        public const string Webp = "webp";
    }

    /// <summary>Whether the API works: <c>degraded</c> if one or two services are down, <c>down</c> if all are.</summary>
    public static class OverallState
    {
        /// <summary><c>healthy</c></summary>
        public const string Healthy = "healthy";

        /// <summary><c>degraded</c></summary>
        public const string Degraded = "degraded";

        /// <summary><c>down</c></summary>
        public const string Down = "down";
    }

    /// <summary>The host application of a plugin.</summary>
    public static class Platform
    {
        /// <summary><c>sketchup</c></summary>
        public const string Sketchup = "sketchup";

        /// <summary><c>revit</c></summary>
        public const string Revit = "revit";

        /// <summary><c>autocad</c></summary>
        public const string Autocad = "autocad";

        /// <summary><c>rhino</c></summary>
        public const string Rhino = "rhino";

        /// <summary><c>archicad</c></summary>
        public const string Archicad = "archicad";

        /// <summary><c>blender</c></summary>
        public const string Blender = "blender";

        /// <summary><c>freecad</c></summary>
        public const string Freecad = "freecad";

        /// <summary><c>unknown</c></summary>
        public const string Unknown = "unknown";
    }

    /// <summary>How the camera projects the scene.</summary>
    public static class Projection
    {
        /// <summary><c>perspective</c></summary>
        public const string Perspective = "perspective";

        /// <summary><c>parallel</c></summary>
        public const string Parallel = "parallel";
    }

    /// <summary>What an upload is used for in a render.</summary>
    public static class Purpose
    {
        /// <summary><c>capture</c></summary>
        public const string Capture = "capture";

        /// <summary><c>depth</c></summary>
        public const string Depth = "depth";

        /// <summary><c>materialId</c></summary>
        public const string MaterialId = "materialId";

        /// <summary><c>normal</c></summary>
        public const string Normal = "normal";

        /// <summary><c>model</c></summary>
        public const string Model = "model";
    }

    /// <summary>The size of the output, and what it costs.</summary>
    public static class Quality
    {
        /// <summary><c>standard</c></summary>
        public const string Standard = "standard";

        /// <summary><c>high</c></summary>
        public const string High = "high";

        /// <summary><c>ultra</c></summary>
        public const string Ultra = "ultra";
    }

    /// <summary>How long something is kept.</summary>
    public static class RetentionPeriod
    {
        /// <summary><c>1d</c></summary>
        public const string _1d = "1d";

        /// <summary><c>7d</c></summary>
        public const string _7d = "7d";

        /// <summary><c>30d</c></summary>
        public const string _30d = "30d";

        /// <summary><c>90d</c></summary>
        public const string _90d = "90d";

        /// <summary><c>365d</c></summary>
        public const string _365d = "365d";

        /// <summary><c>untilDeleted</c></summary>
        public const string UntilDeleted = "untilDeleted";
    }

    /// <summary>What a member is in an organisation.</summary>
    public static class Role
    {
        /// <summary><c>owner</c></summary>
        public const string Owner = "owner";

        /// <summary><c>admin</c></summary>
        public const string Admin = "admin";

        /// <summary><c>member</c></summary>
        public const string Member = "member";
    }

    /// <summary>What credentials allow.</summary>
    public static class Scope
    {
        /// <summary><c>renders:create</c></summary>
        public const string RendersCreate = "renders:create";

        /// <summary><c>renders:read</c></summary>
        public const string RendersRead = "renders:read";

        /// <summary><c>projects:read</c></summary>
        public const string ProjectsRead = "projects:read";

        /// <summary><c>webhook:write</c></summary>
        public const string WebhookWrite = "webhook:write";

        /// <summary><c>metrics:read</c></summary>
        public const string MetricsRead = "metrics:read";

        /// <summary><c>org:read</c></summary>
        public const string OrgRead = "org:read";

        /// <summary><c>org:admin</c></summary>
        public const string OrgAdmin = "org:admin";
    }

    /// <summary>A season.</summary>
    public static class Season
    {
        /// <summary><c>spring</c></summary>
        public const string Spring = "spring";

        /// <summary><c>summer</c></summary>
        public const string Summer = "summer";

        /// <summary><c>autumn</c></summary>
        public const string Autumn = "autumn";

        /// <summary><c>winter</c></summary>
        public const string Winter = "winter";
    }

    /// <summary>What a health check found out about one service.</summary>
    public static class ServiceState
    {
        /// <summary><c>operational</c></summary>
        public const string Operational = "operational";

        /// <summary><c>down</c></summary>
        public const string Down = "down";

        /// <summary><c>unchecked</c></summary>
        public const string Unchecked = "unchecked";
    }

    /// <summary>The state of an upload.</summary>
    public static class ShownStatus
    {
        /// <summary><c>open</c></summary>
        public const string Open = "open";

        /// <summary><c>ready</c></summary>
        public const string Ready = "ready";

        /// <summary><c>failed</c></summary>
        public const string Failed = "failed";
    }

    /// <summary>The state of a render.</summary>
    public static class Status
    {
        /// <summary><c>pending</c></summary>
        public const string Pending = "pending";

        /// <summary><c>processing</c></summary>
        public const string Processing = "processing";

        /// <summary><c>completed</c></summary>
        public const string Completed = "completed";

        /// <summary><c>failed</c></summary>
        public const string Failed = "failed";

        /// <summary><c>cancelled</c></summary>
        public const string Cancelled = "cancelled";
    }

    /// <summary>The materials that a plugin can name for the colours of the material id image.</summary>
    public static class SurfaceMaterial
    {
        /// <summary><c>plaster</c></summary>
        public const string Plaster = "plaster";

        /// <summary><c>paint</c></summary>
        public const string Paint = "paint";

        /// <summary><c>concrete</c></summary>
        public const string Concrete = "concrete";

        /// <summary><c>brick</c></summary>
        public const string Brick = "brick";

        /// <summary><c>stone</c></summary>
        public const string Stone = "stone";

        /// <summary><c>metal</c></summary>
        public const string Metal = "metal";

        /// <summary><c>glass</c></summary>
        public const string Glass = "glass";

        /// <summary><c>wood</c></summary>
        public const string Wood = "wood";

        /// <summary><c>roof_tiles</c></summary>
        public const string RoofTiles = "roof_tiles";

        /// <summary><c>tiles</c></summary>
        public const string Tiles = "tiles";

        /// <summary><c>fabric</c></summary>
        public const string Fabric = "fabric";

        /// <summary><c>foliage</c></summary>
        public const string Foliage = "foliage";

        /// <summary><c>grass</c></summary>
        public const string Grass = "grass";

        /// <summary><c>paving</c></summary>
        public const string Paving = "paving";

        /// <summary><c>gravel</c></summary>
        public const string Gravel = "gravel";

        /// <summary><c>soil</c></summary>
        public const string Soil = "soil";

        /// <summary><c>sand</c></summary>
        public const string Sand = "sand";

        /// <summary><c>water</c></summary>
        public const string Water = "water";
    }

    /// <summary>A time of day.</summary>
    public static class TimeOfDay
    {
        /// <summary><c>dawn</c></summary>
        public const string Dawn = "dawn";

        /// <summary><c>noon</c></summary>
        public const string Noon = "noon";

        /// <summary><c>golden</c></summary>
        public const string Golden = "golden";

        /// <summary><c>dusk</c></summary>
        public const string Dusk = "dusk";

        /// <summary><c>night</c></summary>
        public const string Night = "night";
    }

    /// <summary>What was accepted although it was not understood as the client meant it.</summary>
    public static class WarningCode
    {
        /// <summary><c>UNKNOWN_MODEL</c></summary>
        public const string UnknownModel = "UNKNOWN_MODEL";

        /// <summary><c>UNKNOWN_MATERIAL</c></summary>
        public const string UnknownMaterial = "UNKNOWN_MATERIAL";
    }

    /// <summary>A weather.</summary>
    public static class Weather
    {
        /// <summary><c>clear</c></summary>
        public const string Clear = "clear";

        /// <summary><c>cloudy</c></summary>
        public const string Cloudy = "cloudy";

        /// <summary><c>overcast</c></summary>
        public const string Overcast = "overcast";

        /// <summary><c>fog</c></summary>
        public const string Fog = "fog";
    }

    /// <summary>How events reach their receiver.</summary>
    public static class WebhookType
    {
        /// <summary><c>push</c></summary>
        public const string Push = "push";

        /// <summary><c>poll</c></summary>
        public const string Poll = "poll";
    }

    /// <summary>One render of an order for several.</summary>
    public sealed class AcceptedRenderOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public AcceptedRenderOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>renderId</c> of the wire.</summary>
        public string RenderId => Raw.Text("renderId");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary><c>seed</c> of the wire.</summary>
        public long? Seed => Raw.Integer("seed");

        /// <summary><c>statusUrl</c> of the wire.</summary>
        public string StatusUrl => Raw.Text("statusUrl");
    }

    /// <summary>The export that is being prepared, or else the last one.</summary>
    public sealed class AccountExportOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public AccountExportOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary><c>requestedAt</c> of the wire.</summary>
        public string RequestedAt => Raw.Text("requestedAt");

        /// <summary>When the files are deleted.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");

        /// <summary>The files of an export that is ready.</summary>
        public IReadOnlyList<ExportFileOut> Files => ReadModels("files", raw => new ExportFileOut(raw));
    }

    /// <summary>The version of the API, and the platform and plugin version that the request named.</summary>
    public sealed class ApiOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ApiOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>version</c> of the wire.</summary>
        public string Version => Raw.Text("version");

        /// <summary><c>platform</c> of the wire.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary><c>version_detected</c> of the wire.</summary>
        public string VersionDetected => Raw.Text("version_detected");
    }

    /// <summary>An attempt to deliver an event.</summary>
    public sealed class AttemptOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public AttemptOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>at</c> of the wire.</summary>
        public string At => Raw.Text("at");

        /// <summary><c>durationMs</c> of the wire.</summary>
        public long? DurationMs => Raw.Integer("durationMs");

        /// <summary><c>status</c> of the wire.</summary>
        public long? Status => Raw.Integer("status");

        /// <summary><c>answer</c> of the wire.</summary>
        public string Answer => Raw.Text("answer");

        /// <summary><c>problem</c> of the wire.</summary>
        public string Problem => Raw.Text("problem");
    }

    /// <summary>One entry of the audit log.</summary>
    public sealed class AuditEntryOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public AuditEntryOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>at</c> of the wire.</summary>
        public string At => Raw.Text("at");

        /// <summary><c>actor</c> of the wire.</summary>
        public string Actor => Raw.Text("actor");

        /// <summary><c>address</c> of the wire.</summary>
        public string Address => Raw.Text("address");

        /// <summary><c>action</c> of the wire.</summary>
        public string Action => Raw.Text("action");

        /// <summary><c>subject</c> of the wire.</summary>
        public string Subject => Raw.Text("subject");

        /// <summary><c>before</c> of the wire.</summary>
        public JsonObject Before => Raw.Object("before");

        /// <summary><c>after</c> of the wire.</summary>
        public JsonObject After => Raw.Object("after");
    }

    /// <summary>Entries of the audit log, from new to old.</summary>
    public sealed class AuditPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public AuditPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>entries</c> of the wire.</summary>
        public IReadOnlyList<AuditEntryOut> Entries => ReadModels("entries", raw => new AuditEntryOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>What this API offers: everything that the dialog of a plugin lets a user choose, and the limits.</summary>
    public sealed class CapabilitiesOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public CapabilitiesOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>qualities</c> of the wire.</summary>
        public IReadOnlyList<QualityOut> Qualities => ReadModels("qualities", raw => new QualityOut(raw));

        /// <summary><c>aspectRatios</c> of the wire.</summary>
        public IReadOnlyList<string> AspectRatios => ReadList<string>("aspectRatios");

        /// <summary><c>outputFormats</c> of the wire.</summary>
        public IReadOnlyList<string> OutputFormats => ReadList<string>("outputFormats");

        /// <summary><c>models</c> of the wire.</summary>
        public IReadOnlyList<ModelOut> Models => ReadModels("models", raw => new ModelOut(raw));

        /// <summary>The tree of the categories that <c>GET /styles</c> sorts the styles into.</summary>
        public IReadOnlyList<StyleCategoryOut> StyleCategories => ReadModels("styleCategories", raw => new StyleCategoryOut(raw));

        /// <summary><c>consents</c> of the wire.</summary>
        public IReadOnlyList<ConsentVersionOut> Consents => ReadModels("consents", raw => new ConsentVersionOut(raw));

        /// <summary>The names that <c>materials</c> of an order may have.</summary>
        public IReadOnlyList<string> Materials => ReadList<string>("materials");

        /// <summary>The events that a webhook can subscribe to.</summary>
        public IReadOnlyList<string> Events => ReadList<string>("events");

        /// <summary><c>limits</c> of the wire.</summary>
        public LimitsOut Limits => ReadModel("limits", raw => new LimitsOut(raw));

        /// <summary>Platforms without a published plugin are left out.</summary>
        public IReadOnlyList<PluginReleaseOut> Plugins => ReadModels("plugins", raw => new PluginReleaseOut(raw));
    }

    /// <summary>All consents, also those that the user was never asked for.</summary>
    public sealed class ConsentList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ConsentList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>consents</c> of the wire.</summary>
        public IReadOnlyList<ConsentOut> Consents => ReadModels("consents", raw => new ConsentOut(raw));
    }

    /// <summary>A consent: the text to show, and the user's last answer.</summary>
    public sealed class ConsentOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ConsentOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary>Of the text.</summary>
        public long? Version => Raw.Integer("version");

        /// <summary><c>title</c> of the wire.</summary>
        public string Title => Raw.Text("title");

        /// <summary><c>text</c> of the wire.</summary>
        public string Text => Raw.Text("text");

        /// <summary>The companies that receive the data.</summary>
        public IReadOnlyList<string> Recipients => ReadList<string>("recipients");

        /// <summary>Whether it counts as agreed to now.</summary>
        public bool? Granted => Raw.Flag("granted");

        /// <summary>The version that was answered.</summary>
        public long? AnsweredVersion => Raw.Integer("answeredVersion");

        /// <summary><c>answeredAt</c> of the wire.</summary>
        public string AnsweredAt => Raw.Text("answeredAt");
    }

    /// <summary>The newest version of a consent's text.</summary>
    public sealed class ConsentVersionOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ConsentVersionOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>version</c> of the wire.</summary>
        public long? Version => Raw.Integer("version");
    }

    /// <summary>The balance and the totals of an account, in whole credits.</summary>
    public sealed class CreditsOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public CreditsOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>balance</c> of the wire.</summary>
        public long? Balance => Raw.Integer("balance");

        /// <summary><c>totalEarned</c> of the wire.</summary>
        public long? TotalEarned => Raw.Integer("totalEarned");

        /// <summary><c>totalSpent</c> of the wire.</summary>
        public long? TotalSpent => Raw.Integer("totalSpent");

        /// <summary><c>monthlyEarned</c> of the wire.</summary>
        public long? MonthlyEarned => Raw.Integer("monthlyEarned");

        /// <summary><c>monthlySpent</c> of the wire.</summary>
        public long? MonthlySpent => Raw.Integer("monthlySpent");

        /// <summary><c>member</c> of the wire.</summary>
        public MemberSpendingOut Member => ReadModel("member", raw => new MemberSpendingOut(raw));
    }

    /// <summary>A table (RFC 4180) with the names of its columns in the first line.</summary>
    public sealed class CsvTable : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public CsvTable(JsonObject raw)
            : base(raw)
        {
        }
    }

    /// <summary>The receipt of a deletion.</summary>
    public sealed class DeletionReceiptOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeletionReceiptOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>receiptId</c> of the wire.</summary>
        public string ReceiptId => Raw.Text("receiptId");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary><c>requestedAt</c> of the wire.</summary>
        public string RequestedAt => Raw.Text("requestedAt");

        /// <summary>When everything is deleted at the latest.</summary>
        public string DeletedBy => Raw.Text("deletedBy");

        /// <summary>When everything was deleted.</summary>
        public string CompletedAt => Raw.Text("completedAt");

        /// <summary>How many records of each kind, and <c>files</c>, were deleted so far.</summary>
        public IReadOnlyDictionary<string, long> Counts => ReadMap<long>("counts");
    }

    /// <summary>The delivery was accepted and is waiting for a worker.</summary>
    public sealed class DeliveryAccepted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeliveryAccepted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>deliveryId</c> of the wire.</summary>
        public string DeliveryId => Raw.Text("deliveryId");

        /// <summary><c>state</c> of the wire.</summary>
        public string State => Raw.Text("state");
    }

    /// <summary>The delivery of one event to one webhook.</summary>
    public sealed class DeliveryOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeliveryOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>deliveryId</c> of the wire.</summary>
        public string DeliveryId => Raw.Text("deliveryId");

        /// <summary><c>event</c> of the wire.</summary>
        public string Event => Raw.Text("event");

        /// <summary><c>state</c> of the wire.</summary>
        public string State => Raw.Text("state");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>nextAttemptAt</c> of the wire.</summary>
        public string NextAttemptAt => Raw.Text("nextAttemptAt");

        /// <summary><c>attempts</c> of the wire.</summary>
        public IReadOnlyList<AttemptOut> Attempts => ReadModels("attempts", raw => new AttemptOut(raw));
    }

    /// <summary>A page of deliveries, from new to old.</summary>
    public sealed class DeliveryPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeliveryPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>deliveries</c> of the wire.</summary>
        public IReadOnlyList<DeliveryOut> Deliveries => ReadModels("deliveries", raw => new DeliveryOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>The codes of a sign-in.</summary>
    public sealed class DeviceCodeOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeviceCodeOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary><c>device_code</c> of the wire.</summary>
        public string DeviceCode => Raw.Text("device_code");

        /// <summary>Eight consonants, as <c>WDJB-MJHT</c>.</summary>
        public string UserCode => Raw.Text("user_code");

        /// <summary><c>verification_uri</c> of the wire.</summary>
        public string VerificationUri => Raw.Text("verification_uri");

        /// <summary>The same with the code, for a button or a QR code.</summary>
        public string VerificationUriComplete => Raw.Text("verification_uri_complete");

        /// <summary>In seconds.</summary>
        public long? ExpiresIn => Raw.Integer("expires_in");

        /// <summary>How long to wait between two requests for the tokens, in seconds.</summary>
        public long? Interval => Raw.Integer("interval");
    }

    /// <summary>The tokens of the new session, as sign-in returns them.</summary>
    public sealed class DeviceTokensOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public DeviceTokensOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary><c>access_token</c> of the wire.</summary>
        public string AccessToken => Raw.Text("access_token");

        /// <summary><c>refresh_token</c> of the wire.</summary>
        public string RefreshToken => Raw.Text("refresh_token");

        /// <summary><c>expires_at</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expires_at");

        /// <summary><c>token_type</c> of the wire.</summary>
        public string TokenType => Raw.Text("token_type");

        /// <summary><c>user</c> of the wire.</summary>
        public UserOut User => ReadModel("user", raw => new UserOut(raw));

        /// <summary>The seconds for which the access token is valid.</summary>
        public long? ExpiresIn => Raw.Integer("expires_in");
    }

    /// <summary>How the engine treated the capture.</summary>
    public sealed class EngineReportOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public EngineReportOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>repainted</c>: all surfaces were shaded anew.</summary>
        public string Mode => Raw.Text("mode");

        /// <summary>0 to 1: how sure the engine is of what it recognised.</summary>
        public double? Confidence => Raw.Number("confidence");

        /// <summary>Why pixels of the capture were kept.</summary>
        public IReadOnlyList<string> Reasons => ReadList<string>("reasons");
    }

    /// <summary>An error.</summary>
    public sealed class ErrorResponse : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ErrorResponse(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always false.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary>A sentence for a person; for <c>/auth/device/…</c> the name that OAuth gives the error.</summary>
        public string Error => Raw.Text("error");

        /// <summary>The sentence, only for <c>/auth/device/…</c>.</summary>
        public string ErrorDescription => Raw.Text("error_description");

        /// <summary><c>errorCode</c> of the wire.</summary>
        public string ErrorCode => Raw.Text("errorCode");

        /// <summary><c>details</c> of the wire.</summary>
        public JsonObject Details => Raw.Object("details");

        /// <summary><c>requestId</c> of the wire.</summary>
        public string RequestId => Raw.Text("requestId");

        /// <summary><c>retryable</c> of the wire.</summary>
        public bool? Retryable => Raw.Flag("retryable");

        /// <summary>Only with <c>INSUFFICIENT_CREDITS</c>.</summary>
        public long? RequiredCredits => Raw.Integer("requiredCredits");

        /// <summary>Only with <c>INSUFFICIENT_CREDITS</c>.</summary>
        public long? AvailableCredits => Raw.Integer("availableCredits");
    }

    /// <summary>What an order would cost now.</summary>
    public sealed class EstimateOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public EstimateOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>creditsCost</c> of the wire.</summary>
        public long? CreditsCost => Raw.Integer("creditsCost");

        /// <summary>In seconds, from the start of the render.</summary>
        public long? EstimatedTime => Raw.Integer("estimatedTime");

        /// <summary>The credits of the account.</summary>
        public long? Balance => Raw.Integer("balance");

        /// <summary>Whether the balance suffices for the order.</summary>
        public bool? Sufficient => Raw.Flag("sufficient");
    }

    /// <summary>What the event is about: a render, a month of an organization, or the webhook itself.</summary>
    public sealed class EventDataOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public EventDataOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhookId</c> of the wire.</summary>
        public string WebhookId => Raw.Text("webhookId");

        /// <summary><c>renderId</c> of the wire.</summary>
        public string RenderId => Raw.Text("renderId");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary>The version of the style, <c>name@version</c>.</summary>
        public string StyleId => Raw.Text("styleId");

        /// <summary><c>outputUrl</c> of the wire.</summary>
        public string OutputUrl => Raw.Text("outputUrl");

        /// <summary><c>outputUrlExpiresAt</c> of the wire.</summary>
        public string OutputUrlExpiresAt => Raw.Text("outputUrlExpiresAt");

        /// <summary><c>error</c> of the wire.</summary>
        public string Error => Raw.Text("error");

        /// <summary><c>errorCode</c> of the wire.</summary>
        public string ErrorCode => Raw.Text("errorCode");

        /// <summary><c>projectId</c> of the wire.</summary>
        public string ProjectId => Raw.Text("projectId");

        /// <summary><c>platform</c> of the wire.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary><c>metadata</c> of the wire.</summary>
        public JsonObject Metadata => Raw.Object("metadata");

        /// <summary><c>organizationId</c> of the wire.</summary>
        public string OrganizationId => Raw.Text("organizationId");

        /// <summary>A calendar month in UTC.</summary>
        public string Month => Raw.Text("month");

        /// <summary>The sum of the month, with renders by platform in <c>groups</c>: what <c>GET /analytics/usage</c> has as <c>total</c> for the organization, from the begin of the month to its end.</summary>
        public UsageFigures Usage => ReadModel("usage", raw => new UsageFigures(raw));
    }

    /// <summary>The body of a webhook or a callback.</summary>
    public sealed class EventOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public EventOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>event</c> of the wire.</summary>
        public string Event => Raw.Text("event");

        /// <summary><c>type</c> of the wire.</summary>
        public string Type => Raw.Text("type");

        /// <summary><c>timestamp</c> of the wire.</summary>
        public string Timestamp => Raw.Text("timestamp");

        /// <summary><c>data</c> of the wire.</summary>
        public EventDataOut Data => ReadModel("data", raw => new EventDataOut(raw));
    }

    /// <summary>A ZIP file.</summary>
    public sealed class ExportFileOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ExportFileOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>A link to the file, which is valid for 24 hours.</summary>
        public string Url => Raw.Text("url");

        /// <summary>In bytes.</summary>
        public long? Size => Raw.Integer("size");
    }

    /// <summary>Whether the API and the services behind it work.</summary>
    public sealed class HealthOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public HealthOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>success</c> of the wire.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary><c>timestamp</c> of the wire.</summary>
        public string Timestamp => Raw.Text("timestamp");

        /// <summary><c>api</c> of the wire.</summary>
        public ApiOut Api => ReadModel("api", raw => new ApiOut(raw));

        /// <summary><c>services</c> of the wire.</summary>
        public ServicesOut Services => ReadModel("services", raw => new ServicesOut(raw));
    }

    /// <summary>A new invitation with its <c>token</c>, which no other response contains.</summary>
    public sealed class InvitationCreated : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public InvitationCreated(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>invitationId</c> of the wire.</summary>
        public string InvitationId => Raw.Text("invitationId");

        /// <summary><c>email</c> of the wire.</summary>
        public string Email => Raw.Text("email");

        /// <summary><c>role</c> of the wire.</summary>
        public string Role => Raw.Text("role");

        /// <summary>A user id, or <c>key#</c> and the id of a key.</summary>
        public string InvitedBy => Raw.Text("invitedBy");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>expiresAt</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");

        /// <summary><c>token</c> of the wire.</summary>
        public string Token => Raw.Text("token");
    }

    /// <summary>The open invitations of an organisation, from new to old.</summary>
    public sealed class InvitationList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public InvitationList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>invitations</c> of the wire.</summary>
        public IReadOnlyList<InvitationOut> Invitations => ReadModels("invitations", raw => new InvitationOut(raw));
    }

    /// <summary>An open invitation.</summary>
    public sealed class InvitationOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public InvitationOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>invitationId</c> of the wire.</summary>
        public string InvitationId => Raw.Text("invitationId");

        /// <summary><c>email</c> of the wire.</summary>
        public string Email => Raw.Text("email");

        /// <summary><c>role</c> of the wire.</summary>
        public string Role => Raw.Text("role");

        /// <summary>A user id, or <c>key#</c> and the id of a key.</summary>
        public string InvitedBy => Raw.Text("invitedBy");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>expiresAt</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>The invitation cannot be accepted any more.</summary>
    public sealed class InvitationWithdrawn : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public InvitationWithdrawn(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>invitationId</c> of the wire.</summary>
        public string InvitationId => Raw.Text("invitationId");

        /// <summary>Always true.</summary>
        public bool? Withdrawn => Raw.Flag("withdrawn");
    }

    /// <summary>One JSON object per line.</summary>
    public sealed class JsonLines : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public JsonLines(JsonObject raw)
            : base(raw)
        {
        }
    }

    /// <summary>A new API key with its secret in <c>key</c>.</summary>
    public sealed class KeyCreated : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public KeyCreated(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>keyPrefix</c> of the wire.</summary>
        public string KeyPrefix => Raw.Text("keyPrefix");

        /// <summary><c>scopes</c> of the wire.</summary>
        public IReadOnlyList<string> Scopes => ReadList<string>("scopes");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>expiresAt</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");

        /// <summary><c>lastUsedAt</c> of the wire.</summary>
        public string LastUsedAt => Raw.Text("lastUsedAt");

        /// <summary><c>revokedAt</c> of the wire.</summary>
        public string RevokedAt => Raw.Text("revokedAt");

        /// <summary><c>isActive</c> of the wire.</summary>
        public bool? IsActive => Raw.Flag("isActive");

        /// <summary><c>key</c> of the wire.</summary>
        public string Key => Raw.Text("key");
    }

    /// <summary>An API key without its secret.</summary>
    public sealed class KeyOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public KeyOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>keyPrefix</c> of the wire.</summary>
        public string KeyPrefix => Raw.Text("keyPrefix");

        /// <summary><c>scopes</c> of the wire.</summary>
        public IReadOnlyList<string> Scopes => ReadList<string>("scopes");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>expiresAt</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");

        /// <summary><c>lastUsedAt</c> of the wire.</summary>
        public string LastUsedAt => Raw.Text("lastUsedAt");

        /// <summary><c>revokedAt</c> of the wire.</summary>
        public string RevokedAt => Raw.Text("revokedAt");

        /// <summary><c>isActive</c> of the wire.</summary>
        public bool? IsActive => Raw.Flag("isActive");
    }

    /// <summary>A page of API keys, from new to old.</summary>
    public sealed class KeyPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public KeyPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>keys</c> of the wire.</summary>
        public IReadOnlyList<KeyOut> Keys => ReadModels("keys", raw => new KeyOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>The API key was revoked.</summary>
    public sealed class KeyRevoked : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public KeyRevoked(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary>Always false.</summary>
        public bool? IsActive => Raw.Flag("isActive");
    }

    /// <summary>A material of the layer <c>materialId</c>.</summary>
    public sealed class LayerMaterialOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public LayerMaterialOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>The colour of its pixels, as <c>#a1b2c3</c>.</summary>
        public string Colour => Raw.Text("colour");

        /// <summary>Its name in the model, of which the first 64 characters are kept.</summary>
        public string Name => Raw.Text("name");

        /// <summary>The surface that it was rendered as; <c>file</c> if the model's own was kept.</summary>
        public string Surface => Raw.Text("surface");

        /// <summary>The part of the picture that it fills, 0 to 1.</summary>
        public double? Share => Raw.Number("share");
    }

    /// <summary>A layer of a render of a 3D model: a PNG of the size of the picture.</summary>
    public sealed class LayerOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public LayerOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>depth</c>: grey, 16 bits; 65535 is <c>near</c>, 1 is <c>far</c> and all beyond it, linear between them, along the view; 0 is where nothing is.</summary>
        public string Kind => Raw.Text("kind");

        /// <summary><c>url</c> of the wire.</summary>
        public string Url => Raw.Text("url");

        /// <summary>In metres, of <c>depth</c>.</summary>
        public double? Near => Raw.Number("near");

        /// <summary>In metres, of <c>depth</c>.</summary>
        public double? Far => Raw.Number("far");

        /// <summary>Of <c>materialId</c>: the materials that fill most of the picture, 128 at most.</summary>
        public IReadOnlyList<LayerMaterialOut> Materials => ReadModels("materials", raw => new LayerMaterialOut(raw));
    }

    /// <summary>The limits of requests and of accounts.</summary>
    public sealed class LimitsOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public LimitsOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Of all images of a request together, before base64.</summary>
        public long? MaxImageBytes => Raw.Integer("maxImageBytes");

        /// <summary>In pixels.</summary>
        public long? MinImageSide => Raw.Integer("minImageSide");

        /// <summary><c>maxImagePixels</c> of the wire.</summary>
        public long? MaxImagePixels => Raw.Integer("maxImagePixels");

        /// <summary>The longest output with the aspect ratio <c>source</c>.</summary>
        public double? MaxSourceRatio => Raw.Number("maxSourceRatio");

        /// <summary>In characters; also of <c>negativePrompt</c>.</summary>
        public long? MaxPromptLength => Raw.Integer("maxPromptLength");

        /// <summary>Of <c>metadata</c> as JSON in UTF-8.</summary>
        public long? MaxMetadataBytes => Raw.Integer("maxMetadataBytes");

        /// <summary><c>maxMaterials</c> of the wire.</summary>
        public long? MaxMaterials => Raw.Integer("maxMaterials");

        /// <summary>The longest wait of a request.</summary>
        public long? MaxWaitSeconds => Raw.Integer("maxWaitSeconds");

        /// <summary>Per account.</summary>
        public long? MaxWebhooks => Raw.Integer("maxWebhooks");

        /// <summary>Active API keys per account.</summary>
        public long? MaxKeys => Raw.Integer("maxKeys");

        /// <summary>Per account.</summary>
        public long? MaxProjects => Raw.Integer("maxProjects");

        /// <summary>Of a picture that is uploaded by <c>POST /uploads</c>.</summary>
        public long? MaxUploadBytes => Raw.Integer("maxUploadBytes");

        /// <summary>Per account.</summary>
        public long? MaxOwnStyles => Raw.Integer("maxOwnStyles");

        /// <summary>Per account.</summary>
        public long? MaxOpenUploads => Raw.Integer("maxOpenUploads");

        /// <summary>Of all uploads of an account.</summary>
        public long? MaxStoredUploadBytes => Raw.Integer("maxStoredUploadBytes");

        /// <summary>By platform, for one user.</summary>
        public IReadOnlyDictionary<string, long> RequestsPerMinute => ReadMap<long>("requestsPerMinute");
    }

    /// <summary>The signed-in user, twice: <c>data</c> repeats <c>user</c>, because plugins in use read either.</summary>
    public sealed class MeAnswer : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MeAnswer(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary><c>user</c> of the wire.</summary>
        public MeOut User => ReadModel("user", raw => new MeOut(raw));

        /// <summary><c>data</c> of the wire.</summary>
        public MeOut Data => ReadModel("data", raw => new MeOut(raw));
    }

    /// <summary>The signed-in user with its credits.</summary>
    public sealed class MeOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MeOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>email</c> of the wire.</summary>
        public string Email => Raw.Text("email");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>created_at</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("created_at");

        /// <summary><c>credits</c> of the wire.</summary>
        public CreditsOut Credits => ReadModel("credits", raw => new CreditsOut(raw));
    }

    /// <summary>The members of an organisation, in the order of joining.</summary>
    public sealed class MemberList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MemberList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>members</c> of the wire.</summary>
        public IReadOnlyList<MemberOut> Members => ReadModels("members", raw => new MemberOut(raw));
    }

    /// <summary>A member of an organisation.</summary>
    public sealed class MemberOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MemberOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>userId</c> of the wire.</summary>
        public string UserId => Raw.Text("userId");

        /// <summary><c>email</c> of the wire.</summary>
        public string Email => Raw.Text("email");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>role</c> of the wire.</summary>
        public string Role => Raw.Text("role");

        /// <summary><c>joinedAt</c> of the wire.</summary>
        public string JoinedAt => Raw.Text("joinedAt");

        /// <summary>A cap of the member's own; absent if the policy's counts.</summary>
        public long? MonthlyCredits => Raw.Integer("monthlyCredits");

        /// <summary><c>spentThisMonth</c> of the wire.</summary>
        public long? SpentThisMonth => Raw.Integer("spentThisMonth");
    }

    /// <summary>The membership has ended.</summary>
    public sealed class MemberRemoved : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MemberRemoved(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>userId</c> of the wire.</summary>
        public string UserId => Raw.Text("userId");

        /// <summary>Always true.</summary>
        public bool? Removed => Raw.Flag("removed");
    }

    /// <summary>What a member has spent of the pool of an organisation this month, in credits.</summary>
    public sealed class MemberSpendingOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public MemberSpendingOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>spentThisMonth</c> of the wire.</summary>
        public long? SpentThisMonth => Raw.Integer("spentThisMonth");

        /// <summary>The cap, if there is one.</summary>
        public long? MonthlyCredits => Raw.Integer("monthlyCredits");
    }

    /// <summary>A model that may be named in an order.</summary>
    public sealed class ModelOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ModelOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary>Other names that mean the same model, such as those of retired ones.</summary>
        public IReadOnlyList<string> Aliases => ReadList<string>("aliases");

        /// <summary><c>engine</c> of the wire.</summary>
        public string Engine => Raw.Text("engine");

        /// <summary>Whether it renders if an order names no model.</summary>
        public bool? IsDefault => Raw.Flag("isDefault");

        /// <summary>The credits of one render by quality, if they are not those of <c>qualities</c>.</summary>
        public IReadOnlyDictionary<string, long> CreditsCost => ReadMap<long>("creditsCost");

        /// <summary>The consent that an order needs, of <c>consents</c>.</summary>
        public string Consent => Raw.Text("consent");

        /// <summary>The fields of an order that it uses, of those that not all use.</summary>
        public IReadOnlyList<string> Inputs => ReadList<string>("inputs");
    }

    /// <summary>What all members together may use now.</summary>
    public sealed class OrganizationLimitsOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OrganizationLimitsOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>requestsPerMinute</c> of the wire.</summary>
        public long? RequestsPerMinute => Raw.Integer("requestsPerMinute");

        /// <summary><c>rendersAtOnce</c> of the wire.</summary>
        public long? RendersAtOnce => Raw.Integer("rendersAtOnce");

        /// <summary><c>members</c> of the wire.</summary>
        public long? Members => Raw.Integer("members");
    }

    /// <summary>The organisations of a user.</summary>
    public sealed class OrganizationList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OrganizationList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>organizations</c> of the wire.</summary>
        public IReadOnlyList<OrganizationOut> Organizations => ReadModels("organizations", raw => new OrganizationOut(raw));
    }

    /// <summary>An organisation.</summary>
    public sealed class OrganizationOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OrganizationOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>organizationId</c> of the wire.</summary>
        public string OrganizationId => Raw.Text("organizationId");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>role</c> of the wire.</summary>
        public string Role => Raw.Text("role");

        /// <summary><c>plan</c> of the wire.</summary>
        public string Plan => Raw.Text("plan");

        /// <summary><c>limits</c> of the wire.</summary>
        public OrganizationLimitsOut Limits => ReadModel("limits", raw => new OrganizationLimitsOut(raw));

        /// <summary><c>policy</c> of the wire.</summary>
        public PolicyOut Policy => ReadModel("policy", raw => new PolicyOut(raw));

        /// <summary>How many members it has.</summary>
        public long? Members => Raw.Integer("members");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");
    }

    /// <summary>The size of an output in pixels.</summary>
    public sealed class OutputSizeOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OutputSizeOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>aspectRatio</c> of the wire.</summary>
        public string AspectRatio => Raw.Text("aspectRatio");

        /// <summary><c>width</c> of the wire.</summary>
        public long? Width => Raw.Integer("width");

        /// <summary><c>height</c> of the wire.</summary>
        public long? Height => Raw.Integer("height");
    }

    /// <summary>What a style of yours adds to the style that it is made of.</summary>
    public sealed class OwnPartOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OwnPartOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>The <c>styleId</c> that it is made of.</summary>
        public string Base => Raw.Text("base");

        /// <summary><c>prompt</c> of the wire.</summary>
        public string Prompt => Raw.Text("prompt");

        /// <summary><c>negativePrompt</c> of the wire.</summary>
        public string NegativePrompt => Raw.Text("negativePrompt");

        /// <summary><c>structureStrength</c> of the wire.</summary>
        public double? StructureStrength => Raw.Number("structureStrength");

        /// <summary><c>time</c> of the wire.</summary>
        public string Time => Raw.Text("time");

        /// <summary><c>weather</c> of the wire.</summary>
        public string Weather => Raw.Text("weather");

        /// <summary><c>season</c> of the wire.</summary>
        public string Season => Raw.Text("season");

        /// <summary><c>ground</c> of the wire.</summary>
        public string Ground => Raw.Text("ground");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>updatedAt</c> of the wire.</summary>
        public string UpdatedAt => Raw.Text("updatedAt");
    }

    /// <summary>Your styles, from new to old, each in its newest version.</summary>
    public sealed class OwnStyleList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public OwnStyleList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>styles</c> of the wire.</summary>
        public IReadOnlyList<StyleOut> Styles => ReadModels("styles", raw => new StyleOut(raw));
    }

    /// <summary>The password was changed, and all sessions of the user have ended.</summary>
    public sealed class PasswordResetOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PasswordResetOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");
    }

    /// <summary>A code was sent if the address belongs to a user.</summary>
    public sealed class PasswordResetRequestedOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PasswordResetRequestedOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");
    }

    /// <summary>The versions of a platform's plugin.</summary>
    public sealed class PluginReleaseOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PluginReleaseOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>platform</c> of the wire.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary><c>newestVersion</c> of the wire.</summary>
        public string NewestVersion => Raw.Text("newestVersion");

        /// <summary>The oldest version that works with this API.</summary>
        public string OldestVersion => Raw.Text("oldestVersion");

        /// <summary><c>downloadUrl</c> of the wire.</summary>
        public string DownloadUrl => Raw.Text("downloadUrl");
    }

    /// <summary>The policy of an organisation.</summary>
    public sealed class PolicyOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PolicyOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>engines</c> of the wire.</summary>
        public IReadOnlyList<string> Engines => ReadList<string>("engines");

        /// <summary><c>maxKeyDays</c> of the wire.</summary>
        public long? MaxKeyDays => Raw.Integer("maxKeyDays");

        /// <summary><c>keyNetworks</c> of the wire.</summary>
        public IReadOnlyList<string> KeyNetworks => ReadList<string>("keyNetworks");

        /// <summary><c>memberMonthlyCredits</c> of the wire.</summary>
        public long? MemberMonthlyCredits => Raw.Integer("memberMonthlyCredits");

        /// <summary><c>requestsPerMinute</c> of the wire.</summary>
        public long? RequestsPerMinute => Raw.Integer("requestsPerMinute");

        /// <summary><c>rendersAtOnce</c> of the wire.</summary>
        public long? RendersAtOnce => Raw.Integer("rendersAtOnce");

        /// <summary><c>retention</c> of the wire.</summary>
        public RetentionPolicy Retention => ReadModel("retention", raw => new RetentionPolicy(raw));
    }

    /// <summary>An event.</summary>
    public sealed class PolledEventOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PolledEventOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>type</c> of the wire.</summary>
        public string Type => Raw.Text("type");

        /// <summary><c>timestamp</c> of the wire.</summary>
        public string Timestamp => Raw.Text("timestamp");

        /// <summary><c>data</c> of the wire.</summary>
        public JsonObject Data => Raw.Object("data");
    }

    /// <summary>Events in the order in which they became known.</summary>
    public sealed class PolledEventsOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PolledEventsOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>events</c> of the wire.</summary>
        public IReadOnlyList<PolledEventOut> Events => ReadModels("events", raw => new PolledEventOut(raw));

        /// <summary>What the next request continues behind.</summary>
        public string Cursor => Raw.Text("cursor");

        /// <summary><c>done</c> of the wire.</summary>
        public bool? Done => Raw.Flag("done");
    }

    /// <summary>All preferences of a user.</summary>
    public sealed class PreferencesOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public PreferencesOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>preferences</c> of the wire.</summary>
        public JsonObject Preferences => Raw.Object("preferences");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>updatedAt</c> of the wire.</summary>
        public string UpdatedAt => Raw.Text("updatedAt");
    }

    /// <summary>The project was deleted.</summary>
    public sealed class ProjectDeleted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ProjectDeleted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>deleted</c> of the wire.</summary>
        public bool? Deleted => Raw.Flag("deleted");
    }

    /// <summary>A project.</summary>
    public sealed class ProjectOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ProjectOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>slug</c> of the wire.</summary>
        public string Slug => Raw.Text("slug");

        /// <summary><c>description</c> of the wire.</summary>
        public string Description => Raw.Text("description");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>updatedAt</c> of the wire.</summary>
        public string UpdatedAt => Raw.Text("updatedAt");

        /// <summary><c>renderCount</c> of the wire.</summary>
        public long? RenderCount => Raw.Integer("renderCount");

        /// <summary><c>platform</c> of the wire.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary><c>imageUrl</c> of the wire.</summary>
        public string ImageUrl => Raw.Text("imageUrl");
    }

    /// <summary>A page of projects, from new to old.</summary>
    public sealed class ProjectPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ProjectPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>projects</c> of the wire.</summary>
        public IReadOnlyList<ProjectOut> Projects => ReadModels("projects", raw => new ProjectOut(raw));

        /// <summary><c>total</c> of the wire.</summary>
        public long? Total => Raw.Integer("total");

        /// <summary><c>limit</c> of the wire.</summary>
        public long? Limit => Raw.Integer("limit");

        /// <summary><c>offset</c> of the wire.</summary>
        public long? Offset => Raw.Integer("offset");

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>A quality: its price, and the size of its output for each aspect ratio.</summary>
    public sealed class QualityOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public QualityOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary>The credits that one render costs.</summary>
        public long? CreditsCost => Raw.Integer("creditsCost");

        /// <summary><c>isDefault</c> of the wire.</summary>
        public bool? IsDefault => Raw.Flag("isDefault");

        /// <summary><c>sizes</c> of the wire.</summary>
        public IReadOnlyList<OutputSizeOut> Sizes => ReadModels("sizes", raw => new OutputSizeOut(raw));
    }

    /// <summary>The render was accepted and is waiting for a worker.</summary>
    public sealed class RenderAccepted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RenderAccepted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>renderId</c> of the wire.</summary>
        public string RenderId => Raw.Text("renderId");

        /// <summary>The same as <c>renderId</c>: plugins in use read either.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary>The credits that were charged, for all renders of the order together.</summary>
        public long? CreditsCost => Raw.Integer("creditsCost");

        /// <summary>In seconds.</summary>
        public long? EstimatedTime => Raw.Integer("estimatedTime");

        /// <summary>The engine that renders.</summary>
        public string Engine => Raw.Text("engine");

        /// <summary>The URL that returns the status of the render.</summary>
        public string StatusUrl => Raw.Text("statusUrl");

        /// <summary>The organization has as many renders at the same time as it may have.</summary>
        public bool? Waiting => Raw.Flag("waiting");

        /// <summary>The secret that signs requests to <c>callback_url</c>.</summary>
        public string CallbackSecret => Raw.Text("callbackSecret");

        /// <summary>All renders of the order, if it was for more than one.</summary>
        public IReadOnlyList<AcceptedRenderOut> Renders => ReadModels("renders", raw => new AcceptedRenderOut(raw));

        /// <summary>What the service changed in the request.</summary>
        public IReadOnlyList<WarningOut> Warnings => ReadModels("warnings", raw => new WarningOut(raw));
    }

    /// <summary>A render.</summary>
    public sealed class RenderOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RenderOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>renderId</c> of the wire.</summary>
        public string RenderId => Raw.Text("renderId");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary>0 to 100.</summary>
        public long? Progress => Raw.Integer("progress");

        /// <summary>The organization has as many renders at the same time as it may have.</summary>
        public bool? Waiting => Raw.Flag("waiting");

        /// <summary>In seconds.</summary>
        public long? EstimatedTimeRemaining => Raw.Integer("estimatedTimeRemaining");

        /// <summary>The URL of the image.</summary>
        public string OutputUrl => Raw.Text("outputUrl");

        /// <summary><c>outputUrlExpiresAt</c> of the wire.</summary>
        public string OutputUrlExpiresAt => Raw.Text("outputUrlExpiresAt");

        /// <summary>The URL of the capture.</summary>
        public string InputUrl => Raw.Text("inputUrl");

        /// <summary>The ids of all renders of the order, if it was for more than one.</summary>
        public IReadOnlyList<string> Batch => ReadList<string>("batch");

        /// <summary>The URL of a WebP image of at most 512 pixels a side.</summary>
        public string ThumbnailUrl => Raw.Text("thumbnailUrl");

        /// <summary><c>width</c> of the wire.</summary>
        public long? Width => Raw.Integer("width");

        /// <summary><c>height</c> of the wire.</summary>
        public long? Height => Raw.Integer("height");

        /// <summary><c>error</c> of the wire.</summary>
        public string Error => Raw.Text("error");

        /// <summary><c>errorCode</c> of the wire.</summary>
        public string ErrorCode => Raw.Text("errorCode");

        /// <summary>In seconds.</summary>
        public double? ProcessingTime => Raw.Number("processingTime");

        /// <summary>0 if the credits were refunded.</summary>
        public long? CreditsUsed => Raw.Integer("creditsUsed");

        /// <summary><c>style</c> of the wire.</summary>
        public string Style => Raw.Text("style");

        /// <summary>The version of the style, <c>name@version</c>.</summary>
        public string StyleId => Raw.Text("styleId");

        /// <summary><c>quality</c> of the wire.</summary>
        public string Quality => Raw.Text("quality");

        /// <summary><c>aspectRatio</c> of the wire.</summary>
        public string AspectRatio => Raw.Text("aspectRatio");

        /// <summary><c>outputFormat</c> of the wire.</summary>
        public string OutputFormat => Raw.Text("outputFormat");

        /// <summary>What was asked for, or what the service chose if nothing was.</summary>
        public string Prompt => Raw.Text("prompt");

        /// <summary><c>negativePrompt</c> of the wire.</summary>
        public string NegativePrompt => Raw.Text("negativePrompt");

        /// <summary><c>structureStrength</c> of the wire.</summary>
        public double? StructureStrength => Raw.Number("structureStrength");

        /// <summary><c>seed</c> of the wire.</summary>
        public long? Seed => Raw.Integer("seed");

        /// <summary><c>engine</c> of the wire.</summary>
        public string Engine => Raw.Text("engine");

        /// <summary>Absent if the engine does not report it.</summary>
        public EngineReportOut EngineReport => ReadModel("engineReport", raw => new EngineReportOut(raw));

        /// <summary>The layers that were ordered, of a completed render.</summary>
        public IReadOnlyList<LayerOut> Layers => ReadModels("layers", raw => new LayerOut(raw));

        /// <summary>The object that was sent with the request, else an empty one.</summary>
        public JsonObject Metadata => Raw.Object("metadata");

        /// <summary><c>projectId</c> of the wire.</summary>
        public string ProjectId => Raw.Text("projectId");

        /// <summary><c>platform</c> of the wire.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>completedAt</c> of the wire.</summary>
        public string CompletedAt => Raw.Text("completedAt");
    }

    /// <summary>A page of renders, from new to old.</summary>
    public sealed class RenderPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RenderPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>renders</c> of the wire.</summary>
        public IReadOnlyList<RenderOut> Renders => ReadModels("renders", raw => new RenderOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>The result of the last attempt of any delivery.</summary>
    public sealed class ResultOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ResultOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>at</c> of the wire.</summary>
        public string At => Raw.Text("at");

        /// <summary><c>deliveryId</c> of the wire.</summary>
        public string DeliveryId => Raw.Text("deliveryId");

        /// <summary><c>succeeded</c> of the wire.</summary>
        public bool? Succeeded => Raw.Flag("succeeded");

        /// <summary><c>status</c> of the wire.</summary>
        public long? Status => Raw.Integer("status");

        /// <summary><c>problem</c> of the wire.</summary>
        public string Problem => Raw.Text("problem");
    }

    /// <summary>The ready file, as plugins in use read it.</summary>
    public sealed class ResumableUploadAnswer : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ResumableUploadAnswer(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>A link to the file, which <c>imageUrl</c> of a render takes.</summary>
        public string Url => Raw.Text("url");

        /// <summary><c>uploadId</c> of the wire.</summary>
        public string UploadId => Raw.Text("uploadId");
    }

    /// <summary>The upload, as plugins in use read it.</summary>
    public sealed class ResumableUploadCreated : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ResumableUploadCreated(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>sessionId</c> of the wire.</summary>
        public string SessionId => Raw.Text("sessionId");

        /// <summary>Takes the whole file by one PUT request.</summary>
        public string UploadUrl => Raw.Text("uploadUrl");

        /// <summary>When <c>uploadUrl</c> ends.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>For how long captures, 3D models and renders are kept.</summary>
    public sealed class RetentionOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RetentionOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Captures and the guide images beside them.</summary>
        public string Captures => Raw.Text("captures");

        /// <summary>Uploaded 3D models.</summary>
        public string Models => Raw.Text("models");

        /// <summary>Rendered images, with the records of their renders.</summary>
        public string Renders => Raw.Text("renders");

        /// <summary><c>false</c> while a change is being applied to what was stored before it.</summary>
        public bool? IsApplied => Raw.Flag("isApplied");

        /// <summary>Absent until the first change.</summary>
        public string UpdatedAt => Raw.Text("updatedAt");
    }

    /// <summary>For how long is kept what members store.</summary>
    public sealed class RetentionPolicy : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RetentionPolicy(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Captures and the guide images beside them.</summary>
        public string Captures => Raw.Text("captures");

        /// <summary>Uploaded 3D models.</summary>
        public string Models => Raw.Text("models");

        /// <summary>Rendered images, with the records of their renders.</summary>
        public string Renders => Raw.Text("renders");
    }

    /// <summary>A replaced secret, masked.</summary>
    public sealed class RetiredSecretOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public RetiredSecretOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>secret</c> of the wire.</summary>
        public string Secret => Raw.Text("secret");

        /// <summary><c>expiresAt</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>The new secret, and the replaced secrets, masked.</summary>
    public sealed class SecretRotated : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SecretRotated(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhookId</c> of the wire.</summary>
        public string WebhookId => Raw.Text("webhookId");

        /// <summary><c>secret</c> of the wire.</summary>
        public string Secret => Raw.Text("secret");

        /// <summary><c>retiredSecrets</c> of the wire.</summary>
        public IReadOnlyList<RetiredSecretOut> RetiredSecrets => ReadModels("retiredSecrets", raw => new RetiredSecretOut(raw));
    }

    /// <summary>The state of each service.</summary>
    public sealed class ServicesOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public ServicesOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>api</c> of the wire.</summary>
        public string Api => Raw.Text("api");

        /// <summary><c>authentication</c> of the wire.</summary>
        public string Authentication => Raw.Text("authentication");

        /// <summary><c>rendering</c> of the wire.</summary>
        public string Rendering => Raw.Text("rendering");

        /// <summary><c>storage</c> of the wire.</summary>
        public string Storage => Raw.Text("storage");
    }

    /// <summary>The session has ended.</summary>
    public sealed class SessionEnded : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SessionEnded(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>ended</c> of the wire.</summary>
        public bool? Ended => Raw.Flag("ended");
    }

    /// <summary>The sessions of a user that have not ended, newest first.</summary>
    public sealed class SessionList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SessionList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>sessions</c> of the wire.</summary>
        public IReadOnlyList<SessionOut> Sessions => ReadModels("sessions", raw => new SessionOut(raw));
    }

    /// <summary>A session: one sign-in of a plugin.</summary>
    public sealed class SessionOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SessionOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary>The application whose plugin signed in.</summary>
        public string Platform => Raw.Text("platform");

        /// <summary>Whether it is the session of this request.</summary>
        public bool? Current => Raw.Flag("current");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary><c>lastRefreshedAt</c> of the wire.</summary>
        public string LastRefreshedAt => Raw.Text("lastRefreshedAt");

        /// <summary>When it ends unless it is refreshed before.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>The session has ended.</summary>
    public sealed class SignedOutOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SignedOutOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");
    }

    /// <summary>Signed parts, in the order of the request.</summary>
    public sealed class SignedPartList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SignedPartList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>parts</c> of the wire.</summary>
        public IReadOnlyList<SignedPartOut> Parts => ReadModels("parts", raw => new SignedPartOut(raw));
    }

    /// <summary>A part, and the URL that takes it by PUT.</summary>
    public sealed class SignedPartOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public SignedPartOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>partNumber</c> of the wire.</summary>
        public long? PartNumber => Raw.Integer("partNumber");

        /// <summary>The exact number of bytes to send.</summary>
        public long? Size => Raw.Integer("size");

        /// <summary><c>url</c> of the wire.</summary>
        public string Url => Raw.Text("url");

        /// <summary>When the URL ends.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>A node of the tree of categories.</summary>
    public sealed class StyleCategoryOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public StyleCategoryOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>title</c> of the wire.</summary>
        public string Title => Raw.Text("title");

        /// <summary>Absent at the top of the tree.</summary>
        public string Parent => Raw.Text("parent");
    }

    /// <summary>The style was deleted.</summary>
    public sealed class StyleDeleted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public StyleDeleted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>deleted</c> of the wire.</summary>
        public bool? Deleted => Raw.Flag("deleted");
    }

    /// <summary>The newest version of every style, in the order to show them; the first is the default.</summary>
    public sealed class StyleList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public StyleList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>styles</c> of the wire.</summary>
        public IReadOnlyList<StyleOut> Styles => ReadModels("styles", raw => new StyleOut(raw));

        /// <summary><c>categories</c> of the wire.</summary>
        public IReadOnlyList<StyleCategoryOut> Categories => ReadModels("categories", raw => new StyleCategoryOut(raw));
    }

    /// <summary>A version of a style.</summary>
    public sealed class StyleOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public StyleOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");

        /// <summary><c>name@version</c>.</summary>
        public string StyleId => Raw.Text("styleId");

        /// <summary><c>version</c> of the wire.</summary>
        public long? Version => Raw.Integer("version");

        /// <summary><c>category</c> of the wire.</summary>
        public string Category => Raw.Text("category");

        /// <summary><c>title</c> of the wire.</summary>
        public string Title => Raw.Text("title");

        /// <summary><c>description</c> of the wire.</summary>
        public string Description => Raw.Text("description");

        /// <summary>A WebP image of 480 by 270 pixels.</summary>
        public string CoverUrl => Raw.Text("coverUrl");

        /// <summary>The engines that the style was made for.</summary>
        public IReadOnlyList<string> Engines => ReadList<string>("engines");

        /// <summary><c>tags</c> of the wire.</summary>
        public IReadOnlyList<string> Tags => ReadList<string>("tags");

        /// <summary>Only a style of yours has it.</summary>
        public OwnPartOut Own => ReadModel("own", raw => new OwnPartOut(raw));
    }

    /// <summary>A pair of tokens and the user who signed in.</summary>
    public sealed class TokensOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public TokensOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary>Always true.</summary>
        public bool? Success => Raw.Flag("success");

        /// <summary><c>access_token</c> of the wire.</summary>
        public string AccessToken => Raw.Text("access_token");

        /// <summary><c>refresh_token</c> of the wire.</summary>
        public string RefreshToken => Raw.Text("refresh_token");

        /// <summary><c>expires_at</c> of the wire.</summary>
        public string ExpiresAt => Raw.Text("expires_at");

        /// <summary><c>token_type</c> of the wire.</summary>
        public string TokenType => Raw.Text("token_type");

        /// <summary><c>user</c> of the wire.</summary>
        public UserOut User => ReadModel("user", raw => new UserOut(raw));
    }

    /// <summary>One entry of the ledger.</summary>
    public sealed class TransactionOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public TransactionOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>type</c> of the wire.</summary>
        public string Type => Raw.Text("type");

        /// <summary>In credits; negative for a debit.</summary>
        public long? Amount => Raw.Integer("amount");

        /// <summary><c>renderId</c> of the wire.</summary>
        public string RenderId => Raw.Text("renderId");

        /// <summary>Who has ordered, in an organization: a user id, or <c>key#</c> and the id of a key.</summary>
        public string MemberId => Raw.Text("memberId");

        /// <summary>Of a grant.</summary>
        public string Reason => Raw.Text("reason");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");
    }

    /// <summary>A page of the ledger, from new to old.</summary>
    public sealed class TransactionPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public TransactionPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>transactions</c> of the wire.</summary>
        public IReadOnlyList<TransactionOut> Transactions => ReadModels("transactions", raw => new TransactionOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>The upload was deleted.</summary>
    public sealed class UploadDeleted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UploadDeleted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>uploadId</c> of the wire.</summary>
        public string UploadId => Raw.Text("uploadId");
    }

    /// <summary>An upload.</summary>
    public sealed class UploadOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UploadOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>uploadId</c> of the wire.</summary>
        public string UploadId => Raw.Text("uploadId");

        /// <summary>The same as <c>uploadId</c>, for clients of <c>/uploads/resumable</c>.</summary>
        public string SessionId => Raw.Text("sessionId");

        /// <summary><c>status</c> of the wire.</summary>
        public string Status => Raw.Text("status");

        /// <summary><c>fileName</c> of the wire.</summary>
        public string FileName => Raw.Text("fileName");

        /// <summary><c>contentType</c> of the wire.</summary>
        public string ContentType => Raw.Text("contentType");

        /// <summary><c>contentEncoding</c> of the wire.</summary>
        public string ContentEncoding => Raw.Text("contentEncoding");

        /// <summary><c>purpose</c> of the wire.</summary>
        public string Purpose => Raw.Text("purpose");

        /// <summary><c>size</c> of the wire.</summary>
        public long? Size => Raw.Integer("size");

        /// <summary><c>sha256</c> of the wire.</summary>
        public string Sha256 => Raw.Text("sha256");

        /// <summary>The bytes of every part but the last.</summary>
        public long? PartSize => Raw.Integer("partSize");

        /// <summary><c>partCount</c> of the wire.</summary>
        public long? PartCount => Raw.Integer("partCount");

        /// <summary>After creation the first 100 parts, signed; when an open upload is read, all of them.</summary>
        public IReadOnlyList<UploadPartOut> Parts => ReadModels("parts", raw => new UploadPartOut(raw));

        /// <summary>Takes the whole file by one PUT.</summary>
        public string PutUrl => Raw.Text("putUrl");

        /// <summary>The bytes of the parts that S3 has.</summary>
        public long? ReceivedBytes => Raw.Integer("receivedBytes");

        /// <summary>0 to 100.</summary>
        public long? Progress => Raw.Integer("progress");

        /// <summary>A link to the ready file, which <c>imageUrl</c> of a render takes too.</summary>
        public string Url => Raw.Text("url");

        /// <summary>Of a ready picture, upright.</summary>
        public long? Width => Raw.Integer("width");

        /// <summary><c>height</c> of the wire.</summary>
        public long? Height => Raw.Integer("height");

        /// <summary>Of a ready GLB.</summary>
        public long? Triangles => Raw.Integer("triangles");

        /// <summary>Why the upload has failed.</summary>
        public string Error => Raw.Text("error");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");

        /// <summary>When an open upload ends, and when a ready one is deleted.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>A page of uploads, from new to old.</summary>
    public sealed class UploadPage : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UploadPage(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>uploads</c> of the wire.</summary>
        public IReadOnlyList<UploadOut> Uploads => ReadModels("uploads", raw => new UploadOut(raw));

        /// <summary><c>nextCursor</c> of the wire.</summary>
        public string NextCursor => Raw.Text("nextCursor");
    }

    /// <summary>A part of an upload: signed after its creation, and with <c>received</c> when it is read.</summary>
    public sealed class UploadPartOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UploadPartOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>partNumber</c> of the wire.</summary>
        public long? PartNumber => Raw.Integer("partNumber");

        /// <summary><c>size</c> of the wire.</summary>
        public long? Size => Raw.Integer("size");

        /// <summary>Whether S3 has the part.</summary>
        public bool? Received => Raw.Flag("received");

        /// <summary>The ETag that S3 gave the part.</summary>
        public string Etag => Raw.Text("etag");

        /// <summary>Takes the part by PUT.</summary>
        public string Url => Raw.Text("url");

        /// <summary>When the URL ends.</summary>
        public string ExpiresAt => Raw.Text("expiresAt");
    }

    /// <summary>What happened in a time.</summary>
    public sealed class UsageFigures : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UsageFigures(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>ordered</c> of the wire.</summary>
        public long? Ordered => Raw.Integer("ordered");

        /// <summary><c>completed</c> of the wire.</summary>
        public long? Completed => Raw.Integer("completed");

        /// <summary><c>failed</c> of the wire.</summary>
        public long? Failed => Raw.Integer("failed");

        /// <summary><c>cancelled</c> of the wire.</summary>
        public long? Cancelled => Raw.Integer("cancelled");

        /// <summary>Of completed renders.</summary>
        public long? CreditsUsed => Raw.Integer("creditsUsed");

        /// <summary><c>creditsDebited</c> of the wire.</summary>
        public long? CreditsDebited => Raw.Integer("creditsDebited");

        /// <summary><c>creditsRefunded</c> of the wire.</summary>
        public long? CreditsRefunded => Raw.Integer("creditsRefunded");

        /// <summary><c>secondsMean</c> of the wire.</summary>
        public double? SecondsMean => Raw.Number("secondsMean");

        /// <summary><c>secondsP50</c> of the wire.</summary>
        public double? SecondsP50 => Raw.Number("secondsP50");

        /// <summary><c>secondsP95</c> of the wire.</summary>
        public double? SecondsP95 => Raw.Number("secondsP95");

        /// <summary><c>deliveryAttempts</c> of the wire.</summary>
        public long? DeliveryAttempts => Raw.Integer("deliveryAttempts");

        /// <summary><c>deliveryFailures</c> of the wire.</summary>
        public long? DeliveryFailures => Raw.Integer("deliveryFailures");

        /// <summary><c>deliverySecondsP95</c> of the wire.</summary>
        public double? DeliverySecondsP95 => Raw.Number("deliverySecondsP95");

        /// <summary><c>uploads</c> of the wire.</summary>
        public long? Uploads => Raw.Integer("uploads");

        /// <summary><c>uploadsFailed</c> of the wire.</summary>
        public long? UploadsFailed => Raw.Integer("uploadsFailed");

        /// <summary>Users who ordered a render or announced an upload; not in sums of periods.</summary>
        public long? ActiveUsers => Raw.Integer("activeUsers");

        /// <summary><c>groups</c> of the wire.</summary>
        public IReadOnlyList<UsageGroup> Groups => ReadModels("groups", raw => new UsageGroup(raw));
    }

    /// <summary>The renders of one group.</summary>
    public sealed class UsageGroup : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UsageGroup(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>group</c> of the wire.</summary>
        public string Group => Raw.Text("group");

        /// <summary><c>ordered</c> of the wire.</summary>
        public long? Ordered => Raw.Integer("ordered");

        /// <summary><c>completed</c> of the wire.</summary>
        public long? Completed => Raw.Integer("completed");

        /// <summary><c>failed</c> of the wire.</summary>
        public long? Failed => Raw.Integer("failed");

        /// <summary><c>cancelled</c> of the wire.</summary>
        public long? Cancelled => Raw.Integer("cancelled");
    }

    /// <summary>Figures of periods, from old to new.</summary>
    public sealed class UsageOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UsageOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>from</c> of the wire.</summary>
        public string From => Raw.Text("from");

        /// <summary><c>to</c> of the wire.</summary>
        public string To => Raw.Text("to");

        /// <summary><c>bucket</c> of the wire.</summary>
        public string Bucket => Raw.Text("bucket");

        /// <summary><c>periods</c> of the wire.</summary>
        public IReadOnlyList<UsagePeriod> Periods => ReadModels("periods", raw => new UsagePeriod(raw));

        /// <summary><c>total</c> of the wire.</summary>
        public UsageFigures Total => ReadModel("total", raw => new UsageFigures(raw));
    }

    /// <summary>What happened in an hour or a day that begins at <c>start</c>.</summary>
    public sealed class UsagePeriod : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UsagePeriod(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>ordered</c> of the wire.</summary>
        public long? Ordered => Raw.Integer("ordered");

        /// <summary><c>completed</c> of the wire.</summary>
        public long? Completed => Raw.Integer("completed");

        /// <summary><c>failed</c> of the wire.</summary>
        public long? Failed => Raw.Integer("failed");

        /// <summary><c>cancelled</c> of the wire.</summary>
        public long? Cancelled => Raw.Integer("cancelled");

        /// <summary>Of completed renders.</summary>
        public long? CreditsUsed => Raw.Integer("creditsUsed");

        /// <summary><c>creditsDebited</c> of the wire.</summary>
        public long? CreditsDebited => Raw.Integer("creditsDebited");

        /// <summary><c>creditsRefunded</c> of the wire.</summary>
        public long? CreditsRefunded => Raw.Integer("creditsRefunded");

        /// <summary><c>secondsMean</c> of the wire.</summary>
        public double? SecondsMean => Raw.Number("secondsMean");

        /// <summary><c>secondsP50</c> of the wire.</summary>
        public double? SecondsP50 => Raw.Number("secondsP50");

        /// <summary><c>secondsP95</c> of the wire.</summary>
        public double? SecondsP95 => Raw.Number("secondsP95");

        /// <summary><c>deliveryAttempts</c> of the wire.</summary>
        public long? DeliveryAttempts => Raw.Integer("deliveryAttempts");

        /// <summary><c>deliveryFailures</c> of the wire.</summary>
        public long? DeliveryFailures => Raw.Integer("deliveryFailures");

        /// <summary><c>deliverySecondsP95</c> of the wire.</summary>
        public double? DeliverySecondsP95 => Raw.Number("deliverySecondsP95");

        /// <summary><c>uploads</c> of the wire.</summary>
        public long? Uploads => Raw.Integer("uploads");

        /// <summary><c>uploadsFailed</c> of the wire.</summary>
        public long? UploadsFailed => Raw.Integer("uploadsFailed");

        /// <summary>Users who ordered a render or announced an upload; not in sums of periods.</summary>
        public long? ActiveUsers => Raw.Integer("activeUsers");

        /// <summary><c>groups</c> of the wire.</summary>
        public IReadOnlyList<UsageGroup> Groups => ReadModels("groups", raw => new UsageGroup(raw));

        /// <summary><c>start</c> of the wire.</summary>
        public string Start => Raw.Text("start");
    }

    /// <summary>A user.</summary>
    public sealed class UserOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public UserOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>id</c> of the wire.</summary>
        public string Id => Raw.Text("id");

        /// <summary><c>email</c> of the wire.</summary>
        public string Email => Raw.Text("email");

        /// <summary><c>name</c> of the wire.</summary>
        public string Name => Raw.Text("name");
    }

    /// <summary>A part of an accepted request that the service changed.</summary>
    public sealed class WarningOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public WarningOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>code</c> of the wire.</summary>
        public string Code => Raw.Text("code");

        /// <summary>A sentence for a person.</summary>
        public string Message => Raw.Text("message");

        /// <summary><c>field</c> of the wire.</summary>
        public string Field => Raw.Text("field");
    }

    /// <summary>The webhook was deleted.</summary>
    public sealed class WebhookDeleted : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public WebhookDeleted(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhookId</c> of the wire.</summary>
        public string WebhookId => Raw.Text("webhookId");

        /// <summary>Always true.</summary>
        public bool? Deleted => Raw.Flag("deleted");
    }

    /// <summary>All webhooks of a user.</summary>
    public sealed class WebhookList : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public WebhookList(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhooks</c> of the wire.</summary>
        public IReadOnlyList<WebhookOut> Webhooks => ReadModels("webhooks", raw => new WebhookOut(raw));
    }

    /// <summary>A webhook with its secrets masked.</summary>
    public sealed class WebhookOut : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public WebhookOut(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhookId</c> of the wire.</summary>
        public string WebhookId => Raw.Text("webhookId");

        /// <summary><c>type</c> of the wire.</summary>
        public string Type => Raw.Text("type");

        /// <summary>Absent if <c>type</c> is <c>poll</c>.</summary>
        public string Url => Raw.Text("url");

        /// <summary><c>events</c> of the wire.</summary>
        public IReadOnlyList<string> Events => ReadList<string>("events");

        /// <summary><c>description</c> of the wire.</summary>
        public string Description => Raw.Text("description");

        /// <summary><c>headers</c> of the wire.</summary>
        public IReadOnlyDictionary<string, string> Headers => ReadMap<string>("headers");

        /// <summary>Absent if <c>type</c> is <c>poll</c>.</summary>
        public string Secret => Raw.Text("secret");

        /// <summary><c>retiredSecrets</c> of the wire.</summary>
        public IReadOnlyList<RetiredSecretOut> RetiredSecrets => ReadModels("retiredSecrets", raw => new RetiredSecretOut(raw));

        /// <summary><c>state</c> of the wire.</summary>
        public string State => Raw.Text("state");

        /// <summary><c>disabledReason</c> of the wire.</summary>
        public string DisabledReason => Raw.Text("disabledReason");

        /// <summary><c>failingSince</c> of the wire.</summary>
        public string FailingSince => Raw.Text("failingSince");

        /// <summary><c>lastResult</c> of the wire.</summary>
        public ResultOut LastResult => ReadModel("lastResult", raw => new ResultOut(raw));

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");
    }

    /// <summary>A new webhook with its secret, as Standard Webhooks libraries need it.</summary>
    public sealed class WebhookRegistered : Model
    {
        /// <summary>Reads an object of the wire. Null is an empty one.</summary>
        public WebhookRegistered(JsonObject raw)
            : base(raw)
        {
        }

        /// <summary><c>webhookId</c> of the wire.</summary>
        public string WebhookId => Raw.Text("webhookId");

        /// <summary><c>type</c> of the wire.</summary>
        public string Type => Raw.Text("type");

        /// <summary>Absent if <c>type</c> is <c>poll</c>.</summary>
        public string Url => Raw.Text("url");

        /// <summary><c>events</c> of the wire.</summary>
        public IReadOnlyList<string> Events => ReadList<string>("events");

        /// <summary>Absent if <c>type</c> is <c>poll</c>.</summary>
        public string Secret => Raw.Text("secret");

        /// <summary><c>createdAt</c> of the wire.</summary>
        public string CreatedAt => Raw.Text("createdAt");
    }
}
