/** Compiles the tests and runs them. The package must be built. */

import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";

const run = (command, ...options) =>
  execFileSync(command, options, { stdio: "inherit", shell: process.platform === "win32" });

rmSync(".build", { recursive: true, force: true });
run("npx", "tsc", "-p", "tests");
const tests = readdirSync(".build").filter((name) => name.endsWith(".test.js"));
run(process.execPath, "--test", ...tests.map((name) => `.build/${name}`));
