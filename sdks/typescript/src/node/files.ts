/** Files that are whole or not there, and the folder of this package. */

import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Bytes } from "../bytes.js";
import type { Content } from "../contents.js";
import { DiskError } from "../errors.js";
import type { Sink } from "../transport.js";

const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Returns the folder of this user for sessions and queues. It need not exist. */
export function dataDirectory(): string {
  const { RENDERIQ_HOME, LOCALAPPDATA, XDG_DATA_HOME } = process.env;
  if (RENDERIQ_HOME) return RENDERIQ_HOME;
  if (process.platform === "win32") return join(LOCALAPPDATA || homedir(), "Renderiq");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "Renderiq");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "renderiq");
}

/** Returns the content of a file. Throws `DiskError` if it cannot be read. */
export function contentOfFile(path: string): Promise<Content> {
  return onDisk(async () => {
    const file = await open(path);
    const { size } = await closing(file, () => file.stat());
    return { name: basename(path), size, read: (start, end) => readBytes(path, start, end) };
  });
}

export interface ReplaceOptions {
  mode?: number;
  /** Tells this writer from others of the same file. One that is alone needs none, and so finds what a kill left. */
  writer?: string;
}

/**
 * Gives a sink for a file that takes the place of `path` when `write` has succeeded, and is on disk then. If it fails,
 * `path` is as before. Throws `DiskError` if the disk is full.
 */
export function replaceFile(
  path: string,
  write: (sink: Sink) => Promise<void>,
  { mode = 0o644, writer = randomUUID() }: ReplaceOptions = {},
): Promise<void> {
  const folder = dirname(path);
  const part = join(folder, `.${basename(path)}${writer && `.${writer}`}.part`);
  return onDisk(async () => {
    await mkdir(folder, { recursive: true });
    try {
      const file = await open(part, "w", mode);
      await closing(file, async () => {
        await write(sinkOf(file));
        await file.sync();
      });
      await rename(part, path);
      await syncFolder(folder);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw error;
    }
  });
}

/** Writes a file whole or not at all. Throws `DiskError`. */
export function writeDurably(path: string, content: string | Uint8Array, options?: ReplaceOptions): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return replaceFile(path, async (sink) => sink.write(bytes), options);
}

/** Makes sure that the names in a folder survive a loss of power. Windows has no such call, and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const opened = await open(folder);
  await closing(opened, () => opened.sync());
}

/** Turns errors of files into `DiskError`, and leaves others as they are. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error);
  }
}

/** Returns whether an error of a file has that code. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

function diskError(error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  if (hasCode(error, ...FULL)) {
    const sentence = "The disk is full. Free some space and try again.";
    return new DiskError("DISK_FULL", sentence, { retryable: true, cause: error });
  }
  // A file that is gone stays so.
  const retryable = !hasCode(error, "ENOENT");
  return new DiskError("DISK_ERROR", `A file cannot be read or written: ${error.message}`, { retryable, cause: error });
}

function sinkOf(file: FileHandle): Sink {
  let size = 0;
  return {
    reset: async () => {
      await file.truncate(0);
      size = 0;
    },
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, size);
        at += bytesWritten;
        size += bytesWritten;
      }
    },
  };
}

function readBytes(path: string, start: number, end: number): Promise<Bytes> {
  return onDisk(async () => {
    const file = await open(path);
    return closing(file, async () => {
      const bytes = new Uint8Array(end - start);
      let at = 0;
      for (let read = 1; at < bytes.length && read; at += read) {
        read = (await file.read(bytes, at, bytes.length - at, start + at)).bytesRead;
      }
      return bytes.subarray(0, at);
    });
  });
}

async function closing<T>(file: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await file.close();
  }
}
