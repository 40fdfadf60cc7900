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
results.on("test:fail", ({ name, details }) => {
  process.exitCode = 1;
  console.error(`✗ ${name}`, details.error);
});
// An error that comes after the end of its test fails the file, and is told here only.
results.on("test:diagnostic", ({ message }) => message.startsWith("Error") && console.error(message));
results.compose(dot).pipe(process.stdout);
