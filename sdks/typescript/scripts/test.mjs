/** Compiles the tests and runs them. The package must be built. */

import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { dot } from "node:test/reporters";

const execute = (command, ...options) =>
  execFileSync(command, options, { stdio: "inherit", shell: process.platform === "win32" });

rmSync(".build", { recursive: true, force: true });
execute("npx", "tsc", "-p", "tests");
const files = readdirSync(".build").filter((name) => name.endsWith(".test.js"));
// A test that does not end fails, and so does a file whose server is left running.
const results = run({ files: files.map((name) => resolve(".build", name)), concurrency: true, timeout: 10 * 60_000 });
results.on("test:fail", () => {
  process.exitCode = 1;
});
results.compose(dot).pipe(process.stdout);
