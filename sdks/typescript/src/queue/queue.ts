/** `client.queue`: what a program does with the queue. */

import type { Api } from "../api.js";
import { type Picture, type PictureFile, readPicture, suffixOf } from "../contents.js";
import { StateError } from "../errors.js";
import type { Host } from "../host.js";
import { randomId } from "../ids.js";
import type { RenderOptions } from "../models.js";
import { type ImageName, type OrderOptions, partsOf, withoutNothing } from "../options.js";
import {
  type Item,
  isEditable,
  isSettled,
  isUnsent,
  itemOf,
  newOrder,
  type Order,
  type Pass,
  type Paused,
  renewed,
  settled,
} from "./items.js";
import { Sender } from "./sender.js";
import { type OrderStore, Orders } from "./store.js";
import { OTHER_SENDER_SECONDS, Worker } from "./worker.js";

const CANCELLING = { code: "CANCELLING", message: "The order will be cancelled." };

/** Durable orders, which are sent when the server can be reached. Several processes or tabs may share a store. */
export class Queue {
  private readonly orders: Orders;
  private readonly sender: Sender;
  private readonly worker: Worker;

  constructor(
    private readonly api: Api,
    private readonly host: Host,
    private readonly store: OrderStore,
    parallel: number,
  ) {
    this.orders = new Orders(store);
    this.sender = new Sender(api, host, this.orders, parallel);
    this.worker = new Worker({
      runPass: () => this.runPass(),
      wake: () => this.orders.wake(api.clock.now()),
      isReachable: () => api.isReachable(),
      whenOnline: (callback) => host.whenOnline(callback),
    });
  }

  /**
   * Stores an order and returns at once, online or not.
   *
   * The pictures are copied. The result goes to the file `output`, or is kept by the queue; in a browser always. Throws
   * `DiskError` if the disk is full; nothing is stored then.
   */
  async add(image: Picture, options: OrderOptions & { output?: string } = {}): Promise<Item> {
    const { output = null, ...order } = options;
    const { fields, contents } = await partsOf(image, order, this.host.open);
    const files: Partial<Record<ImageName, PictureFile>> = {};
    const pictures: Partial<Record<ImageName, string>> = {};
    for (const [name, content] of contents) {
      const file = await readPicture(content);
      pictures[name] = name + (suffixOf(file.name) || ".png");
      files[name] = { ...file, name: pictures[name] };
    }
    const added = newOrder({ id: randomId(), key: randomId(), fields, pictures, output }, this.now());
    return this.changed(await this.store.add(added, files));
  }

  /** Returns all orders, in the order they were added. */
  async list(): Promise<Item[]> {
    return (await this.store.all()).map((order) => itemOf(order, this.now()));
  }

  /** Returns an order. Throws `StateError`. */
  async get(itemId: string): Promise<Item> {
    return itemOf(await this.orders.get(itemId), this.now());
  }

  /** Returns the picture of an order that is done. Throws `StateError`. */
  async picture(itemId: string): Promise<Blob> {
    const order = await this.orders.get(itemId);
    if (order.result === null) throw new StateError("NO_OUTPUT", "The order has no picture yet.");
    return this.store.result(order);
  }

  /** Returns why nothing is sent: too few credits, or nobody is signed in. Null if the queue is not paused. */
  paused(): Promise<Paused | null> {
    return this.store.paused();
  }

  /** Goes on after a pause. */
  async resume(): Promise<void> {
    await this.orders.resume(this.now());
    this.worker.notify();
  }

  /** Tries at once what failed temporarily. Call it when the network is back. */
  async wake(): Promise<void> {
    await this.orders.wake(this.now());
    this.worker.notify();
  }

  /** Changes an order that the server has not accepted, and sends it as a new one. Throws `StateError`. */
  edit(itemId: string, options: RenderOptions): Promise<Item> {
    return this.change(itemId, (order) => {
      if (!isEditable(order)) {
        throw new StateError("NOT_EDITABLE", "The order was sent already, so it cannot be changed any more.");
      }
      return renewed(order, randomId(), withoutNothing({ ...order.fields, ...options }), this.now());
    });
  }

  /** Sends an order that has failed or was cancelled again, as a new one. Throws `StateError`. */
  retry(itemId: string): Promise<Item> {
    return this.change(itemId, (order) => {
      if (order.state !== "failed" && order.state !== "cancelled") {
        const sentence = "Only an order that has failed or was cancelled can be tried again.";
        throw new StateError("NOT_SETTLED", sentence);
      }
      return renewed(order, randomId(), order.fields, this.now());
    });
  }

  /**
   * Cancels an order: at once if it was never sent, and else as soon as the server can be asked.
   *
   * Its credits are returned unless its render has completed meanwhile; then it is done. An order that has ended stays
   * as it is.
   */
  cancel(itemId: string): Promise<Item> {
    return this.change(itemId, (order) => {
      if (isSettled(order)) return order;
      if (isUnsent(order) && !order.isUnsure) return settled(order, "cancelled");
      return { ...order, isCancelling: true, reason: CANCELLING, due: this.now(), isTemporary: false };
    });
  }

  /** Forgets an order that has ended. In Node its result stays. Throws `StateError`. */
  async remove(itemId: string): Promise<void> {
    const order = await this.orders.get(itemId);
    if (!isSettled(order)) throw new StateError("NOT_SETTLED", "The order has not ended. Cancel it first.");
    await this.store.remove(order);
  }

  /** Does once everything that is due. `start` does that in the background. */
  runPass(): Promise<Pass> {
    return this.sender.runPass();
  }

  /** Makes passes until nothing is to come by itself: everything has ended, or the queue is paused. */
  async drain(): Promise<Pass> {
    for (;;) {
      const pass = await this.runPass();
      if (pass.next === null) return pass;
      await this.api.clock.sleep(pass.isSender ? pass.next : Math.max(pass.next, OTHER_SENDER_SECONDS));
    }
  }

  /** Makes passes in the background, until `stop`. */
  start(): void {
    this.store.tidy().catch(() => {}); // what is in the way is removed next time
    this.worker.start();
  }

  /** Ends after the request that is under way. */
  stop(): Promise<void> {
    return this.worker.stop();
  }

  private async change(itemId: string, rule: (order: Order) => Order): Promise<Item> {
    return this.changed(await this.orders.change(itemId, rule));
  }

  private changed(order: Order): Item {
    this.worker.notify();
    return itemOf(order, this.now());
  }

  private now(): number {
    return this.api.clock.now();
  }
}
