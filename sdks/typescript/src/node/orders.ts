/**
 * The queue as a directory: a folder for each order, with the order as JSON and its pictures.
 *
 * A folder is made under another name and renamed when it is whole, and so is each file in it.
 */

import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Content, PictureFile } from "../contents.js";
import { DiskError } from "../errors.js";
import type { ImageName } from "../options.js";
import type { Order, Paused } from "../queue/items.js";
import type { OrderStore, Transaction } from "../queue/store.js";
import type { Sink } from "../transport.js";
import { contentOfFile, hasCode, onDisk, replaceFile, syncFolder, writeDurably } from "./files.js";
import { tryLock, withLock } from "./locks.js";

const NEW = ".new-";
const ORPHAN_SECONDS = 3600;
/** The locks let in one writer of each file. */
const ALONE = { writer: "" };

/** Orders in a directory of a disk of this machine. Several processes may use it at the same time. */
export class DirectoryOrderStore implements OrderStore {
  private readonly folder: string;
  private readonly pausedPath: string;
  /** Orders by folder, each with what tells whether its file is still the same. */
  private readonly known = new Map<string, { version: string; order: Order }>();

  constructor(private readonly directory: string) {
    this.folder = join(directory, "orders");
    this.pausedPath = join(directory, "paused.json");
  }

  add(order: Order, pictures: Partial<Record<ImageName, PictureFile>>): Promise<Order> {
    const made = join(this.folder, NEW + order.id);
    return onDisk(async () => {
      try {
        for (const file of Object.values(pictures)) await writeDurably(join(made, file.name), file.bytes, ALONE);
        return await this.locked(async () => {
          const last = Math.max(0, ...(await this.folders()).map((name) => Number.parseInt(name, 10)));
          const output = order.output && resolve(order.output);
          const numbered = { ...order, number: last + 1, output };
          await writeDurably(join(made, "order.json"), JSON.stringify(numbered), ALONE);
          await rename(made, this.folderOf(numbered));
          await syncFolder(this.folder);
          return numbered;
        });
      } catch (error) {
        await rm(made, { recursive: true, force: true }).catch(() => {});
        throw error;
      }
    });
  }

  all(): Promise<Order[]> {
    return onDisk(async () => {
      const folders = await this.folders();
      const orders = await Promise.all(folders.map((folder) => this.read(folder)));
      for (const folder of this.known.keys()) if (!folders.includes(folder)) this.known.delete(folder);
      return orders.filter((order) => order !== null).sort((one, other) => one.number - other.number);
    });
  }

  paused(): Promise<Paused | null> {
    return onDisk(() => readJson<Paused>(this.pausedPath));
  }

  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction: Transaction = {
      get: async (orderId) => (await this.all()).find((order) => order.id === orderId) ?? null,
      all: () => this.all(),
      put: (order) => this.write(order),
      paused: () => this.paused(),
      setPaused: (paused) =>
        paused
          ? writeDurably(this.pausedPath, JSON.stringify(paused), ALONE)
          : onDisk(() => rm(this.pausedPath, { force: true })),
    };
    return this.locked(() => work(transaction));
  }

  remove(order: Order): Promise<void> {
    return onDisk(() => this.locked(() => rm(this.folderOf(order), { recursive: true, force: true })));
  }

  picture(order: Order, name: ImageName): Promise<Content> {
    return contentOfFile(join(this.folderOf(order), order.pictures[name] ?? name));
  }

  async saveResult(order: Order, suffix: string, write: (sink: Sink) => Promise<void>): Promise<string> {
    const path = order.output ?? resolve(this.directory, "results", nameOf(order) + suffix);
    await replaceFile(path, write, ALONE);
    return path;
  }

  result(order: Order): Promise<Blob> {
    return onDisk(async () => new Blob([await readFile(order.result ?? "")]));
  }

  asSender(work: () => Promise<void>): Promise<boolean> {
    return tryLock(join(this.directory, "sender.lock"), work);
  }

  tidy(): Promise<void> {
    return onDisk(async () => {
      const oldest = Date.now() - ORPHAN_SECONDS * 1000;
      for (const name of await namesIn(this.folder)) {
        const path = join(this.folder, name);
        if (name.startsWith(NEW) && (await stat(path)).mtimeMs < oldest)
          await rm(path, { recursive: true, force: true });
      }
    });
  }

  private async read(folder: string): Promise<Order | null> {
    const path = join(this.folder, folder, "order.json");
    try {
      const { ino, mtimeMs, size } = await stat(path); // a change is another file
      const version = `${ino} ${mtimeMs} ${size}`;
      const known = this.known.get(folder);
      if (known?.version === version) return known.order;
      const order = parsed<Order>(path, await readFile(path, "utf8"));
      this.known.set(folder, { version, order });
      return order;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null; // removed meanwhile
      throw error;
    }
  }

  private async write(order: Order): Promise<void> {
    await writeDurably(join(this.folderOf(order), "order.json"), JSON.stringify(order), ALONE);
    this.known.delete(nameOf(order));
  }

  private async folders(): Promise<string[]> {
    return (await namesIn(this.folder)).filter((name) => /^\d/.test(name));
  }

  private folderOf(order: Order): string {
    return join(this.folder, nameOf(order));
  }

  private async locked<T>(work: () => Promise<T>): Promise<T> {
    await onDisk(() => mkdir(this.folder, { recursive: true }));
    return withLock(join(this.directory, "changes.lock"), work);
  }
}

function nameOf(order: Order): string {
  return `${String(order.number).padStart(6, "0")}-${order.id}`;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return parsed<T>(path, await readFile(path, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

function parsed<T>(path: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new DiskError("DISK_ERROR", `The file ${path} is damaged.`, { retryable: true, cause });
  }
}
