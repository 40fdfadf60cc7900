/**
 * The objects of the wire. Generated from openapi.yaml by `python -m sdks.generator`. Do not edit.
 *
 * An older server may leave out fields, and a newer one may send others, which are in the objects too.
 */

/** A value that this version does not know: a newer server may send it. */
export type Unknown = string & Record<never, never>;

/** The proportions of the output, width to height. */
export type AspectRatio = "16:9" | "4:3" | "1:1" | "9:16" | "3:2" | "2:3" | Unknown;

/** The proportions of an output. */
export type AspectRatioOption = "16:9" | "4:3" | "1:1" | "9:16" | "3:2" | "2:3" | "source" | Unknown;

/** What was done. */
export type AuditAction =
  | "organization.created"
  | "organization.renamed"
  | "policy.changed"
  | "plan.changed"
  | "member.invited"
  | "invitation.withdrawn"
  | "member.joined"
  | "member.changed"
  | "member.removed"
  | "member.left"
  | "key.created"
  | "key.revoked"
  | "key.rotated"
  | "credits.granted"
  | "consent.answered"
  | "organization.exported"
  | "organization.deleted"
  | Unknown;

/** A period of time for which figures are kept. */
export type Bucket = "hour" | "day" | Unknown;

/** What a user is asked to agree to. */
export type ConsentName = "model_upload" | "third_party_ai" | Unknown;

/** How a plugin compressed a file. */
export type ContentEncoding = "gzip" | Unknown;

/** The state of a deletion. */
export type DeletionStatus = "deleting" | "deleted" | Unknown;

/** The state of a delivery: `pending` until it has succeeded or its retries are used up. */
export type DeliveryState = "pending" | "succeeded" | "failed" | Unknown;

/** A field of `POST /renders` that only some engines use. */
export type EngineInput =
  | "prompt"
  | "negativePrompt"
  | "structureStrength"
  | "seed"
  | "depthImage"
  | "materialIdImage"
  | "normalImage"
  | "camera"
  | "materials"
  | "modelUploadId"
  | "sun"
  | "layers"
  | Unknown;

/** How freely an engine treated a capture. */
export type EngineMode = "repainted" | "mixed" | "graded" | Unknown;

/** The code of an error. */
export type ErrorCode =
  | "INVALID_INPUT"
  | "MISSING_REQUIRED_FIELD"
  | "INVALID_PROJECT_ID"
  | "INVALID_RENDER_ID"
  | "AUTHORIZATION_PENDING"
  | "SLOW_DOWN"
  | "ACCESS_DENIED"
  | "EXPIRED_TOKEN"
  | "INVALID_GRANT"
  | "UNSUPPORTED_GRANT_TYPE"
  | "AUTH_REQUIRED"
  | "AUTH_FAILED"
  | "INVALID_CREDENTIALS"
  | "INVALID_TOKEN"
  | "TOKEN_EXPIRED"
  | "REFRESH_FAILED"
  | "INVALID_API_KEY"
  | "API_KEY_EXPIRED"
  | "API_KEY_REVOKED"
  | "INSUFFICIENT_CREDITS"
  | "INSUFFICIENT_PERMISSIONS"
  | "CONSENT_REQUIRED"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "ALREADY_EXISTS"
  | "RESOURCE_CONFLICT"
  | "UPLOAD_INCOMPLETE"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "IDEMPOTENCY_KEY_REUSED"
  | "UPLOAD_REJECTED"
  | "MODEL_UNREADABLE"
  | "MODEL_TOO_LARGE"
  | "CONTENT_BLOCKED"
  | "RATE_LIMIT_EXCEEDED"
  | "QUOTA_EXCEEDED"
  | "RENDER_FAILED"
  | "INTERNAL_ERROR"
  | "SERVICE_UNAVAILABLE"
  | "TIMEOUT"
  | "WEBHOOK_DELIVERY_FAILED"
  | Unknown;

/** What happened to a render, `usage.month` of an organization, or `webhook.test` to try a webhook. */
export type Event =
  | "render.processing"
  | "render.completed"
  | "render.failed"
  | "render.cancelled"
  | "usage.month"
  | "webhook.test"
  | Unknown;

/** The state of an export. */
export type ExportStatus = "none" | "preparing" | "ready" | Unknown;

/** What the open ground is covered with. */
export type Ground = "grass" | "snow" | "sand" | "gravel" | "concrete" | "soil" | Unknown;

/** What a layer tells of each pixel. */
export type LayerKind = "depth" | "normal" | "materialId" | Unknown;

/** Why credits moved. */
export type LedgerEntryType = "grant" | "debit" | "refund" | Unknown;

/** The file format of the output. */
export type OutputFormat = "png" | "jpeg" | "webp" | Unknown;

/** Whether the API works: `degraded` if one or two services are down, `down` if all are. */
export type OverallState = "healthy" | "degraded" | "down" | Unknown;

/** The host application of a plugin. */
export type Platform =
  | "sketchup"
  | "revit"
  | "autocad"
  | "rhino"
  | "archicad"
  | "blender"
  | "freecad"
  | "unknown"
  | Unknown;

/** How the camera projects the scene. */
export type Projection = "perspective" | "parallel" | Unknown;

/** What an upload is used for in a render. */
export type Purpose = "capture" | "depth" | "materialId" | "normal" | "model" | Unknown;

/** The size of the output, and what it costs. */
export type Quality = "standard" | "high" | "ultra" | Unknown;

/** How long something is kept. */
export type RetentionPeriod = "1d" | "7d" | "30d" | "90d" | "365d" | "untilDeleted" | Unknown;

/** What a member is in an organisation. */
export type Role = "owner" | "admin" | "member" | Unknown;

/** What credentials allow. */
export type Scope =
  | "renders:create"
  | "renders:read"
  | "projects:read"
  | "webhook:write"
  | "metrics:read"
  | "org:read"
  | "org:admin"
  | Unknown;

/** A season. */
export type Season = "spring" | "summer" | "autumn" | "winter" | Unknown;

/** What a health check found out about one service. */
export type ServiceState = "operational" | "down" | "unchecked" | Unknown;

/** The state of an upload. */
export type ShownStatus = "open" | "ready" | "failed" | Unknown;

/** The state of a render. */
export type Status = "pending" | "processing" | "completed" | "failed" | "cancelled" | Unknown;

/** The materials that a plugin can name for the colours of the material id image. */
export type SurfaceMaterial =
  | "plaster"
  | "paint"
  | "concrete"
  | "brick"
  | "stone"
  | "metal"
  | "glass"
  | "wood"
  | "roof_tiles"
  | "tiles"
  | "fabric"
  | "foliage"
  | "grass"
  | "paving"
  | "gravel"
  | "soil"
  | "sand"
  | "water"
  | Unknown;

/** A time of day. */
export type TimeOfDay = "dawn" | "noon" | "golden" | "dusk" | "night" | Unknown;

/** What was accepted although it was not understood as the client meant it. */
export type WarningCode = "UNKNOWN_MODEL" | "UNKNOWN_MATERIAL" | Unknown;

/** A weather. */
export type Weather = "clear" | "cloudy" | "overcast" | "fog" | Unknown;

/** How events reach their receiver. */
export type WebhookType = "push" | "poll" | Unknown;

/** One render of an order for several. */
export interface AcceptedRenderOut {
  renderId: string;
  status: Status;
  seed: number;
  statusUrl: string;
}

/** The export that is being prepared, or else the last one. */
export interface AccountExportOut {
  status: ExportStatus;
  requestedAt?: string | null | undefined;
  /** When the files are deleted. */
  expiresAt?: string | null | undefined;
  /** The files of an export that is ready. */
  files: ExportFileOut[];
}

/** The version of the API, and the platform and plugin version that the request named. */
export interface ApiOut {
  version: string;
  platform: Platform;
  version_detected: string;
}

/** An attempt to deliver an event. */
export interface AttemptOut {
  at: string;
  durationMs: number;
  status?: number | null | undefined;
  answer: string;
  problem?: string | null | undefined;
}

/** One entry of the audit log. */
export interface AuditEntryOut {
  id: string;
  at: string;
  actor: string;
  address?: string | null | undefined;
  action: AuditAction;
  subject: string;
  before?: Record<string, unknown> | null | undefined;
  after?: Record<string, unknown> | null | undefined;
}

/** Entries of the audit log, from new to old. */
export interface AuditPage {
  entries: AuditEntryOut[];
  nextCursor?: string | null | undefined;
}

/** The camera of the capture. */
export interface CameraIn {
  /** The vertical field of view of the whole capture in degrees. */
  fov?: number | null | undefined;
  projection?: Projection | null | undefined;
  /** Where the camera is, in the coordinates of the scene. */
  position?: number[] | null | undefined;
  /** What the camera looks at. */
  target?: number[] | null | undefined;
  /** The direction that is up in the scene. */
  up?: number[] | null | undefined;
  /** The distance along the view that white of `depthImage` stands for. */
  near?: number | null | undefined;
  /** The distance along the view that black of `depthImage` stands for. */
  far?: number | null | undefined;
  /** For a render of a 3D model, instead of `fov`: the focal length in mm on a sensor 36 mm wide. */
  lens?: number | null | undefined;
  /**
   * For a render of a 3D model: moves the picture right and up, in parts of its longer side, so that verticals stay
   * upright.
   */
  shift?: number[] | null | undefined;
  /** For a render of a 3D model: a camera of the model, or `exterior` or `interior` for a view that is found. */
  cameraName?: string | null | undefined;
}

/** What this API offers: everything that the dialog of a plugin lets a user choose, and the limits. */
export interface CapabilitiesOut {
  qualities: QualityOut[];
  aspectRatios: AspectRatioOption[];
  outputFormats: OutputFormat[];
  models: ModelOut[];
  /** The tree of the categories that `GET /styles` sorts the styles into. */
  styleCategories: StyleCategoryOut[];
  consents: ConsentVersionOut[];
  /** The names that `materials` of an order may have. */
  materials: SurfaceMaterial[];
  /** The events that a webhook can subscribe to. */
  events: Event[];
  limits: LimitsOut;
  /** Platforms without a published plugin are left out. */
  plugins: PluginReleaseOut[];
}

/** All consents, also those that the user was never asked for. */
export interface ConsentList {
  consents: ConsentOut[];
}

/** A consent: the text to show, and the user's last answer. */
export interface ConsentOut {
  name: ConsentName;
  /** Of the text. */
  version: number;
  title: string;
  text: string;
  /** The companies that receive the data. */
  recipients: string[];
  /** Whether it counts as agreed to now. */
  granted: boolean;
  /** The version that was answered. */
  answeredVersion?: number | null | undefined;
  answeredAt?: string | null | undefined;
}

/** The newest version of a consent's text. */
export interface ConsentVersionOut {
  name: ConsentName;
  version: number;
}

/** The balance and the totals of an account, in whole credits. */
export interface CreditsOut {
  balance: number;
  totalEarned: number;
  totalSpent: number;
  monthlyEarned: number;
  monthlySpent: number;
  member?: MemberSpendingOut | null | undefined;
}

/** The receipt of a deletion. */
export interface DeletionReceiptOut {
  receiptId: string;
  status: DeletionStatus;
  requestedAt: string;
  /** When everything is deleted at the latest. */
  deletedBy: string;
  /** When everything was deleted. */
  completedAt?: string | null | undefined;
  /** How many records of each kind, and `files`, were deleted so far. */
  counts: Record<string, number>;
}

/** The delivery was accepted and is waiting for a worker. */
export interface DeliveryAccepted {
  deliveryId: string;
  state?: DeliveryState | null | undefined;
}

/** The delivery of one event to one webhook. */
export interface DeliveryOut {
  deliveryId: string;
  event: Event;
  state: DeliveryState;
  createdAt: string;
  nextAttemptAt?: string | null | undefined;
  attempts: AttemptOut[];
}

/** A page of deliveries, from new to old. */
export interface DeliveryPage {
  deliveries: DeliveryOut[];
  nextCursor?: string | null | undefined;
}

/** The codes of a sign-in. */
export interface DeviceCodeOut {
  /** Always true. */
  success?: boolean | null | undefined;
  device_code: string;
  /** Eight consonants, as `WDJB-MJHT`. */
  user_code: string;
  verification_uri: string;
  /** The same with the code, for a button or a QR code. */
  verification_uri_complete: string;
  /** In seconds. */
  expires_in: number;
  /** How long to wait between two requests for the tokens, in seconds. */
  interval: number;
}

/** The tokens of the new session, as sign-in returns them. */
export interface DeviceTokensOut {
  /** Always true. */
  success?: boolean | null | undefined;
  access_token: string;
  refresh_token: string;
  expires_at: string;
  token_type?: string | null | undefined;
  user: UserOut;
  /** The seconds for which the access token is valid. */
  expires_in: number;
}

/** How the engine treated the capture. */
export interface EngineReportOut {
  /** `repainted`: all surfaces were shaded anew. */
  mode: EngineMode;
  /** 0 to 1: how sure the engine is of what it recognised. */
  confidence: number;
  /** Why pixels of the capture were kept. */
  reasons: string[];
}

/** An error. */
export interface ErrorResponse {
  /** Always false. */
  success: boolean;
  /** A sentence for a person; for `/auth/device/…` the name that OAuth gives the error. */
  error: string;
  /** The sentence, only for `/auth/device/…`. */
  error_description?: string | null | undefined;
  errorCode: ErrorCode;
  details?: Record<string, unknown> | null | undefined;
  requestId: string;
  retryable: boolean;
  /** Only with `INSUFFICIENT_CREDITS`. */
  requiredCredits?: number | null | undefined;
  /** Only with `INSUFFICIENT_CREDITS`. */
  availableCredits?: number | null | undefined;
}

/** What an order would cost now. */
export interface EstimateOut {
  creditsCost: number;
  /** In seconds, from the start of the render. */
  estimatedTime: number;
  /** The credits of the account. */
  balance: number;
  /** Whether the balance suffices for the order. */
  sufficient: boolean;
}

/** What the event is about: a render, a month of an organization, or the webhook itself. */
export interface EventDataOut {
  webhookId?: string | null | undefined;
  renderId?: string | null | undefined;
  status?: Status | null | undefined;
  /** The version of the style, `name@version`. */
  styleId?: string | null | undefined;
  outputUrl?: string | null | undefined;
  outputUrlExpiresAt?: string | null | undefined;
  error?: string | null | undefined;
  errorCode?: string | null | undefined;
  projectId?: string | null | undefined;
  platform?: Platform | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
  organizationId?: string | null | undefined;
  /** A calendar month in UTC. */
  month?: string | null | undefined;
  /**
   * The sum of the month, with renders by platform in `groups`: what `GET /analytics/usage` has as `total` for the
   * organization, from the begin of the month to its end.
   */
  usage?: UsageFigures | null | undefined;
}

/** The body of a webhook or a callback. */
export interface EventOut {
  event: Event;
  type: Event;
  timestamp: string;
  data: EventDataOut;
}

/** A ZIP file. */
export interface ExportFileOut {
  /** A link to the file, which is valid for 24 hours. */
  url: string;
  /** In bytes. */
  size: number;
}

/** Whether the API and the services behind it work. */
export interface HealthOut {
  success: boolean;
  status: OverallState;
  timestamp: string;
  api: ApiOut;
  services: ServicesOut;
}

/** A new invitation with its `token`, which no other response contains. */
export interface InvitationCreated {
  invitationId: string;
  email: string;
  role: Role;
  /** A user id, or `key#` and the id of a key. */
  invitedBy: string;
  createdAt: string;
  expiresAt: string;
  token: string;
}

/** The open invitations of an organisation, from new to old. */
export interface InvitationList {
  invitations: InvitationOut[];
}

/** An open invitation. */
export interface InvitationOut {
  invitationId: string;
  email: string;
  role: Role;
  /** A user id, or `key#` and the id of a key. */
  invitedBy: string;
  createdAt: string;
  expiresAt: string;
}

/** The invitation cannot be accepted any more. */
export interface InvitationWithdrawn {
  invitationId: string;
  /** Always true. */
  withdrawn?: boolean | null | undefined;
}

/** A new API key with its secret in `key`. */
export interface KeyCreated {
  id: string;
  name: string;
  keyPrefix: string;
  scopes: Scope[];
  createdAt: string;
  expiresAt?: string | null | undefined;
  lastUsedAt?: string | null | undefined;
  revokedAt?: string | null | undefined;
  isActive: boolean;
  key: string;
}

/** An API key without its secret. */
export interface KeyOut {
  id: string;
  name: string;
  keyPrefix: string;
  scopes: Scope[];
  createdAt: string;
  expiresAt?: string | null | undefined;
  lastUsedAt?: string | null | undefined;
  revokedAt?: string | null | undefined;
  isActive: boolean;
}

/** A page of API keys, from new to old. */
export interface KeyPage {
  keys: KeyOut[];
  nextCursor?: string | null | undefined;
}

/** The API key was revoked. */
export interface KeyRevoked {
  id: string;
  /** Always false. */
  isActive?: boolean | null | undefined;
}

/** A material of the layer `materialId`. */
export interface LayerMaterialOut {
  /** The colour of its pixels, as `#a1b2c3`. */
  colour: string;
  /** Its name in the model, of which the first 64 characters are kept. */
  name: string;
  /** The surface that it was rendered as; `file` if the model's own was kept. */
  surface: string;
  /** The part of the picture that it fills, 0 to 1. */
  share: number;
}

/** A layer of a render of a 3D model: a PNG of the size of the picture. */
export interface LayerOut {
  /**
   * `depth`: grey, 16 bits; 65535 is `near`, 1 is `far` and all beyond it, linear between them, along the view; 0 is
   * where nothing is.
   */
  kind: LayerKind;
  url: string;
  /** In metres, of `depth`. */
  near?: number | null | undefined;
  /** In metres, of `depth`. */
  far?: number | null | undefined;
  /** Of `materialId`: the materials that fill most of the picture, 128 at most. */
  materials?: LayerMaterialOut[] | null | undefined;
}

/** The limits of requests and of accounts. */
export interface LimitsOut {
  /** Of all images of a request together, before base64. */
  maxImageBytes: number;
  /** In pixels. */
  minImageSide: number;
  maxImagePixels: number;
  /** The longest output with the aspect ratio `source`. */
  maxSourceRatio: number;
  /** In characters; also of `negativePrompt`. */
  maxPromptLength: number;
  /** Of `metadata` as JSON in UTF-8. */
  maxMetadataBytes: number;
  maxMaterials: number;
  /** The longest wait of a request. */
  maxWaitSeconds: number;
  /** Per account. */
  maxWebhooks: number;
  /** Active API keys per account. */
  maxKeys: number;
  /** Per account. */
  maxProjects: number;
  /** Of a picture that is uploaded by `POST /uploads`. */
  maxUploadBytes: number;
  /** Per account. */
  maxOwnStyles: number;
  /** Per account. */
  maxOpenUploads: number;
  /** Of all uploads of an account. */
  maxStoredUploadBytes: number;
  /** By platform, for one user. */
  requestsPerMinute: Record<string, number>;
}

/** The signed-in user, twice: `data` repeats `user`, because plugins in use read either. */
export interface MeAnswer {
  /** Always true. */
  success?: boolean | null | undefined;
  user: MeOut;
  data: MeOut;
}

/** The signed-in user with its credits. */
export interface MeOut {
  id: string;
  email: string;
  name: string;
  created_at: string;
  credits: CreditsOut;
}

/** The members of an organisation, in the order of joining. */
export interface MemberList {
  members: MemberOut[];
}

/** A member of an organisation. */
export interface MemberOut {
  userId: string;
  email: string;
  name: string;
  role: Role;
  joinedAt: string;
  /** A cap of the member's own; absent if the policy's counts. */
  monthlyCredits?: number | null | undefined;
  spentThisMonth: number;
}

/** The membership has ended. */
export interface MemberRemoved {
  userId: string;
  /** Always true. */
  removed?: boolean | null | undefined;
}

/** What a member has spent of the pool of an organisation this month, in credits. */
export interface MemberSpendingOut {
  spentThisMonth: number;
  /** The cap, if there is one. */
  monthlyCredits?: number | null | undefined;
}

/** A model that may be named in an order. */
export interface ModelOut {
  name: string;
  /** Other names that mean the same model, such as those of retired ones. */
  aliases: string[];
  engine: string;
  /** Whether it renders if an order names no model. */
  isDefault: boolean;
  /** The credits of one render by quality, if they are not those of `qualities`. */
  creditsCost?: Record<string, number> | null | undefined;
  /** The consent that an order needs, of `consents`. */
  consent?: ConsentName | null | undefined;
  /** The fields of an order that it uses, of those that not all use. */
  inputs: EngineInput[];
}

/** What all members together may use now. */
export interface OrganizationLimitsOut {
  requestsPerMinute: number;
  rendersAtOnce: number;
  members: number;
}

/** The organisations of a user. */
export interface OrganizationList {
  organizations: OrganizationOut[];
}

/** An organisation. */
export interface OrganizationOut {
  organizationId: string;
  name: string;
  role?: Role | null | undefined;
  plan: string;
  limits: OrganizationLimitsOut;
  policy: PolicyOut;
  /** How many members it has. */
  members: number;
  createdAt: string;
}

/** The size of an output in pixels. */
export interface OutputSizeOut {
  aspectRatio: AspectRatio;
  width: number;
  height: number;
}

/** What a style of yours adds to the style that it is made of. */
export interface OwnPartOut {
  /** The `styleId` that it is made of. */
  base: string;
  prompt: string;
  negativePrompt: string;
  structureStrength?: number | null | undefined;
  time?: TimeOfDay | null | undefined;
  weather?: Weather | null | undefined;
  season?: Season | null | undefined;
  ground?: Ground | null | undefined;
  createdAt: string;
  updatedAt: string;
}

/** Your styles, from new to old, each in its newest version. */
export interface OwnStyleList {
  styles: StyleOut[];
}

/** The password was changed, and all sessions of the user have ended. */
export interface PasswordResetOut {
  /** Always true. */
  success?: boolean | null | undefined;
}

/** A code was sent if the address belongs to a user. */
export interface PasswordResetRequestedOut {
  /** Always true. */
  success?: boolean | null | undefined;
}

/** The versions of a platform's plugin. */
export interface PluginReleaseOut {
  platform: Platform;
  newestVersion: string;
  /** The oldest version that works with this API. */
  oldestVersion: string;
  downloadUrl: string;
}

/** The policy of an organisation. */
export interface PolicyOut {
  engines?: string[] | null | undefined;
  maxKeyDays?: number | null | undefined;
  keyNetworks?: string[] | null | undefined;
  memberMonthlyCredits?: number | null | undefined;
  requestsPerMinute?: number | null | undefined;
  rendersAtOnce?: number | null | undefined;
  retention?: RetentionPolicy | null | undefined;
}

/** An event. */
export interface PolledEventOut {
  id: string;
  type: Event;
  timestamp: string;
  data: Record<string, unknown>;
}

/** Events in the order in which they became known. */
export interface PolledEventsOut {
  events: PolledEventOut[];
  /** What the next request continues behind. */
  cursor: string;
  done: boolean;
}

/** All preferences of a user. */
export interface PreferencesOut {
  preferences: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
}

/** The project was deleted. */
export interface ProjectDeleted {
  id: string;
  deleted?: boolean | null | undefined;
}

/** A project. */
export interface ProjectOut {
  id: string;
  name: string;
  slug: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  renderCount: number;
  platform: Platform;
  imageUrl?: string | null | undefined;
}

/** A page of projects, from new to old. */
export interface ProjectPage {
  projects: ProjectOut[];
  total: number;
  limit: number;
  offset: number;
  nextCursor?: string | null | undefined;
}

/** A quality: its price, and the size of its output for each aspect ratio. */
export interface QualityOut {
  name: Quality;
  /** The credits that one render costs. */
  creditsCost: number;
  isDefault: boolean;
  sizes: OutputSizeOut[];
}

/** The render was accepted and is waiting for a worker. */
export interface RenderAccepted {
  renderId: string;
  /** The same as `renderId`: plugins in use read either. */
  id: string;
  status: Status;
  /** The credits that were charged, for all renders of the order together. */
  creditsCost: number;
  /** In seconds. */
  estimatedTime: number;
  /** The engine that renders. */
  engine: string;
  /** The URL that returns the status of the render. */
  statusUrl: string;
  /** The organization has as many renders at the same time as it may have. */
  waiting?: boolean | null | undefined;
  /** The secret that signs requests to `callback_url`. */
  callbackSecret?: string | null | undefined;
  /** All renders of the order, if it was for more than one. */
  renders?: AcceptedRenderOut[] | null | undefined;
  /** What the service changed in the request. */
  warnings?: WarningOut[] | null | undefined;
}

/** A render. */
export interface RenderOut {
  renderId: string;
  status: Status;
  /** 0 to 100. */
  progress: number;
  /** The organization has as many renders at the same time as it may have. */
  waiting?: boolean | null | undefined;
  /** In seconds. */
  estimatedTimeRemaining?: number | null | undefined;
  /** The URL of the image. */
  outputUrl?: string | null | undefined;
  outputUrlExpiresAt?: string | null | undefined;
  /** The URL of the capture. */
  inputUrl?: string | null | undefined;
  /** The ids of all renders of the order, if it was for more than one. */
  batch?: string[] | null | undefined;
  /** The URL of a WebP image of at most 512 pixels a side. */
  thumbnailUrl?: string | null | undefined;
  width?: number | null | undefined;
  height?: number | null | undefined;
  error?: string | null | undefined;
  errorCode?: string | null | undefined;
  /** In seconds. */
  processingTime?: number | null | undefined;
  /** 0 if the credits were refunded. */
  creditsUsed?: number | null | undefined;
  style: string;
  /** The version of the style, `name@version`. */
  styleId: string;
  quality: Quality;
  aspectRatio: AspectRatioOption;
  outputFormat: OutputFormat;
  /** What was asked for, or what the service chose if nothing was. */
  prompt: string;
  negativePrompt?: string | null | undefined;
  structureStrength: number;
  seed: number;
  engine: string;
  /** Absent if the engine does not report it. */
  engineReport?: EngineReportOut | null | undefined;
  /** The layers that were ordered, of a completed render. */
  layers?: LayerOut[] | null | undefined;
  /** The object that was sent with the request, else an empty one. */
  metadata: Record<string, unknown>;
  projectId?: string | null | undefined;
  platform: Platform;
  createdAt: string;
  completedAt?: string | null | undefined;
}

/** A page of renders, from new to old. */
export interface RenderPage {
  renders: RenderOut[];
  nextCursor?: string | null | undefined;
}

/** The result of the last attempt of any delivery. */
export interface ResultOut {
  at: string;
  deliveryId: string;
  succeeded: boolean;
  status?: number | null | undefined;
  problem?: string | null | undefined;
}

/** The ready file, as plugins in use read it. */
export interface ResumableUploadAnswer {
  /** A link to the file, which `imageUrl` of a render takes. */
  url: string;
  uploadId: string;
}

/** The upload, as plugins in use read it. */
export interface ResumableUploadCreated {
  sessionId: string;
  /** Takes the whole file by one PUT request. */
  uploadUrl: string;
  /** When `uploadUrl` ends. */
  expiresAt: string;
}

/** For how long captures, 3D models and renders are kept. */
export interface RetentionOut {
  /** Captures and the guide images beside them. */
  captures: RetentionPeriod;
  /** Uploaded 3D models. */
  models: RetentionPeriod;
  /** Rendered images, with the records of their renders. */
  renders: RetentionPeriod;
  /** `false` while a change is being applied to what was stored before it. */
  isApplied: boolean;
  /** Absent until the first change. */
  updatedAt?: string | null | undefined;
}

/** For how long is kept what members store. */
export interface RetentionPolicy {
  /** Captures and the guide images beside them. */
  captures?: RetentionPeriod | null | undefined;
  /** Uploaded 3D models. */
  models?: RetentionPeriod | null | undefined;
  /** Rendered images, with the records of their renders. */
  renders?: RetentionPeriod | null | undefined;
}

/** A replaced secret, masked. */
export interface RetiredSecretOut {
  secret: string;
  expiresAt: string;
}

/** The new secret, and the replaced secrets, masked. */
export interface SecretRotated {
  webhookId: string;
  secret: string;
  retiredSecrets: RetiredSecretOut[];
}

/** The state of each service. */
export interface ServicesOut {
  api: ServiceState;
  authentication: ServiceState;
  rendering: ServiceState;
  storage: ServiceState;
}

/** The session has ended. */
export interface SessionEnded {
  id: string;
  ended?: boolean | null | undefined;
}

/** The sessions of a user that have not ended, newest first. */
export interface SessionList {
  sessions: SessionOut[];
}

/** A session: one sign-in of a plugin. */
export interface SessionOut {
  id: string;
  /** The application whose plugin signed in. */
  platform: string;
  /** Whether it is the session of this request. */
  current: boolean;
  createdAt: string;
  lastRefreshedAt?: string | null | undefined;
  /** When it ends unless it is refreshed before. */
  expiresAt: string;
}

/** The session has ended. */
export interface SignedOutOut {
  /** Always true. */
  success?: boolean | null | undefined;
}

/** Signed parts, in the order of the request. */
export interface SignedPartList {
  parts: SignedPartOut[];
}

/** A part, and the URL that takes it by PUT. */
export interface SignedPartOut {
  partNumber: number;
  /** The exact number of bytes to send. */
  size: number;
  url: string;
  /** When the URL ends. */
  expiresAt: string;
}

/** A node of the tree of categories. */
export interface StyleCategoryOut {
  name: string;
  title: string;
  /** Absent at the top of the tree. */
  parent?: string | null | undefined;
}

/** The style was deleted. */
export interface StyleDeleted {
  name: string;
  deleted?: boolean | null | undefined;
}

/** The newest version of every style, in the order to show them; the first is the default. */
export interface StyleList {
  styles: StyleOut[];
  categories: StyleCategoryOut[];
}

/** A version of a style. */
export interface StyleOut {
  name: string;
  /** `name@version`. */
  styleId: string;
  version: number;
  category: string;
  title: string;
  description: string;
  /** A WebP image of 480 by 270 pixels. */
  coverUrl: string;
  /** The engines that the style was made for. */
  engines: string[];
  tags: string[];
  /** Only a style of yours has it. */
  own?: OwnPartOut | null | undefined;
}

/** Where the sun is: `azimuth` and `elevation`, or `latitude`, `longitude` and `date`. */
export interface SunIn {
  /** Clockwise from the north of the model, which is -Z, in degrees. */
  azimuth?: number | null | undefined;
  /** Above the horizon, in degrees. */
  elevation?: number | null | undefined;
  latitude?: number | null | undefined;
  longitude?: number | null | undefined;
  /** Date and time with a time zone. */
  date?: string | null | undefined;
  /** The angle from -Z of the model to the north, clockwise, in degrees. */
  north?: number | null | undefined;
}

/** A pair of tokens and the user who signed in. */
export interface TokensOut {
  /** Always true. */
  success?: boolean | null | undefined;
  access_token: string;
  refresh_token: string;
  expires_at: string;
  token_type?: string | null | undefined;
  user: UserOut;
}

/** One entry of the ledger. */
export interface TransactionOut {
  id: string;
  type: LedgerEntryType;
  /** In credits; negative for a debit. */
  amount: number;
  renderId?: string | null | undefined;
  /** Who has ordered, in an organization: a user id, or `key#` and the id of a key. */
  memberId?: string | null | undefined;
  /** Of a grant. */
  reason?: string | null | undefined;
  createdAt: string;
}

/** A page of the ledger, from new to old. */
export interface TransactionPage {
  transactions: TransactionOut[];
  nextCursor?: string | null | undefined;
}

/** The upload was deleted. */
export interface UploadDeleted {
  uploadId: string;
}

/** An upload. */
export interface UploadOut {
  uploadId: string;
  /** The same as `uploadId`, for clients of `/uploads/resumable`. */
  sessionId?: string | null | undefined;
  status: ShownStatus;
  fileName: string;
  contentType: string;
  contentEncoding?: ContentEncoding | null | undefined;
  purpose: Purpose;
  size: number;
  sha256?: string | null | undefined;
  /** The bytes of every part but the last. */
  partSize: number;
  partCount: number;
  /** After creation the first 100 parts, signed; when an open upload is read, all of them. */
  parts?: UploadPartOut[] | null | undefined;
  /** Takes the whole file by one PUT. */
  putUrl?: string | null | undefined;
  /** The bytes of the parts that S3 has. */
  receivedBytes?: number | null | undefined;
  /** 0 to 100. */
  progress?: number | null | undefined;
  /** A link to the ready file, which `imageUrl` of a render takes too. */
  url?: string | null | undefined;
  /** Of a ready picture, upright. */
  width?: number | null | undefined;
  height?: number | null | undefined;
  /** Of a ready GLB. */
  triangles?: number | null | undefined;
  /** Why the upload has failed. */
  error?: string | null | undefined;
  createdAt: string;
  /** When an open upload ends, and when a ready one is deleted. */
  expiresAt?: string | null | undefined;
}

/** A page of uploads, from new to old. */
export interface UploadPage {
  uploads: UploadOut[];
  nextCursor?: string | null | undefined;
}

/** A part of an upload: signed after its creation, and with `received` when it is read. */
export interface UploadPartOut {
  partNumber: number;
  size: number;
  /** Whether S3 has the part. */
  received?: boolean | null | undefined;
  /** The ETag that S3 gave the part. */
  etag?: string | null | undefined;
  /** Takes the part by PUT. */
  url?: string | null | undefined;
  /** When the URL ends. */
  expiresAt?: string | null | undefined;
}

/** What happened in a time. */
export interface UsageFigures {
  ordered: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** Of completed renders. */
  creditsUsed: number;
  creditsDebited: number;
  creditsRefunded: number;
  secondsMean?: number | null | undefined;
  secondsP50?: number | null | undefined;
  secondsP95?: number | null | undefined;
  deliveryAttempts: number;
  deliveryFailures: number;
  deliverySecondsP95?: number | null | undefined;
  uploads: number;
  uploadsFailed: number;
  /** Users who ordered a render or announced an upload; not in sums of periods. */
  activeUsers?: number | null | undefined;
  groups?: UsageGroup[] | null | undefined;
}

/** The renders of one group. */
export interface UsageGroup {
  group: string;
  ordered?: number | null | undefined;
  completed?: number | null | undefined;
  failed?: number | null | undefined;
  cancelled?: number | null | undefined;
}

/** Figures of periods, from old to new. */
export interface UsageOut {
  from: string;
  to: string;
  bucket: Bucket;
  periods: UsagePeriod[];
  total: UsageFigures;
}

/** What happened in an hour or a day that begins at `start`. */
export interface UsagePeriod {
  ordered: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** Of completed renders. */
  creditsUsed: number;
  creditsDebited: number;
  creditsRefunded: number;
  secondsMean?: number | null | undefined;
  secondsP50?: number | null | undefined;
  secondsP95?: number | null | undefined;
  deliveryAttempts: number;
  deliveryFailures: number;
  deliverySecondsP95?: number | null | undefined;
  uploads: number;
  uploadsFailed: number;
  /** Users who ordered a render or announced an upload; not in sums of periods. */
  activeUsers?: number | null | undefined;
  groups?: UsageGroup[] | null | undefined;
  start: string;
}

/** A user. */
export interface UserOut {
  id: string;
  email: string;
  name: string;
}

/** A part of an accepted request that the service changed. */
export interface WarningOut {
  code: WarningCode;
  /** A sentence for a person. */
  message: string;
  field: string;
}

/** The webhook was deleted. */
export interface WebhookDeleted {
  webhookId: string;
  /** Always true. */
  deleted?: boolean | null | undefined;
}

/** All webhooks of a user. */
export interface WebhookList {
  webhooks: WebhookOut[];
}

/** A webhook with its secrets masked. */
export interface WebhookOut {
  webhookId: string;
  type: WebhookType;
  /** Absent if `type` is `poll`. */
  url?: string | null | undefined;
  events: Event[];
  description: string;
  headers: Record<string, string>;
  /** Absent if `type` is `poll`. */
  secret?: string | null | undefined;
  retiredSecrets: RetiredSecretOut[];
  state: string;
  disabledReason?: string | null | undefined;
  failingSince?: string | null | undefined;
  lastResult?: ResultOut | null | undefined;
  createdAt: string;
}

/** A new webhook with its secret, as Standard Webhooks libraries need it. */
export interface WebhookRegistered {
  webhookId: string;
  type: WebhookType;
  /** Absent if `type` is `poll`. */
  url?: string | null | undefined;
  events: Event[];
  /** Absent if `type` is `poll`. */
  secret?: string | null | undefined;
  createdAt: string;
}

/** What an order may say beside its pictures. */
export interface RenderOptions {
  /** What the image should show. */
  prompt?: string | null | undefined;
  /** What the image should not show. */
  negativePrompt?: string | null | undefined;
  /** `standard`: 1080p. */
  quality?: Quality | null | undefined;
  /** The proportions of the output. */
  aspectRatio?: AspectRatioOption | null | undefined;
  /**
   * A style of `GET /styles` or of yours: its `name` for the newest version, or its `styleId` for that version for
   * good.
   */
  style?: string | null | undefined;
  /** The model that renders. */
  model?: string | null | undefined;
  /** The project that the render belongs to. */
  projectId?: string | null | undefined;
  /** A URL that receives the events of this render, as a webhook would. */
  callback_url?: string | null | undefined;
  /** The same request with the same seed gives the same image, if the model supports seeds. */
  seed?: number | null | undefined;
  /** How closely the image follows the geometry of the capture. */
  structureStrength?: number | null | undefined;
  /** If absent: `png`. */
  outputFormat?: OutputFormat | null | undefined;
  /**
   * An object of your own that is stored with the render and returned with it: at most 4 KB of JSON in UTF-8, and 32
   * levels; in a form, as JSON text.
   */
  metadata?: Record<string, unknown> | null | undefined;
  /**
   * The materials of the colours of `materialIdImage`, as `{"#a1b2c3": "brick"}`: at most 256; in a form, as JSON text.
   */
  materials?: Record<string, string> | null | undefined;
  /**
   * The camera of the capture, for the images beside it, or that of a render of a 3D model (metres, Y up); in a form,
   * as JSON text.
   */
  camera?: CameraIn | null | undefined;
  /** For a render of a 3D model: where the sun is. */
  sun?: SunIn | null | undefined;
  /**
   * For a render of a 3D model by `cycles`: pictures of numbers that are made beside it, which `GET
   * /renders/{renderId}` links to: `depth`, `normal`, `materialId`.
   */
  layers?: LayerKind[] | null | undefined;
  /** The number of renders, which differ in their seed: `seed` and the numbers after it. */
  count?: number | null | undefined;
  /** An upload for `model`: the 3D model that `model=cycles` renders. */
  modelUploadId?: string | null | undefined;
  /** An option of a newer API. */
  [option: string]: unknown;
}
