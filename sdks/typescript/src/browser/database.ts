/** The database of a page: IndexedDB with promises. Everything of one client is in one database. */

import { DiskError } from "../errors.js";

export const DEFAULT_NAME = "renderiq";

const STORES: Record<string, IDBObjectStoreParameters> = {
  /** Orders by number. */
  orders: { keyPath: "number", autoIncrement: true },
  /** Pictures of orders by `[order id, name]`. */
  pictures: {},
  /** Finished pictures by order id. */
  results: {},
  /** Why the queue is paused, the tokens of sessions, and leases. */
  settings: {},
};

/** Gives transactions of the database of that name, which is opened when the first one begins. */
export class Database {
  private opened: Promise<IDBDatabase> | null = null;

  constructor(readonly name: string = DEFAULT_NAME) {}

  /** Reads. Throws `DiskError`. */
  read<T>(stores: string[], work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.run(stores, "readonly", work);
  }

  /** Writes all or nothing: durably when the promise resolves. `work` waits for requests only. Throws `DiskError`. */
  write<T>(stores: string[], work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.run(stores, "readwrite", work);
  }

  private async run<T>(names: string[], mode: IDBTransactionMode, work: (stores: Stores) => Promise<T>): Promise<T> {
    try {
      const database = await this.open();
      const transaction = database.transaction(names, mode, { durability: "strict" });
      const ended = endOf(transaction);
      try {
        const result = await work((name) => transaction.objectStore(name));
        await ended;
        return result;
      } catch (error) {
        ended.catch(() => {});
        if (!transaction.error) abort(transaction);
        throw error;
      }
    } catch (error) {
      throw diskError(error);
    }
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        for (const [name, options] of Object.entries(STORES)) {
          const store = request.result.createObjectStore(name, options);
          if (name === "orders") store.createIndex("id", "id", { unique: true });
        }
      };
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const forget = () => {
          request.result.close();
          this.opened = null;
        };
        request.result.onversionchange = forget; // a newer version of this package in another tab
        request.result.onclose = forget; // the user has deleted the data of the page
        resolve(request.result);
      };
    }).catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }
}

type Stores = (name: string) => IDBObjectStore;

/** Returns the result of a request. */
export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("The transaction ended.", "AbortError"));
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // it has ended by itself
  }
}

function diskError(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "QuotaExceededError") {
    const sentence = "The storage of this page is full. Free some space and try again.";
    return new DiskError("DISK_FULL", sentence, { retryable: true, cause: error });
  }
  const sentence = `The storage of this page cannot be used: ${error.message}`;
  return new DiskError("DISK_ERROR", sentence, { retryable: true, cause: error });
}
