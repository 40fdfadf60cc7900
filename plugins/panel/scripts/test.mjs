/** Runs the tests. Those in Chromium are skipped without it. */

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
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
const options = ["--test", "--test-reporter=dot", "--test-concurrency=2"];
execFileSync(process.execPath, [...options, ...files.map((name) => `tests/${name}`)], { stdio: "inherit" });
