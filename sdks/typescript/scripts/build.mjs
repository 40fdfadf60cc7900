/** Compiles the package: `dist/esm` and `dist/cjs`, each with its types. */

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const tsc = (project) =>
  execFileSync("npx", ["tsc", "-p", project], { stdio: "inherit", shell: process.platform === "win32" });

rmSync("dist", { recursive: true, force: true });
tsc("tsconfig.json");
tsc("tsconfig.cjs.json");
writeFileSync("dist/cjs/package.json", '{ "type": "commonjs", "sideEffects": false }\n');
