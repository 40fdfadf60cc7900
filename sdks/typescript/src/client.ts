/** The client: one object, from which everything is reached. */

import { Credits, Styles } from "./account.js";
import { Api } from "./api.js";
import { type Clock, SystemClock } from "./clock.js";
import { ApiKey, Session } from "./credentials.js";
import { StateError } from "./errors.js";
import type { Host } from "./host.js";
import { identityHeaders } from "./identity.js";
import { Queue } from "./queue/queue.js";
import { Renders } from "./renders.js";
import { SignIn } from "./sign-in.js";
import { readTime, type TokenStore } from "./tokens.js";
import { Transport } from "./transport.js";
import { Uploads } from "./uploads.js";
import { VERSION } from "./version.js";
import { Webhooks } from "./webhooks.js";

const TIMEOUT = 30;
const PARALLEL = 4;

export interface ClientOptions {
  /**
   * An API key, `rk_live_…`; in Node also `RENDERIQ_API_KEY`. Without one the client uses the session that `signIn` has
   * opened, in this process or in an earlier one. An API key in a web page is seen by everybody who opens the page.
   */
  apiKey?: string | undefined;
  /** The address of the API, such as `https://api.example.com/api/plugins`; in Node also `RENDERIQ_URL`. */
  baseUrl?: string | undefined;
  /** The host, such as `blender`. */
  platform?: string | undefined;
  pluginVersion?: string | undefined;
  /** Where session and queue are: a folder, or in a browser the name of a database. */
  directory?: string | undefined;
  tokenStore?: TokenStore | undefined;
  /** The seconds for which a connection may be silent. */
  timeout?: number | undefined;
  /** How many parts of an upload are sent at the same time. */
  parallel?: number | undefined;
  /** Takes the place of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  clock?: Clock | undefined;
  /** Are sent with every request to the API. */
  headers?: Record<string, string> | undefined;
}

/** A client of the Renderiq API, for a host: `Renderiq` of each entry of this package is one. */
export class Client {
  readonly baseUrl: string;
  /** Orders renders, waits for them and downloads them. */
  readonly renders: Renders;
  /** Sends files that are too large for an order. */
  readonly uploads: Uploads;
  /** The balance, and what has changed it. */
  readonly credits: Credits;
  /** The styles that can be ordered. */
  readonly styles: Styles;
  /** Registers webhooks, verifies their messages, and reads poll endpoints. */
  readonly webhooks: Webhooks;
  /** Opens and ends a session. It is for clients without an API key. */
  readonly signIn: SignIn;
  /** The durable queue. */
  readonly queue: Queue;
  private readonly api: Api;

  constructor(host: Host, options: ClientOptions) {
    const { platform = "unknown", pluginVersion = VERSION, parallel = PARALLEL, directory, tokenStore } = options;
    this.baseUrl = (options.baseUrl || host.variable("RENDERIQ_URL") || "").replace(/\/+$/, "");
    if (!this.baseUrl)
      throw new StateError("NO_ADDRESS", "Name the address of the API, as baseUrl or in RENDERIQ_URL.");
    const key = options.apiKey || (tokenStore ? undefined : host.variable("RENDERIQ_API_KEY"));
    const session = new Session(tokenStore ?? host.tokenStore(directory, this.baseUrl));
    const fetch = options.fetch ?? ((...request: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...request));
    this.api = new Api({
      baseUrl: this.baseUrl,
      credentials: key ? new ApiKey(key) : session,
      identity: { ...identityHeaders(platform, pluginVersion, host.runtime), ...options.headers },
      transport: new Transport(fetch),
      clock: options.clock ?? new SystemClock(),
      timeout: options.timeout ?? TIMEOUT,
    });
    this.uploads = new Uploads(this.api, host, parallel);
    this.renders = new Renders(this.api, this.uploads, host);
    this.credits = new Credits(this.api);
    this.styles = new Styles(this.api);
    this.webhooks = new Webhooks(this.api);
    this.signIn = new SignIn(this.api, session, (code) => host.show(code));
    this.queue = new Queue(this.api, host, host.orderStore(directory), parallel);
  }

  /** Returns by how many seconds this machine's clock is ahead of the server's. It needs no sign-in. */
  async clockSkew(): Promise<number> {
    const answer = await this.api.call("GET", "/health", { signedIn: false });
    return this.api.clock.now() - readTime(String(answer.body.timestamp ?? ""));
  }
}
