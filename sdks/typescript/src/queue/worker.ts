/** Makes passes in the background. */

import { RenderiqError } from "../errors.js";
import type { Pass } from "./items.js";

export const OTHER_SENDER_SECONDS = 1;
/** How often a worker looks whether another process has added an order, and whether a lost network is back. */
const IDLE_SECONDS = 5;
const MIN_SECONDS = 0.05;

/** What a worker needs of its queue. */
export interface Work {
  runPass(): Promise<Pass>;
  wake(): Promise<void>;
  isReachable(): Promise<boolean>;
  whenOnline(callback: () => void): () => void;
}

/** Calls `runPass` when something is due, and `wake` when the server can be reached again. */
export class Worker {
  private running: Promise<void> | null = null;
  private isStopping = false;
  private hasChanged = false;
  private goOn: () => void = () => {};

  constructor(private readonly work: Work) {}

  /** Starts to work, unless it does. It does not keep a process of Node alive. */
  start(): void {
    this.isStopping = false;
    this.running ??= this.run();
  }

  /** Ends after the request that is under way. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.notify();
    await this.running;
    this.running = null;
  }

  /** Tells that an order has changed. */
  notify(): void {
    this.hasChanged = true;
    this.goOn();
  }

  private async run(): Promise<void> {
    let isOnline = false;
    const forget = this.work.whenOnline(() => {
      isOnline = true;
      this.notify();
    });
    try {
      for (let wasReachable = true; !this.isStopping; ) {
        this.hasChanged = false;
        let pause = IDLE_SECONDS;
        try {
          if (isOnline) await this.work.wake();
          isOnline = false;
          const pass = await this.work.runPass();
          pause = pass.next === null ? IDLE_SECONDS : Math.min(pass.next, IDLE_SECONDS);
          if (!pass.isSender) pause = Math.max(pause, OTHER_SENDER_SECONDS);
          if (pass.next !== null && pass.next > IDLE_SECONDS) {
            const isReachable = await this.work.isReachable();
            if (isReachable && !wasReachable) await this.work.wake();
            wasReachable = isReachable;
          }
        } catch (error) {
          // The disk is full: everything is as it was. Anything else is a bug, which must not end the host's process.
          if (!(error instanceof RenderiqError)) console.error("The queue of Renderiq has failed.", error);
        }
        await this.sleep(Math.max(pause, MIN_SECONDS));
      }
    } finally {
      forget();
    }
  }

  private async sleep(seconds: number): Promise<void> {
    if (this.hasChanged) return;
    await new Promise<void>((resolve) => {
      const timer: unknown = setTimeout(resolve, seconds * 1000);
      (timer as { unref?: () => void }).unref?.();
      this.goOn = () => {
        clearTimeout(timer as number);
        resolve();
      };
    });
    this.goOn = () => {};
  }
}
