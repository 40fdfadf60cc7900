/** Where orders are kept, and how they are changed while several processes or tabs do so. */

import type { Content, PictureFile } from "../contents.js";
import { StateError } from "../errors.js";
import type { ImageName } from "../options.js";
import type { Sink } from "../transport.js";
import { isSettled, type Order, type Paused } from "./items.js";

/** What is done to the orders while nobody else changes one. Each change is durable when its promise resolves. */
export interface Transaction {
  get(orderId: string): Promise<Order | null>;
  /** Returns all orders, in the order they were added. */
  all(): Promise<Order[]>;
  put(order: Order): Promise<void>;
  paused(): Promise<Paused | null>;
  setPaused(paused: Paused | null): Promise<void>;
}

/** Orders, their pictures, and their results: a directory in Node, a database in a browser. Throws `DiskError`. */
export interface OrderStore {
  /** Stores a new order and its pictures, whole or not at all, and returns it with its number. */
  add(order: Order, pictures: Partial<Record<ImageName, PictureFile>>): Promise<Order>;
  /** Returns all orders, in the order they were added. */
  all(): Promise<Order[]>;
  paused(): Promise<Paused | null>;
  /** Changes orders while nobody else does. `work` may wait for nothing but the transaction. */
  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Forgets an order and its pictures, and leaves its result. */
  remove(order: Order): Promise<void>;
  /** Opens a picture of an order. */
  picture(order: Order, name: ImageName): Promise<Content>;
  /** Writes a result, whole or not at all, and returns its name. */
  saveResult(order: Order, suffix: string, write: (sink: Sink) => Promise<void>): Promise<string>;
  /** Returns a result. */
  result(order: Order): Promise<Blob>;
  /** Does the work if nobody else is the sender. Returns whether it was done. */
  asSender(work: () => Promise<void>): Promise<boolean>;
  /** Makes room: removes pictures of orders that were being added when their process ended. */
  tidy(): Promise<void>;
}

/** A user has edited or ended an order while the sender worked on it. */
export class SupersededError extends Error {}

/** The changes of orders that every store has. */
export class Orders {
  constructor(readonly store: OrderStore) {}

  /** Returns an order. Throws `StateError`. */
  async get(orderId: string): Promise<Order> {
    return found((await this.store.all()).find((order) => order.id === orderId));
  }

  /** Returns the orders that have not ended, in the order they were added. */
  async active(): Promise<Order[]> {
    return (await this.store.all()).filter((order) => !isSettled(order));
  }

  /** Changes an order while nobody else does, and returns it. Throws `StateError`. */
  change(orderId: string, rule: (order: Order) => Order): Promise<Order> {
    return this.store.change(async (transaction) => {
      const before = found(await transaction.get(orderId));
      const after = rule(before);
      if (after !== before) await transaction.put(after);
      return after;
    });
  }

  /**
   * Stores what the sender has done. What a user has done meanwhile counts more.
   *
   * Throws `SupersededError` if the order was edited or has ended. If it is to be cancelled since, it is due at once;
   * `cancellationIsDone` tells that the server knows.
   */
  save(order: Order, { cancellationIsDone = false } = {}): Promise<void> {
    return this.store.change((transaction) => replace(transaction, order, cancellationIsDone));
  }

  /** Pauses the queue because of an order, which is stored as `save` does. */
  pause(paused: Paused, order: Order): Promise<void> {
    return this.store.change(async (transaction) => {
      await transaction.setPaused(paused); // first: an order is held by a paused queue only
      await replace(transaction, order, false);
    });
  }

  /** Ends the pause. The orders that were held are due at once. */
  resume(now: number): Promise<void> {
    return this.store.change(async (transaction) => {
      for (const order of await transaction.all()) {
        if (order.due === null && !isSettled(order)) await transaction.put({ ...order, due: now });
      }
      await transaction.setPaused(null); // last: a crash in between leaves no order that is held for ever
    });
  }

  /** Makes due what failed temporarily. */
  wake(now: number): Promise<void> {
    return this.store.change(async (transaction) => {
      for (const order of await transaction.all()) {
        if (order.isTemporary && order.due !== null) await transaction.put({ ...order, due: now });
      }
    });
  }
}

async function replace(transaction: Transaction, order: Order, cancellationIsDone: boolean): Promise<void> {
  const now = await transaction.get(order.id);
  if (!now || now.key !== order.key || isSettled(now)) throw new SupersededError();
  const wasCancelled = now.isCancelling && !order.isCancelling && !isSettled(order);
  if (wasCancelled && !cancellationIsDone) {
    return transaction.put({ ...order, isCancelling: true, reason: now.reason, due: 0, isTemporary: false });
  }
  return transaction.put(order);
}

function found(order: Order | null | undefined): Order {
  if (!order) throw new StateError("NOT_FOUND", "The queue has no such order.");
  return order;
}
