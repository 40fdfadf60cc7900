/** Calls of the API: credentials, retries, and the envelope. */

import { type Body, jsonBody } from "./bodies.js";
import type { Bytes } from "./bytes.js";
import type { Clock } from "./clock.js";
import { AuthError, errorOf, isObject, NetworkError, RenderiqError, withRetryable } from "./errors.js";
import { randomId } from "./ids.js";
import { MAX_RETRIES, readRetryAfter, retryPause } from "./retries.js";
import { type HttpRequest, type HttpResponse, notTheServer, type Sink, type Transport } from "./transport.js";

/** The answer to a successful call: its whole JSON, what the envelope contains, and its headers. */
export interface Answer {
  body: Record<string, unknown>;
  data: unknown;
  headers: Headers;
}

/** What proves who the caller is. */
export interface Credentials {
  /** Returns the headers to send. Throws `AuthError` if there are none. */
  headers(api: Api): Promise<Record<string, string>>;
  /** Gets other headers in place of those that were rejected. Returns false if that is not possible. */
  renew(api: Api, rejected: Record<string, string>): Promise<boolean>;
}

/** What a call sends. */
export interface Call {
  json?: object;
  body?: Body;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** The `Idempotency-Key`. A POST without one gets a new one, which its repetitions keep. */
  key?: string | undefined;
  /** False for a call without credentials. */
  signedIn?: boolean;
  /** Seconds that the server may take longer to answer. */
  wait?: number;
}

export interface ApiOptions {
  baseUrl: string;
  credentials: Credentials;
  /** The headers that name the client. */
  identity: Record<string, string>;
  transport: Transport;
  clock: Clock;
  /** The seconds for which a connection may be silent. */
  timeout: number;
  retries?: number;
}

/** The API at `baseUrl`. All calls go through here. */
export class Api {
  readonly baseUrl: string;
  readonly clock: Clock;

  constructor(private readonly options: ApiOptions) {
    this.baseUrl = options.baseUrl;
    this.clock = options.clock;
  }

  /** Returns the same API for a caller that repeats calls itself. */
  withoutRetries(): Api {
    return new Api({ ...this.options, retries: 0 });
  }

  /** Sends a request until it succeeds or cannot be sent again. Throws `RenderiqError`. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { credentials } = this.options;
    const request = this.request(method, path, call);
    const send = (proof: Record<string, string>) =>
      this.repeat(() => this.once({ ...request, headers: { ...request.headers, ...proof } }, call.wait ?? 0));
    if (call.signedIn === false) return send({});
    const proof = await credentials.headers(this);
    try {
      return await send(proof);
    } catch (error) {
      if (!(error instanceof AuthError && error.mayBeRenewed && (await credentials.renew(this, proof)))) throw error;
    }
    return send(await credentials.headers(this));
  }

  /** Sends a part of an upload to storage, without credentials. Throws `RenderiqError`. */
  async put(url: string, body: Bytes, headers: Record<string, string>): Promise<void> {
    await this.repeat(async () => {
      const response = await this.send({ method: "PUT", url, headers, body });
      if (isSuccess(response)) return;
      const error = this.error(response);
      // S3 answers 400 also to a part that was damaged or interrupted on the way.
      throw /BadDigest|RequestTimeout/.test(response.body) ? withRetryable(error, true) : error;
    });
  }

  /** Writes what a link leads to into a sink, without credentials. Throws `RenderiqError`. */
  async download(url: string, sink: Sink): Promise<void> {
    const address = new URL(url, `${this.baseUrl}/`).href;
    await this.repeat(async () => {
      const response = await this.send({ method: "GET", url: address, headers: {}, follow: true }, 0, sink);
      if (response.status !== 200) throw this.error(response);
    });
  }

  /** Returns whether the server can be reached. Asks once, and waits for a few seconds at most. */
  async isReachable(): Promise<boolean> {
    try {
      const timeout = Math.min(this.options.timeout, 3);
      await new Api({ ...this.options, timeout, retries: 0 }).call("GET", "/health", { signedIn: false });
      return true;
    } catch (error) {
      return !(error instanceof NetworkError);
    }
  }

  private request(method: string, path: string, call: Call): HttpRequest {
    const headers: Record<string, string> = { ...this.options.identity, Accept: "application/json", ...call.headers };
    const body = call.json ? jsonBody(call.json) : call.body;
    if (body) headers["Content-Type"] = body.type;
    if (method === "POST") headers["Idempotency-Key"] = call.key ?? randomId();
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined && value !== null) query.append(name, String(value));
    }
    const url = this.baseUrl + path + (String(query) && `?${query}`);
    return { method, url, headers, ...(body ? { body: body.content } : {}) };
  }

  private async once(request: HttpRequest, wait: number): Promise<Answer> {
    const response = await this.send(request, wait);
    if (!isSuccess(response)) throw this.error(response);
    const body = jsonOf(response);
    if (!body) throw notTheServer();
    return { body, data: body.data, headers: response.headers };
  }

  /** Calls `once` again as long as its error may be retried. */
  private async repeat<T>(once: () => Promise<T>): Promise<T> {
    const { clock } = this;
    for (let failures = 1; ; failures++) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof RenderiqError)) throw error;
        const pause = retryPause(error, failures, clock.chance(), this.options.retries ?? MAX_RETRIES);
        if (pause === null) throw error;
        await clock.sleep(pause);
      }
    }
  }

  private send(request: HttpRequest, wait = 0, sink?: Sink): Promise<HttpResponse> {
    return this.options.transport.send(request, this.options.timeout + wait, sink);
  }

  private error(response: HttpResponse): RenderiqError {
    return errorOf(response.status, jsonOf(response), {
      requestId: response.headers.get("x-request-id"),
      retryAfter: readRetryAfter(response.headers.get("retry-after"), this.clock.now()),
    });
  }
}

function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

function jsonOf(response: HttpResponse): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(response.body);
    return isObject(found) ? found : null;
  } catch {
    return null;
  }
}
