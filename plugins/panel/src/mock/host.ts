/** A host that behaves as the protocol says, with orders that it renders by a clock. It needs no page. */

import {
  type Answer,
  type Hello,
  type HistoryEntry,
  type HostEvent,
  type Look,
  type Method,
  type Params,
  PROTOCOL,
  type Problem,
  type QueueEntry,
  type Request,
  type Result,
  type Shown,
  type State,
  type StateChange,
} from "../protocol.js";
import { captureOf, NOW, type Pictures, type Scenario } from "./scenarios.js";

type Handlers = { [M in Method]: (params: Params<M>) => Result<M> };
/** Returns the code of what is wrong with a request, or null. */
export type Check = (request: Request) => string | null;

class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

const refuse = (code: string, message: string): never => {
  throw new Refusal({ code, message });
};

const NEXT: Partial<Record<State, State>> = {
  preparing: "waiting",
  waiting: "uploading",
  uploading: "ordered",
  ordered: "rendering",
};

export class MockHost {
  readonly shown: Shown;
  /** What was asked for, in order. */
  readonly calls: { method: string; params: unknown }[] = [];
  readonly #hello: Hello;
  readonly #pictures: Pictures;
  readonly #send: (message: Answer | HostEvent) => void;
  readonly #check: Check;
  #sent: Partial<Shown> = {};
  #revision = 0;
  #ids = 100;

  constructor(
    scenario: Scenario,
    pictures: Pictures,
    locale: string,
    send: (message: Answer | HostEvent) => void,
    check: Check = () => null,
  ) {
    this.shown = scenario.shown;
    this.#pictures = pictures;
    this.#send = send;
    this.#check = check;
    this.#hello = {
      protocol: scenario.protocol ?? PROTOCOL,
      host: { name: "mock", title: "SketchUp", version: "24.0.594" },
      plugin: "0.1.0",
      locale,
      features: scenario.features,
    };
  }

  /** Takes a message of the panel. What is no request is dropped. */
  receive(text: string): void {
    const request = readRequest(text);
    if (!request) return;
    this.#send(this.#answer(request));
    this.publish();
  }

  /** Sends what has changed since the last time. */
  publish(): void {
    const change = changeBetween(this.#sent, this.shown);
    if (!change || this.#revision === 0) return;
    this.#send({ event: "state", data: { revision: ++this.#revision, ...change } });
    this.#sent = copy(this.shown);
  }

  /** Shows a sentence of the host. */
  notice(level: "info" | "error", message: string): void {
    this.#send({ event: "notice", data: { level, message } });
  }

  /** Lets the orders go on by one step. */
  tick(): void {
    if (this.shown.network !== "online" || this.shown.account.status !== "signedIn" || this.shown.paused) return;
    for (const entry of [...this.shown.queue]) this.#advance(entry);
    this.publish();
  }

  #answer(request: Request): Answer {
    const { id, method, params } = request;
    if (!Object.keys(this.#handlers).includes(method)) {
      return { id, error: { code: "UNKNOWN_METHOD", message: "The plugin does not know this request." } };
    }
    const wrong = this.#check(request);
    if (wrong) return { id, error: { code: wrong, message: "The request does not fit." } };
    this.calls.push({ method, params });
    try {
      const handler = this.#handlers[method as Method] as (params: object) => object;
      return { id, result: handler(params) };
    } catch (error) {
      if (error instanceof Refusal) return { id, error: error.problem };
      throw error;
    }
  }

  #all(): void {
    const { queue, history, ...set } = copy(this.shown);
    this.#revision += 1;
    const data: StateChange = { revision: this.#revision, reset: true, set, put: { queue, history } };
    this.#send({ event: "state", data });
    this.#sent = copy(this.shown);
  }

  #advance(entry: QueueEntry): void {
    if (entry.state === "rendering") {
      entry.progress = Math.min(100, (entry.progress ?? 0) + 25);
      if (entry.progress === 100) this.#finish(entry);
      return;
    }
    const next = NEXT[entry.state];
    if (!next) return;
    entry.state = next;
    entry.reason = entry.nextTry = null;
    entry.progress = next === "uploading" ? 50 : null;
    if (next === "ordered") this.#pay(-(entry.cost ?? 0));
  }

  #finish(entry: QueueEntry): void {
    const { id, view, createdAt, look, cost } = entry;
    this.#forget(id);
    const after = this.#pictures.covers[look.style.split("@")[0] ?? ""] ?? this.#pictures.result;
    const before = this.#pictures.capture;
    this.shown.history.unshift({ id, view, createdAt, look, cost: cost ?? null, before, after, canRepeat: true });
    if (this.shown.settings.placeWhenDone) this.notice("info", `${view} is in the scene.`);
  }

  #pay(credits: number): void {
    const account = this.shown.account;
    if (account.status === "signedIn") account.balance = (account.balance ?? 0) + credits;
  }

  #forget(id: string): void {
    this.shown.queue = this.shown.queue.filter((entry) => entry.id !== id);
    this.shown.history = this.shown.history.filter((entry) => entry.id !== id);
  }

  #price(look: Look): number | null {
    const capabilities = this.shown.capabilities;
    const quality =
      capabilities?.qualities.find((each) => (look.quality ? each.name === look.quality : each.isDefault)) ?? null;
    const model = capabilities?.models.find((each) => each.name === look.model);
    return (quality && model?.creditsCost?.[quality.name]) ?? quality?.creditsCost ?? null;
  }

  #estimate(look: Look, count: number): Result<"estimate"> {
    const price = this.#price(look);
    const account = this.shown.account;
    const balance = account.status === "signedIn" ? (account.balance ?? null) : null;
    const unpaid = this.shown.queue.filter((entry) => ["preparing", "waiting", "uploading"].includes(entry.state));
    const owed = unpaid.reduce((sum, entry) => sum + (entry.cost ?? 0), 0);
    const left = balance === null ? null : Math.max(0, balance - owed);
    const cost = price === null ? null : price * count;
    return { cost, left, sufficient: cost === null || left === null || cost <= left };
  }

  #queued(id: string): QueueEntry {
    return this.shown.queue.find((entry) => entry.id === id) ?? refuse("NOT_FOUND", "This order is gone.");
  }

  #done(id: string): HistoryEntry {
    return this.shown.history.find((entry) => entry.id === id) ?? refuse("NOT_FOUND", "This picture is gone.");
  }

  #add(view: string, look: Look): string {
    const id = `q${++this.#ids}`;
    const createdAt = new Date(NOW + 1000 * this.#ids).toISOString();
    this.shown.queue.push({ id, view, state: "preparing", createdAt, look, cost: this.#price(look) });
    return id;
  }

  #restart(entry: QueueEntry): void {
    Object.assign(entry, { state: "waiting", reason: null, refunded: null, refused: false, progress: null });
  }

  readonly #handlers: Handlers = {
    hello: () => {
      queueMicrotask(() => this.#all());
      return this.#hello;
    },
    refresh: () => {
      queueMicrotask(() => this.#all());
      return {};
    },
    signIn: () => {
      const expiresAt = new Date(NOW + 600_000).toISOString();
      const verificationUrl = "https://example.com/api/plugins/device";
      this.shown.account = { status: "signingIn", userCode: "WDJB-MJHT", verificationUrl, expiresAt };
      this.shown.problem = null;
      return {};
    },
    cancelSignIn: () => {
      this.shown.account = { status: "signedOut" };
      return {};
    },
    signOut: () => {
      this.shown.account = { status: "signedOut" };
      return {};
    },
    capture: ({ aspectRatio }) => {
      const id = `c${++this.#ids}`;
      this.shown.capture = captureOf(this.#pictures, id, aspectRatio === "nearest" ? "16:9" : aspectRatio);
      return {};
    },
    setCrop: ({ captureId, aspectRatio, crop }) => {
      const capture = this.shown.capture;
      if (capture?.id !== captureId) return refuse("NOT_FOUND", "This capture is gone.");
      Object.assign(capture, { aspectRatio, crop });
      return {};
    },
    estimate: ({ look, count }) => this.#estimate(look, count),
    order: (params) => {
      const names = new Map(this.shown.views.map((view) => [view.id, view.name]));
      if ("views" in params) {
        const chosen = params.views.map((id) => names.get(id) ?? refuse("NOT_FOUND", "This view is gone."));
        return { ids: chosen.map((view) => this.#add(view, params.look)) };
      }
      const capture = this.shown.capture;
      if (capture?.id !== params.captureId) return refuse("NOT_FOUND", "This capture is gone.");
      return { ids: [this.#add(capture.view, params.look)] };
    },
    cancel: ({ id }) => {
      const entry = this.#queued(id);
      const wasPaid = ["ordered", "rendering"].includes(entry.state);
      if (wasPaid) this.#pay(entry.cost ?? 0);
      Object.assign(entry, { state: "cancelled", refunded: wasPaid ? (entry.cost ?? null) : null, progress: null });
      return {};
    },
    retry: ({ id }) => {
      this.#restart(this.#queued(id));
      return {};
    },
    again: ({ id, look }) => ({ ids: [this.#add(this.#done(id).view, look)] }),
    edit: ({ id, look }) => {
      const entry = this.#queued(id);
      this.#restart(entry);
      entry.look = look;
      entry.cost = this.#price(look);
      return {};
    },
    remove: ({ id }) => {
      this.#forget(id);
      return {};
    },
    resume: () => {
      this.shown.paused = this.shown.problem = null;
      return {};
    },
    place: ({ id, target }) => {
      this.notice("info", `${this.#done(id).view} is in the ${target}.`);
      return {};
    },
    openFile: ({ id }) => {
      this.#done(id);
      return {};
    },
    openPage: () => ({}),
    openLog: () => ({}),
    pictures: ({ id }) => {
      const entry = this.#done(id);
      return { before: entry.before ?? null, after: entry.after ?? refuse("FILE_MISSING", "The picture is gone.") };
    },
    setLook: () => ({}),
    saveLook: (saved) => {
      this.shown.looks = [...this.shown.looks.filter((each) => each.name !== saved.name), saved];
      return {};
    },
    deleteLook: ({ name }) => {
      this.shown.looks = this.shown.looks.filter((each) => each.name !== name);
      return {};
    },
    setSettings: ({ settings }) => {
      this.shown.settings = { ...this.shown.settings, ...settings };
      return {};
    },
    answerConsents: ({ answers }) => {
      const answered = new Set(answers.map((answer) => answer.name));
      this.shown.consents = this.shown.consents.filter((consent) => !answered.has(consent.name));
      return {};
    },
  };

  /** Ends a sign-in as if the code had been approved. */
  approve(): void {
    this.shown.account = { status: "signedIn", email: "ada@example.com", balance: 120 };
    this.publish();
  }
}

function readRequest(text: string): Request | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { id, method, params } = value as Record<string, unknown>;
  if (!Number.isInteger(id) || (id as number) < 1 || typeof method !== "string") return null;
  return { id: id as number, method, params: params as object };
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
type Change = Omit<StateChange, "revision">;

/** Returns the change between two states, or null. `PROTOCOL.md` says what it has. */
export function changeBetween(before: Partial<Shown>, after: Partial<Shown>): Change | null {
  const change: Change = {};
  for (const [key, value] of Object.entries(after)) {
    if (key === "queue" || key === "history") continue;
    if (!same(before[key as keyof Shown], value)) change.set = { ...change.set, [key]: copy(value) };
  }
  for (const list of ["queue", "history"] as const) {
    const old = new Map((before[list] ?? []).map((entry) => [entry.id, entry]));
    const put = (after[list] ?? []).filter((entry) => !same(old.get(entry.id), entry));
    const ids = new Set((after[list] ?? []).map((entry) => entry.id));
    const gone = [...old.keys()].filter((id) => !ids.has(id));
    if (put.length) change.put = { ...change.put, [list]: copy(put) };
    if (gone.length) change.remove = { ...change.remove, [list]: gone };
  }
  return Object.keys(change).length ? change : null;
}
