/** The built page with its other two transports, and its bytes. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { MockHost, scenarioOf } from "../.build/lib.mjs";
import { page } from "../scripts/bundle.mjs";
import { findChromium } from "./browser.mjs";
import { codeFor, problemsOfSession } from "./schema.mjs";

const SECRET = "s".repeat(43);
const PICTURES = { covers: {}, capture: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", result: "data:," };
const WAIT = 60_000;
let browser;
let html;

before(async () => {
  html = await page();
  browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser?.close());

/**
 * A host on loopback for one test, as `PROTOCOL.md` says. It stops after the test, also after one that fails: a server
 * that listens keeps Node running. `losses` is how many answers get lost after the work was done.
 */
async function startLoopback(context, { losses = 0 } = {}) {
  const messages = { toHost: [], toPanel: [] };
  const answers = new Map();
  const events = [];
  const waiting = new Set();
  let answer = null;
  const mock = new MockHost(
    scenarioOf("queue", PICTURES),
    PICTURES,
    "en",
    (message) => {
      messages.toPanel.push(JSON.stringify(message));
      if ("id" in message) answer = message;
      else {
        events.push(message);
        for (const send of waiting) send();
      }
    },
    codeFor,
  );
  const bodyOf = async (request) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const answerTo = async (request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const json = (value) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (url.pathname === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(html);
    if (request.headers["x-renderiq-panel"] !== SECRET) return response.writeHead(403).end();
    if (url.pathname === "/messages" && request.method === "POST") {
      const text = await bodyOf(request);
      const { id, method } = JSON.parse(text);
      if (method === "hello") answers.clear();
      if (!answers.has(id)) {
        messages.toHost.push(text);
        mock.receive(text);
        answers.set(id, answer);
      }
      if (method === "cancel" && losses-- > 0) return request.socket.destroy();
      return json(answers.get(id));
    }
    if (url.pathname === "/events") {
      const from = Number(url.searchParams.get("after"));
      const send = () => {
        waiting.delete(send);
        json({ events: events.slice(from), next: events.length });
      };
      if (events.length > from) return send();
      waiting.add(send);
      return request.socket.on("close", () => waiting.delete(send));
    }
    response.writeHead(404).end();
  };
  const server = createServer((request, response) =>
    answerTo(request, response).catch((error) => {
      // The page was closed while it asked.
      if (!request.destroyed) throw error;
    }),
  );
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  context.after(stop);
  return { mock, messages, stop, server, port: server.address().port };
}

async function openAt(url, prepare) {
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT);
  const tab = await context.newPage();
  if (prepare) await tab.addInitScript(prepare);
  await tab.goto(url);
  return tab;
}

test("on loopback, the panel talks by HTTP, and its secret leaves the address", async (context) => {
  const host = await startLoopback(context);
  const tab = await openAt(`http://127.0.0.1:${host.port}/#${SECRET}`);
  await tab.click("#tab-queue");
  await tab.click(".rendering button");
  await tab.waitForSelector(".cards .cancelled button[aria-label='Remove: Terrace']");
  assert.equal(await tab.evaluate(() => location.hash), "");
  await tab.reload();
  await tab.waitForSelector(".balance");
  assert.deepEqual(problemsOfSession(host.messages), []);
  await tab.context().close();
});

test("on loopback, an answer that got lost is asked for again and the work is done once", async (context) => {
  const host = await startLoopback(context, { losses: 2 });
  const tab = await openAt(`http://127.0.0.1:${host.port}/#${SECRET}`);
  await tab.click("#tab-queue");
  await tab.click(".rendering button");
  await tab.waitForSelector(".cards .cancelled button[aria-label='Remove: Terrace']");
  await tab.click(".cards .cancelled button[aria-label='Remove: Terrace']");
  await tab.waitForFunction(() => document.querySelectorAll(".cards > li").length === 7);
  assert.equal(host.mock.calls.filter((call) => call.method === "cancel").length, 1);
  assert.equal(host.mock.shown.account.balance, 130);
  await tab.context().close();
});

test("on loopback, the panel says when the host has gone", async (context) => {
  const host = await startLoopback(context);
  const tab = await openAt(`http://127.0.0.1:${host.port}/#${SECRET}`);
  await tab.waitForSelector(".balance");
  await host.stop();
  await tab.waitForFunction(() => /connection to SketchUp is lost/.test(document.body.textContent));
  await tab.context().close();
});

test("without a host, the page says what it is", async (context) => {
  const host = await startLoopback(context);
  const tab = await openAt(`http://127.0.0.1:${host.port}/`);
  await tab.waitForSelector("text=This page belongs to a Renderiq plugin");
  await tab.context().close();
});

test("in WebView2, the panel talks by texts", async () => {
  const mock = { send: () => {} };
  const host = new MockHost(scenarioOf("ready", PICTURES), PICTURES, "en", (message) => mock.send(message), codeFor);
  mkdirSync(".build", { recursive: true });
  writeFileSync(".build/panel.html", html);
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT);
  const tab = await context.newPage();
  await tab.exposeFunction("toHost", (text) => host.receive(text));
  const sent = [];
  mock.send = (message) => sent.push(tab.evaluate((text) => window.fromHost(text), JSON.stringify(message)));
  await tab.addInitScript(() => {
    const webview = {
      postMessage(text) {
        if (typeof text !== "string") throw new TypeError("A message is a text.");
        window.toHost(text);
      },
      addEventListener(type, listener) {
        if (type !== "message") throw new TypeError(type);
        window.fromHost = (data) => listener({ data });
      },
    };
    Object.defineProperty(window, "chrome", { value: { webview } });
  });
  await tab.goto(`file://${process.cwd()}/.build/panel.html`);
  await tab.click(".order .main");
  await tab.waitForSelector(".number");
  assert.equal(host.calls.filter((call) => call.method === "order").length, 1);
  // A message that is on its way when the page closes is an error.
  mock.send = () => {};
  await Promise.all(sent);
  await context.close();
});

test("the page has at most 60 kB when it is compressed, and names nothing outside of itself", () => {
  assert.ok(gzipSync(html, { level: 9 }).length <= 60_000);
  assert.deepEqual(html.match(/(?:src|href)="?https?:/g), null);
  assert.match(html, /default-src 'none'/);
});
