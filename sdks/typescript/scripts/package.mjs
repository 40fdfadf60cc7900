/** Packs the package into `dist` of the repository, and checks what users of bundlers and of types will find. */

import { execFileSync } from "node:child_process";

const FOLDER = "../../dist";
const isWindows = process.platform === "win32";

function run(command, ...options) {
  try {
    return execFileSync(command, options, { encoding: "utf8", shell: isWindows });
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ""}${error.stderr ?? ""}`);
    process.exit(1);
  }
}

const name = run("npm", "pack", "--silent", "--pack-destination", FOLDER).trim();
run("npx", "publint", "--strict", `${FOLDER}/${name}`);
// Without Node 10, which knows no `exports`.
run("npx", "attw", "--profile", "node16", `${FOLDER}/${name}`);
console.log(`dist/${name}: publint and attw have found nothing`);
