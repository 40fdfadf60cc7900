/** What can go wrong: one class per family. Each error has a sentence for a person. */

export interface ErrorOptions {
  status?: number | null;
  requestId?: string | null;
  retryable?: boolean;
  retryAfter?: number | null;
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The base of all errors of this package. `message` is a sentence for a person. */
export class RenderiqError extends Error {
  /** The family, for programs that cannot use `instanceof`. */
  readonly kind: string = "error";
  /** Permanent: switch on it. */
  readonly code: string;
  /** The status of the answer; null without one. */
  readonly status: number | null;
  /** Quote it to support. */
  readonly requestId: string | null;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** In how many seconds, if the server said so. */
  readonly retryAfter: number | null;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.status = options.status ?? null;
    this.requestId = options.requestId ?? null;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter ?? null;
    this.details = options.details ?? {};
  }
}

/** The API refused a request. The subclasses say why. */
export class ApiError extends RenderiqError {
  override readonly kind: string = "api";
}

/** Sign in, or use another API key (401). Also a device code that was denied or has expired. */
export class AuthError extends ApiError {
  override readonly kind = "auth";

  /** Whether another access token may help. */
  get mayBeRenewed(): boolean {
    return this.code === "TOKEN_EXPIRED" || this.code === "INVALID_TOKEN";
  }
}

/** The account has too few credits (402). */
export class InsufficientCreditsError extends ApiError {
  override readonly kind = "credits";

  /** What the order would cost. */
  get requiredCredits(): number | undefined {
    return this.details.requiredCredits as number | undefined;
  }

  /** What the account has. */
  get availableCredits(): number | undefined {
    return this.details.availableCredits as number | undefined;
  }
}

/** The API key lacks a scope (403). */
export class PermissionDeniedError extends ApiError {
  override readonly kind = "permission";
}

/** There is nothing by that id (404). */
export class NotFoundError extends ApiError {
  override readonly kind = "notFound";
}

/** The present state does not allow that (409). */
export class ConflictError extends ApiError {
  override readonly kind = "conflict";
}

/** The request has a wrong value, or a file is too large or of a wrong type (400, 413, 415, 422). */
export class ValidationError extends ApiError {
  override readonly kind = "validation";

  /** The wrong fields, such as `[{ field: "quality", problem: "is not one of …" }]`, or none. */
  get fields(): { field: string; problem: string }[] {
    const found = this.details.fields;
    return Array.isArray(found) ? found : [];
  }
}

/** Too many requests, or a quota is used up (429). */
export class RateLimitedError extends ApiError {
  override readonly kind = "rateLimited";
}

/** Something broke on the server's side (5xx). */
export class ServerError extends ApiError {
  override readonly kind = "server";
}

/** No answer, half an answer, or one that is not the API's. */
export class NetworkError extends RenderiqError {
  override readonly kind = "network";
  /** False if there was no connection, so that the server cannot have seen the request. */
  readonly wasSent: boolean;

  constructor(code: string, message: string, options: ErrorOptions & { wasSent?: boolean } = {}) {
    super(code, message, { ...options, retryable: true });
    this.wasSent = options.wasSent ?? true;
  }
}

/** A render that was waited for has failed or was cancelled. Its credits were returned. */
export class RenderFailedError extends RenderiqError {
  override readonly kind = "failed";
}

/** A render has not ended in the time that the caller wanted to wait. It goes on. */
export class WaitTimeoutError extends RenderiqError {
  override readonly kind = "timeout";
}

/** The caller cancelled an upload. */
export class CancelledError extends RenderiqError {
  override readonly kind = "cancelled";
}

/** A message is not from whom it says it is, or too old. */
export class SignatureError extends RenderiqError {
  override readonly kind = "signature";
}

/** The present state does not allow that call. */
export class StateError extends RenderiqError {
  override readonly kind = "state";
}

/** The disk is full, or a file cannot be read or written. In a browser: its storage. */
export class DiskError extends RenderiqError {
  override readonly kind = "disk";
}

type Family = new (code: string, message: string, options?: ErrorOptions) => ApiError;

const BY_STATUS: Record<number, Family> = {
  400: ValidationError,
  401: AuthError,
  402: InsufficientCreditsError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  413: ValidationError,
  415: ValidationError,
  422: ValidationError,
  429: RateLimitedError,
};
const DEVICE_CODES = ["ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_GRANT"];

/** Returns the error that an answer means. `body` is its JSON, or null if it has none. */
export function errorOf(
  status: number,
  body: Record<string, unknown> | null,
  options: { requestId: string | null; retryAfter: number | null },
): ApiError {
  const envelope = typeof body?.errorCode === "string" ? body : {};
  const isTooLarge = status === 413;
  const code = (envelope.errorCode as string) ?? (isTooLarge ? "PAYLOAD_TOO_LARGE" : `HTTP_${status}`);
  const sentence = isTooLarge ? "The request is too large." : `The server answered with status ${status}.`;
  const byStatus = BY_STATUS[status] ?? (status >= 500 ? ServerError : ApiError);
  const family = DEVICE_CODES.includes(code) ? AuthError : byStatus;
  const { retryable, details } = envelope;
  return new family(code, String(envelope.error || sentence), {
    status,
    requestId: (envelope.requestId as string) || options.requestId,
    retryable: typeof retryable === "boolean" ? retryable : status === 408 || status === 429 || status >= 500,
    retryAfter: options.retryAfter,
    details: isObject(details) ? details : {},
  });
}

/** Returns the same error, but one that may be tried again, or not. */
export function withRetryable<E extends RenderiqError>(error: E, retryable: boolean): E {
  return Object.defineProperty(error, "retryable", { value: retryable });
}

/** Returns whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
