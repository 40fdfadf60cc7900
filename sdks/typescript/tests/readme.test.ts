/** The programs of the page work. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PNG, ROOT, serve, temporaryFolder } from "./support.js";

const PAGE = await readFile(join(ROOT, "README.md"), "utf8");
const PROGRAMS = [...PAGE.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, program]) => program as string);
const RENDER = { renderId: "r1", status: "completed", outputUrl: "/picture" };

test("the first render has less than ten lines and works", async (t) => {
  const folder = await temporaryFolder(t);
  const { url, requests } = await serve(t, (name) =>
    name === "GET /picture" ? new Uint8Array(5000) : { success: true, data: RENDER },
  );
  await mkdir(join(folder, "node_modules", "@renderiq"), { recursive: true });
  await symlink(ROOT, join(folder, "node_modules", "@renderiq", "plugin"), "junction");
  await writeFile(join(folder, "view.png"), PNG);
  const [first = ""] = PROGRAMS;
  const program = first.replace("https://api.example.com/api/plugins", url).replace("…", "EXAMPLE");
  await writeFile(join(folder, "first.mjs"), program);

  const child = spawn(process.execPath, ["first.mjs"], { cwd: folder, stdio: "inherit" });
  const status = await new Promise((done) => child.once("close", done));

  assert.equal(status, 0);
  assert.equal((await stat(join(folder, "out.png"))).size, 5000);
  assert.deepEqual(requests, ["POST /renders", "GET /renders/r1", "GET /picture"]);
  assert.ok(first.split("\n").length <= 10);
});

test("every program of the page has the right types", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules", "@renderiq"), { recursive: true });
  await symlink(ROOT, join(folder, "node_modules", "@renderiq", "plugin"), "junction");
  for (const [number, program] of PROGRAMS.entries()) await writeFile(join(folder, `${number}.mts`), program);
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));

  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const output = execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });

  assert.equal(output, "");
  assert.equal(PROGRAMS.length, 9);
});
