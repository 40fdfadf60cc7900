/** Errors as programs see them, and what the scenarios do not play. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthError, NetworkError, Renderiq, RenderiqError, SignatureError, verify } from "@renderiq/plugin";
import { readRetryAfter } from "../dist/esm/retries.js";
import { Transport } from "../dist/esm/transport.js";
import { serve } from "./support.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("an error has its class, its name and a sentence", () => {
  const error = new AuthError("AUTH_REQUIRED", "Sign in first.", { status: 401, requestId: "req-1" });

  assert.ok(error instanceof RenderiqError && error instanceof Error);
  assert.equal(String(error), "AuthError: Sign in first.");
  assert.deepEqual([error.kind, error.status, error.requestId], ["auth", 401, "req-1"]);
});

test("an error of the network keeps its cause", async (t) => {
  const { url, close } = await serve(t, () => ({}));
  await close();
  const clock = { now: () => 0, sleep: async () => {}, chance: () => 0 };
  const client = new Renderiq({ apiKey: "rk", baseUrl: url, clock });

  const isExpected = (error: unknown) =>
    error instanceof NetworkError && !error.wasSent && error.cause instanceof TypeError;
  await assert.rejects(client.credits.get(), isExpected);
});

test("errors that are not of the network are not hidden", async () => {
  const sink = {
    reset: () => {},
    write: () => {
      throw new RangeError("a bug");
    },
  };
  const transport = new Transport(async () => new Response("body"));

  await assert.rejects(transport.send({ method: "GET", url: "http://api.test", headers: {} }, 1, sink), RangeError);
});

test("a redirect that a page cannot follow is no answer", async () => {
  const answer = Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
  const transport = new Transport(async () => answer);

  const sending = transport.send({ method: "GET", url: "http://api.test", headers: {} }, 1);

  await assert.rejects(sending, { kind: "network", code: "BAD_ANSWER" });
});

test("a body that goes on arriving may take longer than the time-out", async (t) => {
  const { url } = await serve(t, () => ({ data: {} }));
  const slowly = new ReadableStream({
    async start(control) {
      for (let count = 0; count < 8; count++) {
        await new Promise((done) => setTimeout(done, 300));
        control.enqueue(new TextEncoder().encode("."));
      }
      control.close();
    },
  });
  const transport = new Transport(async () => new Response(slowly));

  const { body } = await transport.send({ method: "GET", url, headers: {} }, 2);

  assert.equal(body, "........");
});

test("verify takes headers as fetch and as Node have them", () => {
  const headers = { "webhook-id": "m1", "webhook-timestamp": "1773480413", "webhook-signature": "v1,AAAA" };
  const problem = { code: "BAD_SIGNATURE" };

  assert.throws(() => verify("{}", headers, SECRET, 1_773_480_413), problem);
  assert.throws(() => verify("{}", new Headers(headers), SECRET, 1_773_480_413), problem);
  assert.throws(
    () => verify(Buffer.from("{}"), { ...headers, "webhook-signature": ["v1,AAAA", "v1,BBBB"] }, SECRET, 1_773_480_413),
    problem,
  );
  assert.throws(() => verify("{}", headers, SECRET), SignatureError);
});

test("a date of Retry-After that no server would write is ignored", () => {
  assert.equal(readRetryAfter("2026", 0), 2026);
  assert.equal(readRetryAfter("1.5", 0), null);
  assert.equal(readRetryAfter("Sat, 14 Mar 2026 09:27:03 GMT", 1_773_480_413), 10);
});
