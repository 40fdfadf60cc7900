/** Does what the scenarios of `sdks/conformance` ask for, in Node or in a page. Its README has the protocol. */

import {
  type ClientOptions,
  type Clock,
  type Item,
  type Picture,
  Renderiq,
  RenderiqError,
  type TokenStore,
  type Tokens,
  ValidationError,
} from "@renderiq/plugin";

// biome-ignore lint/suspicious/noExplicitAny: the arguments of a step are data
type Args = any;

class UnsupportedError extends Error {}

/** What is different in Node and in a page. */
export interface Place {
  tokenStore(directory: string, baseUrl: string): TokenStore;
  /** Returns what the SDK takes for the file of a path. */
  open(path: string): Promise<Picture>;
  /** Writes the picture of a render to a path, and returns the path. */
  download(client: Renderiq, renderId: string, path: string): Promise<string>;
  /** Returns the path of a file with the result of an order. */
  result(client: Renderiq, item: Item, directory: string): Promise<string>;
  /** Tells what happens before a step has ended. */
  tell(event: object): void;
}

/** A clock that records how long it was slept. */
interface TestClock extends Clock {
  readonly sleeps: number[];
  advance(seconds: number): void;
}

/** A clock that only sleeping moves. */
class FakeClock implements TestClock {
  readonly sleeps: number[] = [];

  constructor(
    private time: number,
    private readonly luck: number,
  ) {}

  now(): number {
    return this.time;
  }

  async sleep(seconds: number): Promise<void> {
    this.time += seconds;
    this.sleeps.push(seconds);
  }

  chance(): number {
    return this.luck;
  }

  advance(seconds: number): void {
    this.time += seconds;
  }
}

/** The time of this machine, which may be wrong by some seconds. */
class RealClock implements TestClock {
  readonly sleeps: number[] = [];

  constructor(private readonly offset: number) {}

  now(): number {
    return Date.now() / 1000 + this.offset;
  }

  sleep(seconds: number): Promise<void> {
    this.sleeps.push(seconds);
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }

  chance(): number {
    return Math.random();
  }

  advance(): void {}
}

/** One client, and what it is asked to do. */
export class Runner {
  private clock: TestClock = new FakeClock(0, 0);
  private client!: Renderiq;
  private store!: TokenStore;
  private directory = "";

  constructor(private readonly place: Place) {}

  /** Returns the answer to a step. */
  async play(step: { id: number; do: string; args?: Args }): Promise<object> {
    this.clock.sleeps.length = 0;
    let answer: object;
    try {
      const work = this.steps[step.do];
      if (!work) throw new UnsupportedError(`${step.do} is not a step`);
      answer = { value: (await work(step.args ?? {})) ?? null };
    } catch (error) {
      answer = { error: problem(error) };
    }
    return { id: step.id, ...answer, sleeps: [...this.clock.sleeps] };
  }

  private readonly steps: Record<string, (args: Args) => unknown> = {
    start: (a) => this.start(a),
    "credits.get": () => this.client.credits.get(),
    "styles.list": () => this.client.styles.list(),
    "renders.create": async (a) => this.client.renders.create(await this.place.open(a.image), await this.orderOf(a)),
    "renders.get": (a) => this.client.renders.get(a.renderId),
    "renders.cancel": (a) => this.client.renders.cancel(a.renderId),
    "renders.wait": (a) => this.client.renders.wait(a.renderId, { timeout: a.timeout ?? 600 }),
    "renders.again": (a) => this.client.renders.again(a.renderId, { changes: a.changes, count: a.count }),
    "renders.estimate": (a) => this.client.renders.estimate(a.options),
    "renders.list": async (a) => {
      const renders = await taken(this.client.renders.list(a.query), a.take ?? Number.POSITIVE_INFINITY);
      return renders.map((render) => render.renderId);
    },
    "renders.download": (a) => this.place.download(this.client, a.renderId, a.path),
    "uploads.send": (a) => this.upload(a),
    "auth.signIn": async (a) => ({ email: await this.client.signIn.withPassword(a.email, a.password) }),
    "auth.device": () => this.device(),
    "auth.signOut": () => this.client.signIn.out(),
    "session.put": (a) => {
      const { accessToken, refreshToken, expiresAt } = a;
      return this.store.save({ accessToken, refreshToken, expiresAt: Date.parse(expiresAt) / 1000, email: "" });
    },
    "session.get": async () => shown(await this.store.load()),
    "webhooks.register": (a) => this.client.webhooks.register({ ...(a.url ? { url: a.url } : {}), events: a.events }),
    "webhooks.verify": (a) => this.client.webhooks.verify(a.body, a.headers, a.secret),
    "webhooks.poll": async (a) => {
      const found = await taken(this.client.webhooks.poll(a.webhookId, { cursor: a.cursor ?? null }), a.take);
      return { events: found.map(({ event }) => event.id), cursor: found.at(-1)?.cursor ?? a.cursor };
    },
    "queue.add": async (a) =>
      this.plain(await this.client.queue.add(await this.place.open(a.image), await this.orderOf(a))),
    "queue.tick": () => this.pass(this.client.queue.runPass()),
    "queue.drain": () => this.pass(this.client.queue.drain()),
    "queue.list": async () => Promise.all((await this.client.queue.list()).map((item) => this.plain(item))),
    "queue.get": async (a) => this.plain(await this.client.queue.get(a.id)),
    "queue.cancel": async (a) => this.plain(await this.client.queue.cancel(a.id)),
    "queue.retry": async (a) => this.plain(await this.client.queue.retry(a.id)),
    "queue.remove": (a) => this.client.queue.remove(a.id),
    "queue.edit": async (a) => this.plain(await this.client.queue.edit(a.id, a.options)),
    "queue.state": async () => ({ paused: await this.client.queue.paused() }),
    "queue.resume": () => this.client.queue.resume(),
    "queue.wake": () => this.client.queue.wake(),
    "clock.advance": (a) => this.clock.advance(a.seconds),
  };

  private start(args: Args): void {
    const { client, directory, now } = args;
    this.clock = now === null ? new RealClock(args.offset ?? 0) : new FakeClock(Date.parse(now) / 1000, args.chance);
    this.directory = directory;
    this.store = this.place.tokenStore(directory, args.baseUrl);
    const options: ClientOptions = {
      apiKey: client.apiKey,
      baseUrl: args.baseUrl,
      directory,
      tokenStore: this.store,
      clock: this.clock,
      platform: client.platform,
      pluginVersion: client.pluginVersion,
      timeout: client.timeout,
      parallel: client.parallel,
    };
    this.client = new Renderiq(options);
  }

  private async upload(args: Args): Promise<unknown> {
    const progress: number[] = [];
    const control = new AbortController();
    const onProgress = (arrived: number) => {
      progress.push(arrived);
      if (progress.length === args.cancelAfter) control.abort();
    };
    const options = { purpose: args.purpose, onProgress, signal: control.signal };
    const { uploadId, status } = await this.client.uploads.send(await this.place.open(args.path), options);
    return { uploadId, status, progress };
  }

  private async device(): Promise<unknown> {
    let userCode = "";
    let url = "";
    const email = await this.client.signIn.withDeviceCode((code) => {
      userCode = code.userCode;
      url = code.completeUrl;
      this.place.tell({ event: "deviceCode", userCode, url });
    });
    return { email, userCode, url };
  }

  private async pass(pass: ReturnType<Renderiq["queue"]["runPass"]>): Promise<unknown> {
    const { isSender, next } = await pass;
    return { sender: isSender, next };
  }

  private async orderOf({ depthImage, materialIdImage, normalImage, options }: Args): Promise<Args> {
    const images: Record<string, Picture> = {};
    for (const [name, path] of Object.entries({ depthImage, materialIdImage, normalImage })) {
      if (path) images[name] = await this.place.open(path as string);
    }
    return { ...options, ...images };
  }

  /** Returns an order in the words of the scenarios. */
  private async plain(item: Item): Promise<unknown> {
    const { isEditable, options: _, ...rest } = item;
    const result = item.result && (await this.place.result(this.client, item, this.directory));
    return { ...rest, result, editable: isEditable };
  }
}

async function taken<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const found: T[] = [];
  if (count > 0) {
    for await (const item of items) {
      found.push(item);
      if (found.length >= count) break;
    }
  }
  return found;
}

function shown(tokens: Tokens | null): unknown {
  return tokens && { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken };
}

/** Returns an error in the words of the scenarios. */
function problem(error: unknown): unknown {
  if (error instanceof UnsupportedError) return { kind: "unsupported", message: error.message };
  if (!(error instanceof RenderiqError)) return { kind: "bug", message: String((error as Error).stack ?? error) };
  const { kind, code, status, requestId, retryable, retryAfter, message, details } = error;
  const fields = error instanceof ValidationError ? error.fields : null;
  return { kind, code, status, requestId, retryable, retryAfter, message, fields, details };
}
