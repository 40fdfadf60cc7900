/** Orders of the queue and their rules. Nothing here touches a disk or a network. */

import type { RenderiqError } from "../errors.js";
import type { ImageName } from "../options.js";
import { backoff } from "../retries.js";

const FIRST_PAUSE = 2;
const MAX_PAUSE = 300;
/** With jitter. Nothing is ever due later than that, unless the clock was set back. */
const LONGEST_PAUSE = MAX_PAUSE * 1.25;
const MIN_LOOK = 2;
const MAX_ESTIMATE = 30;
/** Seconds between two looks for each render under way: all of them together stay far below the rate limit. */
const LOOK_PER_RENDER = 1.5;

/** The states of an order. */
export type State = "waiting" | "uploading" | "ordered" | "rendering" | "done" | "failed" | "cancelled";

/** Why an order is where it is: a permanent code, and a sentence for a person. */
export interface Reason {
  code: string;
  message: string;
}

/** Why the queue sends nothing. */
export interface Paused extends Reason {
  requiredCredits?: number;
  availableCredits?: number;
}

/** What came of a pass. `next` are the seconds until something is due, null if nothing is to come. */
export interface Pass {
  /** Whether this client was the sender: one on a queue is, at a time. */
  isSender: boolean;
  next: number | null;
}

/** The upload of one picture of an order. `tries` counts uploads that were begun in place of lost ones. */
export interface Upload {
  uploadId: string;
  isReady: boolean;
  tries: number;
}

/** An order as the queue keeps it. Times are seconds since the Unix epoch. */
export interface Order {
  readonly number: number;
  readonly id: string;
  /** The `Idempotency-Key`, chosen when the order was queued. */
  readonly key: string;
  readonly state: State;
  /** Those of the wire. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The names of the files beside it. */
  readonly pictures: Readonly<Partial<Record<ImageName, string>>>;
  readonly output: string | null;
  readonly uploads: Readonly<Partial<Record<ImageName, Upload>>>;
  readonly renderId: string | null;
  /** Whether the order was sent and its answer is unknown. */
  readonly isUnsure: boolean;
  readonly isCancelling: boolean;
  readonly failures: number;
  /** Null if nothing is to come. */
  readonly due: number | null;
  readonly reason: Reason | null;
  readonly isTemporary: boolean;
  readonly result: string | null;
}

/** An order as a program sees it. */
export interface Item {
  id: string;
  state: State;
  reason: Reason | null;
  /** The seconds until it is tried, null if nothing is to come. */
  next: number | null;
  renderId: string | null;
  /** The path of the picture; in a browser its name. `queue.picture` returns its bytes. */
  result: string | null;
  isEditable: boolean;
  options: Readonly<Record<string, unknown>>;
}

export function isUnsent(order: Order): boolean {
  return order.state === "waiting" || order.state === "uploading";
}

export function isUnderWay(order: Order): boolean {
  return order.state === "ordered" || order.state === "rendering";
}

export function isSettled(order: Order): boolean {
  return !isUnsent(order) && !isUnderWay(order);
}

/** Returns whether renders that were ordered cannot be looked at either: nobody is signed in. */
export function forbidsLooking(paused: Paused | null): boolean {
  return paused !== null && paused.code !== "INSUFFICIENT_CREDITS";
}

/** Returns whether something is to be done now. */
export function isDue({ due }: Order, now: number): boolean {
  return due !== null && (due <= now || due - now > LONGEST_PAUSE);
}

/** Returns whether the server certainly has not accepted it. */
export function isEditable(order: Order): boolean {
  return !order.isCancelling && (order.state === "failed" || (isUnsent(order) && !order.isUnsure));
}

/** Returns a new order. Its store gives it a number. */
export function newOrder(order: Pick<Order, "id" | "key" | "fields" | "pictures" | "output">, now: number): Order {
  return {
    ...order,
    number: 0,
    state: "waiting",
    uploads: {},
    renderId: null,
    isUnsure: false,
    isCancelling: false,
    failures: 0,
    due: now,
    reason: null,
    isTemporary: false,
    result: null,
  };
}

/** Returns the order as a new one, in its old place. */
export function renewed(order: Order, key: string, fields: Order["fields"], now: number): Order {
  return { ...newOrder({ ...order, key, fields }, now), number: order.number };
}

/** Returns the order after a temporary failure. */
export function failedForNow(order: Order, error: RenderiqError, now: number, chance: number): Order {
  const failures = order.failures + 1;
  const pause = backoff(failures, chance, { first: FIRST_PAUSE, most: MAX_PAUSE });
  const due = now + Math.max(pause, Math.min(error.retryAfter ?? 0, MAX_PAUSE));
  return { ...order, failures, due, reason: reasonOf(error), isTemporary: true };
}

/** Returns the order while the queue is paused because of it. */
export function held(order: Order, error: RenderiqError): Order {
  return { ...order, due: null, reason: reasonOf(error), isTemporary: false };
}

/** Returns the order at its end. */
export function settled(order: Order, state: State, more: { reason?: Reason; result?: string } = {}): Order {
  const { reason = null, result = null } = more;
  const calm = { due: null, failures: 0, isTemporary: false, isUnsure: false, isCancelling: false };
  return { ...order, ...calm, state, reason, result };
}

/** Returns the order that the server has accepted. */
export function accepted(order: Order, renderId: string, estimatedSeconds: number, now: number): Order {
  const due = order.isCancelling ? now : now + Math.min(Math.max(estimatedSeconds, MIN_LOOK), MAX_ESTIMATE);
  return { ...goingOn(order), state: "ordered", due, renderId };
}

/** Returns the order whose render has not ended. `underWay` counts the renders of the whole queue. */
export function lookedAt(
  order: Order,
  look: { status: string; retryAfter: number; underWay: number; now: number },
): Order {
  const due = look.now + Math.max(MIN_LOOK, look.retryAfter, LOOK_PER_RENDER * look.underWay);
  return { ...goingOn(order), state: look.status === "processing" ? "rendering" : "ordered", due };
}

/** Returns the reason that an error is. */
export function reasonOf({ code, message }: RenderiqError): Reason {
  return { code, message };
}

/** Returns what a program may see of an order. */
export function itemOf(order: Order, now: number): Item {
  return {
    id: order.id,
    state: order.state,
    reason: order.reason,
    next: secondsUntil(order, now),
    renderId: order.renderId,
    result: order.result,
    isEditable: isEditable(order),
    options: order.fields,
  };
}

/** Returns when the next pass has something to do. Of the orders that were not sent, only the first one counts. */
export function secondsUntilDue(orders: readonly Order[], paused: Paused | null, now: number): number | null {
  const first = orders.find(isUnsent);
  const counted = forbidsLooking(paused) ? [] : orders.filter(isUnderWay);
  if (first && !paused) counted.push(first);
  const waits = counted.map((order) => secondsUntil(order, now)).filter((wait) => wait !== null);
  return waits.length ? Math.min(...waits) : null;
}

function secondsUntil(order: Order, now: number): number | null {
  if (order.due === null) return null;
  return isDue(order, now) ? 0 : order.due - now;
}

function goingOn(order: Order): Order {
  return { ...order, reason: null, failures: 0, isTemporary: false, isUnsure: false };
}
