/** What is on disk is whole, a lock lets in one at a time, and a session is its owner's only. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DiskError } from "@renderiq/plugin";
import { FileTokenStore } from "@renderiq/plugin/node";
import { dataDirectory, onDisk, replaceFile, writeDurably } from "../dist/esm/node/files.js";
import { tryLock, withLock } from "../dist/esm/node/locks.js";
import { readTime } from "../dist/esm/tokens.js";
import { ROOT, temporaryFolder } from "./support.js";

const TOKENS = { accessToken: "access", refreshToken: "refresh", expiresAt: 1_773_480_000, email: "ada@example.com" };

/** Starts a program that has the functions of the locks. */
function program(text: string, ...given: string[]): ChildProcess {
  const imports = `import { tryLock, withLock } from "${new URL("dist/esm/node/locks.js", `file://${ROOT}`)}";`;
  const options = ["--input-type=module", "--eval", imports + text, "--", ...given];
  return spawn(process.execPath, options, { stdio: ["pipe", "pipe", "inherit"] });
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((done) => child.once("close", done));
}

test("a file is replaced whole", async (t) => {
  const path = join(await temporaryFolder(t), "folder", "file");
  await writeDurably(path, "old");

  await writeDurably(path, "new");

  assert.equal(await readFile(path, "utf8"), "new");
  assert.deepEqual(await readdir(join(path, "..")), ["file"]);
});

test("a file is as before if writing it fails", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "file");
  await writeDurably(path, "old");

  const writing = replaceFile(path, async (sink) => {
    await sink.write(Buffer.from("new"));
    throw new RangeError("no");
  });

  await assert.rejects(writing, RangeError);
  assert.equal(await readFile(path, "utf8"), "old");
  assert.deepEqual(await readdir(folder), ["file"]);
});

for (const [code, expected] of [
  ["ENOSPC", "DISK_FULL"],
  ["EACCES", "DISK_ERROR"],
]) {
  test(`${code} is an error of the disk`, async () => {
    const failing = onDisk(async () => {
      throw Object.assign(new Error("no"), { code, syscall: "write" });
    });

    await assert.rejects(failing, (error) => error instanceof DiskError && error.code === expected && error.retryable);
  });
}

test("a lock excludes others in the same process", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  const seen: boolean[] = [];

  await withLock(path, async () => {
    seen.push(await tryLock(path, async () => {}));
  });
  seen.push(await tryLock(path, async () => {}));

  assert.deepEqual(seen, [false, true]);
});

test("a lock is let go of after an error", async (t) => {
  const path = join(await temporaryFolder(t), "lock");

  await assert.rejects(
    withLock(path, () => Promise.reject(new RangeError("no"))),
    RangeError,
  );

  assert.equal(await tryLock(path, async () => {}), true);
});

test("a lock ends with its process", async (t) => {
  const path = join(await temporaryFolder(t), "lock");
  const holder = program(
    'await withLock(process.argv[1], () => new Promise(() => { console.log("held"); setInterval(() => {}, 1e6); }));',
    path,
  );
  await new Promise((done) => holder.stdout?.once("data", done));
  assert.equal(await tryLock(path, async () => {}), false);

  holder.kill("SIGKILL");
  await ended(holder);

  assert.equal(await tryLock(path, async () => {}), true);
});

test("a lock whose name is too long for a socket excludes others too", async (t) => {
  const path = join(await temporaryFolder(t), "a".repeat(120), "lock");
  const seen: boolean[] = [];

  await withLock(path, async () => {
    seen.push(await tryLock(path, async () => {}));
  });

  assert.deepEqual(seen, [false]);
});

test("of many processes, some of which are killed, one at a time is inside", { timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const log = join(folder, "log");
  const text = `
    import { appendFileSync } from "node:fs";
    const [, path, log] = process.argv;
    for (;;) {
      await withLock(path, async () => {
        appendFileSync(log, process.pid + " in\\n");
        await new Promise((done) => setTimeout(done, Math.random() * 3));
        appendFileSync(log, process.pid + " out\\n");
      });
    }`;
  await writeFile(log, "");
  const start = () => program(text, join(folder, "lock"), log);
  let children = [start(), start(), start(), start()];
  for (let kills = 0; kills < 8; kills++) {
    const before = (await stat(log)).size;
    while ((await stat(log)).size < before + 400) await new Promise((done) => setTimeout(done, 20));
    const [first, ...rest] = children;
    first?.kill("SIGKILL");
    if (first) await ended(first);
    children = [...rest, start()];
  }
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(ended));

  const lines = (await readFile(log, "utf8")).trim().split("\n");
  for (const [at, line] of lines.entries()) {
    if (line.endsWith(" out") || lines[at + 1] === line.replace(" in", " out")) continue;
    // It was killed inside, so it says nothing more.
    const [pid] = line.split(" ");
    assert.ok(!lines.slice(at + 1).some((later) => later.startsWith(`${pid} `)), `two were inside at line ${at}`);
  }
  assert.ok(lines.filter((line) => line.endsWith(" in")).length > 100);
});

test("a session is its owner's only", {
  skip: process.platform === "win32" && "Windows has no such modes",
}, async (t) => {
  const path = join(await temporaryFolder(t), "session.json");

  await new FileTokenStore(path).save(TOKENS);

  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await new FileTokenStore(path).load(), TOKENS);
});

for (const content of ["", "{", "[]", "null", '{"accessToken": 1}']) {
  test(`a session that is damaged (${content}) is no session`, async (t) => {
    const path = join(await temporaryFolder(t), "session.json");
    await writeFile(path, content);

    assert.equal(await new FileTokenStore(path).load(), null);
  });
}

test("the folder can be named", (t) => {
  const before = process.env.RENDERIQ_HOME;
  t.after(() => {
    delete process.env.RENDERIQ_HOME;
    if (before !== undefined) process.env.RENDERIQ_HOME = before;
  });
  process.env.RENDERIQ_HOME = "/somewhere";

  assert.equal(dataDirectory(), "/somewhere");
});

test("times of the wire are read", () => {
  assert.equal(readTime("2026-03-14T09:26:53.500Z"), 1_773_480_413.5);
  assert.equal(readTime("soon"), 0);
});
