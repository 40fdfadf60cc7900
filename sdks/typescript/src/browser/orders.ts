/** The queue in the database of a page: all tabs of the page's origin share it. */

import { type Content, contentOfBlob, type PictureFile } from "../contents.js";
import { DiskError } from "../errors.js";
import type { ImageName } from "../options.js";
import type { Order, Paused } from "../queue/items.js";
import type { OrderStore, Transaction } from "../queue/store.js";
import { BlobSink } from "../sinks.js";
import type { Sink } from "../transport.js";
import { type Database, done } from "./database.js";
import { tryLock } from "./locks.js";

const PAUSED = "paused";

/** Orders in IndexedDB. Several tabs and workers may use it at the same time. */
export class DatabaseOrderStore implements OrderStore {
  constructor(private readonly database: Database) {}

  add(order: Order, pictures: Partial<Record<ImageName, PictureFile>>): Promise<Order> {
    return this.database.write(["orders", "pictures"], async (stores) => {
      const { number: _, ...unnumbered } = order;
      const number = (await done(stores("orders").add(unnumbered))) as number;
      for (const [name, file] of Object.entries(pictures)) {
        await done(stores("pictures").put(new Blob([file.bytes], { type: file.type }), [order.id, name]));
      }
      return { ...order, number };
    });
  }

  all(): Promise<Order[]> {
    return this.database.read(["orders"], (stores) => done<Order[]>(stores("orders").getAll()));
  }

  async paused(): Promise<Paused | null> {
    return (await this.database.read(["settings"], (stores) => done(stores("settings").get(PAUSED)))) ?? null;
  }

  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.write(["orders", "settings"], (stores) => {
      const [orders, settings] = [stores("orders"), stores("settings")];
      return work({
        get: async (orderId) => (await done<Order | undefined>(orders.index("id").get(orderId))) ?? null,
        all: () => done<Order[]>(orders.getAll()),
        put: async (order) => void (await done(orders.put(order))),
        paused: async () => (await done<Paused | undefined>(settings.get(PAUSED))) ?? null,
        setPaused: async (paused) => {
          await (paused ? done(settings.put(paused, PAUSED)) : done(settings.delete(PAUSED)));
        },
      });
    });
  }

  async remove(order: Order): Promise<void> {
    await this.database.write(["orders", "pictures", "results"], async (stores) => {
      await done(stores("orders").delete(order.number));
      for (const name of Object.keys(order.pictures)) await done(stores("pictures").delete([order.id, name]));
      await done(stores("results").delete(order.id));
    });
  }

  async picture(order: Order, name: ImageName): Promise<Content> {
    const key = [order.id, name];
    const blob = await this.database.read(["pictures"], (stores) =>
      done<Blob | undefined>(stores("pictures").get(key)),
    );
    if (!blob) throw gone();
    return { ...(await contentOfBlob(name, blob)), name: order.pictures[name] ?? name };
  }

  async saveResult(order: Order, suffix: string, write: (sink: Sink) => Promise<void>): Promise<string> {
    const sink = new BlobSink(`image/${suffix.slice(1)}`);
    await write(sink);
    await this.database.write(["results"], (stores) => done(stores("results").put(sink.blob, order.id)));
    return order.output ?? `${String(order.number).padStart(6, "0")}-${order.id}${suffix}`;
  }

  async result(order: Order): Promise<Blob> {
    const blob = await this.database.read(["results"], (stores) =>
      done<Blob | undefined>(stores("results").get(order.id)),
    );
    if (!blob) throw gone();
    return blob;
  }

  asSender(work: () => Promise<void>): Promise<boolean> {
    return tryLock(this.database, "sender", work);
  }

  /** An order is stored in one transaction with its pictures, so nothing is left over. */
  async tidy(): Promise<void> {}
}

/** The browser has removed it, which it does not do without the rest, or somebody else has. */
function gone(): DiskError {
  return new DiskError("DISK_ERROR", "A picture of the order is gone.");
}
