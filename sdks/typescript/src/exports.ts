/** What every entry of the package exports. */

export type { Credits, Styles } from "./account.js";
export type { ClientOptions } from "./client.js";
export type { Clock } from "./clock.js";
export type { Picture } from "./contents.js";
export {
  ApiError,
  AuthError,
  CancelledError,
  ConflictError,
  DiskError,
  InsufficientCreditsError,
  NetworkError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitedError,
  RenderFailedError,
  RenderiqError,
  ServerError,
  SignatureError,
  StateError,
  ValidationError,
  WaitTimeoutError,
} from "./errors.js";
export type * from "./models.js";
export type { OrderOptions } from "./options.js";
export type { Query } from "./pages.js";
export type { Item, Pass, Paused, Reason, State } from "./queue/items.js";
export type { Queue } from "./queue/queue.js";
export type { Renders } from "./renders.js";
export type { DeviceCode, Show, SignIn } from "./sign-in.js";
export { type MessageHeaders, verify, type WebhookEvent } from "./signatures.js";
export type { TokenStore, Tokens } from "./tokens.js";
export type { Progress, UploadOptions, Uploads } from "./uploads.js";
export { VERSION } from "./version.js";
export type { Webhooks } from "./webhooks.js";
