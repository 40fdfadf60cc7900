/** Runs the tests. Those in Chromium are skipped without it. */

import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { dot } from "node:test/reporters";
import { build } from "esbuild";
import { findChromium } from "../tests/browser.mjs";

await build({
  entryPoints: ["tests/lib.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  outfile: ".build/lib.mjs",
});
const hasChromium = findChromium() !== null;
if (!hasChromium) console.log("→ Chromium is not installed: the panel is not tested in it");
const files = readdirSync("tests").filter((name) => name.endsWith(hasChromium ? ".test.mjs" : ".unit.test.mjs"));
// A test that does not end fails, and so does a file whose server or browser is left running.
const results = run({ files: files.map((name) => resolve("tests", name)), concurrency: 2, timeout: 10 * 60_000 });
results.on("test:fail", ({ name, details }) => {
  process.exitCode = 1;
  console.error(`✗ ${name}`, details.error);
});
// An error that comes after the end of its test fails the file, and is told here only.
results.on("test:diagnostic", ({ message }) => message.startsWith("Error") && console.error(message));
results.compose(dot).pipe(process.stdout);
