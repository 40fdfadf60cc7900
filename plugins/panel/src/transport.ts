/** The three ways in which a page reaches its host. A message is one text, the same in all of them. */

export interface Transport {
  /** Sends a message to the host. */
  send(text: string): void;
  /** Starts to give messages of the host to `receive`. */
  open(receive: (text: string) => void, connected: (is: boolean) => void): void;
}

interface WebView {
  postMessage(text: string): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

declare global {
  interface Window {
    sketchup?: { renderiq(text: string): void };
    renderiqReceive?: (text: string) => void;
    chrome?: { webview?: WebView };
  }
}

class SketchUp implements Transport {
  send(text: string): void {
    window.sketchup?.renderiq(text);
  }

  open(receive: (text: string) => void): void {
    window.renderiqReceive = receive;
  }
}

class WebView2 implements Transport {
  readonly #view: WebView;

  constructor(view: WebView) {
    this.#view = view;
  }

  send(text: string): void {
    this.#view.postMessage(text);
  }

  open(receive: (text: string) => void): void {
    this.#view.addEventListener("message", (event) => {
      if (typeof event.data === "string") receive(event.data);
    });
  }
}

const LONGEST_WAIT = 8000;

/** HTTP on loopback: each message is a request, and events are asked for by a request that waits. */
export class Loopback implements Transport {
  readonly #secret: string;
  #receive: (text: string) => void = () => {};
  #connected: (is: boolean) => void = () => {};
  #queue: Promise<void> = Promise.resolve();

  constructor(secret: string) {
    this.#secret = secret;
  }

  open(receive: (text: string) => void, connected: (is: boolean) => void): void {
    this.#receive = receive;
    this.#connected = connected;
    void this.#listen();
  }

  /** Messages reach the host in their order: the next one leaves when the last one was answered or has failed. */
  send(text: string): void {
    const slow = /"method":"(capture|pictures)"/.test(text);
    const sent = this.#queue.then(() => this.#post(text));
    this.#queue = slow ? this.#queue : sent;
  }

  async #post(text: string): Promise<void> {
    for (let wait = 500; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const answer = await this.#fetch("messages", { method: "POST", body: text });
      if (answer?.ok) return this.#receive(await answer.text());
      if (answer && answer.status < 500) {
        const error = { code: answer.status === 413 ? "TOO_LARGE" : "INTERNAL", message: `HTTP ${answer.status}` };
        return this.#receive(JSON.stringify({ id: (JSON.parse(text) as { id: number }).id, error }));
      }
      await pause(wait);
    }
  }

  async #listen(): Promise<void> {
    let after = 0;
    for (let wait = 500; ; ) {
      const answer = await this.#fetch(`events?after=${after}`, {});
      const page = answer?.ok ? await answer.json().catch(() => null) : null;
      this.#connected(page !== null);
      if (page !== null) {
        wait = 500;
        const { events, next } = page as { events: unknown[]; next: number };
        after = next;
        for (const event of events) this.#receive(JSON.stringify(event));
      } else {
        if (answer?.status === 410 || answer?.status === 403) return;
        await pause(wait);
        wait = Math.min(2 * wait, LONGEST_WAIT);
      }
    }
  }

  async #fetch(path: string, options: RequestInit): Promise<Response | null> {
    const headers = { "Content-Type": "application/json", "X-Renderiq-Panel": this.#secret };
    try {
      return await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
    } catch {
      return null;
    }
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const SECRET = /^#[\w-]{43,}$/;

/** Returns the transport of this page, or null if no host is there. */
export function findTransport(): Transport | null {
  if (window.sketchup) return new SketchUp();
  if (window.chrome?.webview) return new WebView2(window.chrome.webview);
  if (location.protocol !== "http:") return null;
  if (SECRET.test(location.hash)) {
    sessionStorage.setItem("secret", location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
  const secret = sessionStorage.getItem("secret");
  return secret ? new Loopback(secret) : null;
}
