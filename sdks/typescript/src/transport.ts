/** Sending one HTTP request by `fetch`. */

import type { Bytes } from "./bytes.js";
import { NetworkError } from "./errors.js";

/** An HTTP request. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Bytes;
  /** Whether a redirect is followed. Requests with credentials do not. */
  follow?: boolean;
}

/** An HTTP response. `body` is empty if it went to a sink. */
export interface HttpResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** Takes the body of a response piece by piece. */
export interface Sink {
  /** Forgets what was written: the body begins again. */
  reset(): Promise<void> | void;
  write(bytes: Uint8Array): Promise<void> | void;
}

/** For each so many bytes of a request's body, `fetch` gets the time-out once more: it does not tell what has left. */
const BYTES_PER_TIMEOUT = 500_000;
const UNREACHABLE = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
];

/** Sends requests by a function like `fetch`. A host with an HTTP client of its own replaces that function. */
export class Transport {
  constructor(private readonly fetch: typeof globalThis.fetch) {}

  /**
   * Returns the response, whatever its status is. The body of a 200 goes to `sink`, if there is one.
   *
   * `timeout` are the seconds for which the connection may be silent.
   *
   * @throws {NetworkError}
   */
  async send(request: HttpRequest, timeout: number, sink?: Sink): Promise<HttpResponse> {
    const silence = new Silence(timeout);
    try {
      silence.begin(1 + Math.floor((request.body?.length ?? 0) / BYTES_PER_TIMEOUT));
      const response = await this.fetch(request.url, {
        method: request.method,
        headers: request.headers,
        redirect: request.follow ? "follow" : "manual",
        credentials: "omit",
        cache: "no-store",
        signal: silence.signal,
        ...(request.body ? { body: request.body } : {}),
      });
      // A page is not told where a redirect leads.
      if (response.type === "opaqueredirect") throw notTheServer();
      const isWritten = sink !== undefined && response.status === 200;
      const pieces: string[] = [];
      const decoder = new TextDecoder();
      await sink?.reset();
      for await (const bytes of piecesOf(response)) {
        silence.begin(1);
        if (isWritten) await sink.write(bytes);
        else pieces.push(decoder.decode(bytes, { stream: true }));
      }
      return { status: response.status, headers: response.headers, body: pieces.join("") };
    } catch (error) {
      throw silence.isOver ? timedOut(error) : networkError(error);
    } finally {
      silence.end();
    }
  }
}

/** Aborts a request whose connection is silent for too long. */
class Silence {
  isOver = false;
  private readonly control = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly seconds: number) {}

  get signal(): AbortSignal {
    return this.control.signal;
  }

  begin(times: number): void {
    this.end();
    this.timer = setTimeout(
      () => {
        this.isOver = true;
        this.control.abort();
      },
      this.seconds * times * 1000,
    );
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) yield piece.value;
}

/** Returns the error that the caller sees if something in between has answered, such as a hotel. */
export function notTheServer(): NetworkError {
  const sentence = "Something else than the server answered. Does this network want a sign-in?";
  return new NetworkError("BAD_ANSWER", sentence);
}

function timedOut(cause: unknown): NetworkError {
  return new NetworkError("TIMED_OUT", "The server did not answer in time. Check the connection.", { cause });
}

/** Returns the error that the caller sees for a failure of `fetch`. Other errors are returned as they are. */
function networkError(error: unknown): unknown {
  if (!(error instanceof TypeError) && !isAbort(error)) return error;
  const code = (error.cause as { code?: string } | undefined)?.code ?? "";
  const isOffline = globalThis.navigator?.onLine === false;
  return new NetworkError("NETWORK_ERROR", "The server cannot be reached. Check the connection.", {
    wasSent: !isOffline && !UNREACHABLE.includes(code),
    cause: error,
  });
}

function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === "AbortError";
}
