/** The host as the panel sees it: methods that answer, and a state that changes. */

import {
  applyChange,
  type Hello,
  MAX_TO_HOST,
  type Method,
  type Notice,
  type Params,
  PROTOCOL,
  type Problem,
  type Result,
  readMessage,
  type Shown,
  type StateChange,
} from "./protocol.js";
import type { Transport } from "./transport.js";

/** An error that the host has answered. */
export class HostError extends Error {
  readonly code: string;

  constructor(problem: Problem) {
    super(problem.message);
    this.code = problem.code;
  }
}

interface Pending {
  done(result: object): void;
  failed(error: HostError): void;
}

export type Call = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>;

export class Host {
  hello: Hello | null = null;
  shown: Partial<Shown> = {};
  isConnected = true;
  readonly #transport: Transport;
  readonly #version: string;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #revision: number | null = null;
  #changed: () => void = () => {};
  #noticed: (notice: Notice) => void = () => {};

  constructor(transport: Transport, version: string) {
    this.#transport = transport;
    this.#version = version;
  }

  /** Starts the session. `changed` is called after each change. */
  async start(changed: () => void, noticed: (notice: Notice) => void): Promise<void> {
    this.#changed = changed;
    this.#noticed = noticed;
    this.#transport.open(
      (text) => this.#receive(text),
      (is) => this.#connect(is),
    );
    this.hello = await this.call("hello", { protocol: PROTOCOL, panel: this.#version });
    changed();
  }

  /** Calls a method of the host. Raises `HostError` with the host's code and sentence. */
  call: Call = (method, params) => {
    const id = ++this.#last;
    const text = JSON.stringify({ id, method, params });
    if (new TextEncoder().encode(text).length > MAX_TO_HOST) {
      return Promise.reject(new HostError({ code: "TOO_LARGE", message: "The request is too large." }));
    }
    return new Promise((done, failed) => {
      this.#pending.set(id, { done: done as (result: object) => void, failed });
      this.#transport.send(text);
    });
  };

  #receive(text: string): void {
    const message = readMessage(text);
    if (!message) return;
    if ("event" in message) {
      if (typeof message.data !== "object" || message.data === null) return;
      if (message.event === "state") this.#change(message.data as StateChange);
      if (message.event === "notice") this.#noticed(message.data as Notice);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("error" in message) pending?.failed(new HostError(message.error));
    else pending?.done(message.result);
  }

  #change(change: StateChange): void {
    if (!change.reset && this.#revision !== null && change.revision !== this.#revision + 1) {
      this.#revision = null;
      void this.call("refresh", {}).catch(() => {});
      return;
    }
    if (!change.reset && this.#revision === null) return;
    this.#revision = change.revision;
    this.shown = applyChange(this.shown, change);
    this.#changed();
  }

  #connect(is: boolean): void {
    if (is === this.isConnected) return;
    this.isConnected = is;
    this.#changed();
  }
}
