/**
 * A lock between processes. The system lets go of it when its process ends, however it ends.
 *
 * Node has no call that locks a file. Who holds the lock listens on a socket instead: whether somebody still listens
 * tells whether it is held, and only the system can stop to listen for a process that was killed. On Windows the name of
 * a pipe does that by itself. Elsewhere the socket is a file, which stays behind, and removing it would let in two: so
 * each holder takes the next number. `lock.7` is free if nobody listens there, and then whoever can make `lock.8` holds it.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { hasCode, onDisk } from "./files.js";

const PAUSE = 20;
/** Longer names of sockets do not fit into the system's structure. */
const MAX_SOCKET_NAME = 100;
/** What disks answer that have no sockets, such as a drive of Windows in WSL. */
const NO_SOCKETS = ["ENOTSUP", "EOPNOTSUPP", "EPERM", "EINVAL"];

type Release = () => Promise<void>;

/** Does the work while nobody else holds the lock. Waits for another process, client or call to let go of it. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const release = await take(path);
    if (release) return releasing(release, work);
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

/** Does the work if nobody else holds the lock, and returns whether it did. Does not wait. */
export async function tryLock(path: string, work: () => Promise<void>): Promise<boolean> {
  const release = await take(path);
  if (release) await releasing(release, work);
  return release !== null;
}

async function releasing<T>(release: Release, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await release();
  }
}

function take(path: string): Promise<Release | null> {
  const name = resolve(path);
  if (process.platform === "win32") return onDisk(() => takePipe(name));
  const elsewhere = join(tmpdir(), `renderiq-${digest(name)}`, "lock");
  return onDisk(async () => {
    if (name.length > MAX_SOCKET_NAME) return takeSocket(elsewhere);
    try {
      return await takeSocket(name);
    } catch (error) {
      if (hasCode(error, ...NO_SOCKETS)) return takeSocket(elsewhere);
      throw error;
    }
  });
}

async function takePipe(path: string): Promise<Release | null> {
  const server = await listen(`\\\\.\\pipe\\renderiq-${digest(path.toLowerCase())}`);
  return server && (() => close(server));
}

async function takeSocket(path: string): Promise<Release | null> {
  await mkdir(dirname(path), { recursive: true });
  const before = await numbersOf(path);
  const last = Math.max(0, ...before);
  if (last && (await isListening(`${path}.${last}`))) return null;
  const own = last + 1;
  const server = await listen(`${path}.${own}`);
  if (!server) return null;
  if (Math.max(...(await numbersOf(path))) > own) {
    await close(server); // others have taken it and let go of it meanwhile
    return null;
  }
  for (const number of before) await rm(`${path}.${number}`, { force: true });
  return async () => {
    await writeFile(`${path}.${own + 1}`, "").catch(() => {}); // closing removes the socket, and numbers must not go back
    await close(server);
  };
}

async function numbersOf(path: string): Promise<number[]> {
  const start = `${basename(path)}.`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(start));
  return names.map((name) => Number(name.slice(start.length))).filter(Number.isSafeInteger);
}

/** Returns null if there is such a socket. */
function listen(name: string): Promise<Server | null> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", (error) => (hasCode(error, "EADDRINUSE") ? done(null) : fail(error)));
    server.listen({ path: name, exclusive: true }, () => done(server));
  });
}

function isListening(name: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(name);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", (error) => done(!hasCode(error, "ECONNREFUSED", "ENOENT", "ENOTSOCK")));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
