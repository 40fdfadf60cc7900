/** What a host sees of the package: it sends nothing when it is imported, is small, and depends on nothing. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import * as root from "@renderiq/plugin";
import * as browser from "@renderiq/plugin/browser";
import * as node from "@renderiq/plugin/node";
import { build } from "esbuild";
import { ROOT } from "./support.js";

const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const MAX_BYTES = 25_000;

test("the bundle for browsers has at most 25 kB, compressed", () => {
  const { gzipped } = JSON.parse(execFileSync(process.execPath, ["scripts/size.mjs"], { cwd: ROOT, encoding: "utf8" }));

  assert.ok(gzipped <= MAX_BYTES, `it has ${gzipped} bytes`);
});

test("a bundler takes nothing of Node for a browser", async () => {
  const stdin = { contents: 'export * from "@renderiq/plugin"', resolveDir: ROOT };
  const options = { stdin, bundle: true, format: "esm", platform: "browser", write: false, metafile: true } as const;
  const { metafile } = await build(options);

  const files = Object.keys(metafile.inputs);
  assert.ok(files.includes("dist/esm/browser.js"));
  assert.deepEqual(
    files.filter((file) => /\bnode\b/.test(file)),
    [],
  );
});

test("there are no dependencies", () => {
  assert.equal(MANIFEST.dependencies, undefined);
  assert.equal(MANIFEST.peerDependencies, undefined);
});

test("the version is that of the manifest", () => {
  assert.equal(root.VERSION, MANIFEST.version);
});

test("Node and browsers have the same names", () => {
  const own = ["Database", "DatabaseTokenStore", "FileTokenStore"];
  const shared = (names: object) => Object.keys(names).filter((name) => !own.includes(name));

  assert.deepEqual(shared(browser), shared(node));
  assert.deepEqual(Object.keys(root), Object.keys(node));
});

test("the package is there for require too", () => {
  const required = createRequire(import.meta.url)("@renderiq/plugin");

  assert.deepEqual(Object.keys(required).sort(), Object.keys(node).sort());
  assert.equal(new required.Renderiq({ baseUrl: "http://127.0.0.1:9" }).baseUrl, "http://127.0.0.1:9");
});

test("importing it, and making a client, opens no connection and writes no file", () => {
  const program = `
    import fs from "node:fs"; import net from "node:net";
    const events = [];
    for (const name of ["writeFile", "mkdir", "open", "rename"]) fs.promises[name] = () => events.push(name);
    net.Socket.prototype.connect = () => events.push("connect");
    globalThis.fetch = () => events.push("fetch");
    const { Renderiq } = await import("@renderiq/plugin");
    new Renderiq({ apiKey: "rk_live_EXAMPLE", baseUrl: "http://127.0.0.1:9" });
    console.log(JSON.stringify(events));`;
  const options = ["--input-type=module", "--eval", program];

  assert.equal(execFileSync(process.execPath, options, { cwd: ROOT, encoding: "utf8" }).trim(), "[]");
});

test("an API key is sent nowhere without an address", () => {
  assert.throws(() => new root.Renderiq({ apiKey: "rk_live_EXAMPLE" }), { kind: "state", code: "NO_ADDRESS" });
});

test("an API key is not in what a program may print", () => {
  const client = new root.Renderiq({ apiKey: "rk_live_SECRET", baseUrl: "http://127.0.0.1:9" });

  assert.doesNotMatch(JSON.stringify(client), /SECRET/);
});
