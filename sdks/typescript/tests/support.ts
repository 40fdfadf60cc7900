/** What several tests use: folders, a server that answers what it is told, and an API without a network. */

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Clock, Renderiq } from "@renderiq/plugin";

/** The folder of the package. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const PNG = new TextEncoder().encode("\x89PNG and more");

/** Returns a folder that is removed after the test. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "renderiq-test-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a server for the length of a test. `answer` returns JSON, or bytes, for a request such as `GET /credits`. */
export async function serve(
  test: TestContext,
  answer: (name: string, request: IncomingMessage) => object | Uint8Array,
): Promise<{ url: string; requests: string[]; close: () => Promise<unknown> }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    requests.push(name);
    request.resume().on("end", () => {
      const found = answer(name, request);
      response.end(found instanceof Uint8Array ? found : JSON.stringify(found));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = () => new Promise((done) => server.close(done));
  test.after(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

/** A clock that only sleeping moves. */
export class FakeClock implements Clock {
  constructor(public time = 1_773_480_413) {}

  now(): number {
    return this.time;
  }

  async sleep(seconds: number): Promise<void> {
    this.time += seconds;
  }

  chance(): number {
    return 0.5;
  }
}

/** The API without a network. `during` is called while a request is under way. */
export class FakeApi {
  readonly requests: string[] = [];
  readonly clock = new FakeClock();
  isAway = false;
  during: (name: string) => Promise<unknown> | unknown = () => {};

  /** Returns a client that talks to this API. */
  client(directory: string, options: { inRealTime?: boolean } = {}): Renderiq {
    const clock = options.inRealTime ? undefined : this.clock;
    return new Renderiq({ apiKey: "rk", baseUrl: "http://api.test", directory, clock, fetch: this.fetch });
  }

  private readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const name = `${init?.method} ${new URL(String(input)).pathname}`;
    this.requests.push(name);
    await this.during(name);
    if (this.isAway)
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
    if (name === "GET /picture") return new Response("picture");
    const status = init?.method === "DELETE" ? "cancelled" : "completed";
    return Response.json({ data: { renderId: "r1", status, outputUrl: "/picture", estimatedTime: 0 } });
  };
}
