/** A pass of the sender: it sends what waits and looks at what was ordered. A crash at any point repeats nothing. */

import type { Api } from "../api.js";
import { formBody } from "../bodies.js";
import { type Content, readPicture } from "../contents.js";
import {
  AuthError,
  ConflictError,
  DiskError,
  InsufficientCreditsError,
  NetworkError,
  NotFoundError,
  RateLimitedError,
  RenderiqError,
  withRetryable,
} from "../errors.js";
import type { Host } from "../host.js";
import type { RenderAccepted, RenderOut, UploadOut } from "../models.js";
import { IMAGE_FIELDS, type ImageName, MAX_BYTES_IN_ORDER } from "../options.js";
import { readRetryAfter } from "../retries.js";
import { hashed, Sending } from "../uploads.js";
import {
  accepted,
  failedForNow,
  forbidsLooking,
  held,
  isDue,
  isUnderWay,
  isUnsent,
  lookedAt,
  type Order,
  type Pass,
  type Paused,
  reasonOf,
  secondsUntilDue,
  settled,
  type Upload,
} from "./items.js";
import { type Orders, SupersededError } from "./store.js";

const NO_UPLOAD: Upload = { uploadId: "", isReady: false, tries: 0 };

type Contents = [ImageName, Content][];

/** Makes passes over the orders of a store. Of all clients on the store, one is the sender at a time. */
export class Sender {
  private readonly api: Api;

  constructor(
    api: Api,
    private readonly host: Host,
    private readonly orders: Orders,
    private readonly parallel: number,
  ) {
    this.api = api.withoutRetries(); // the queue has pauses of its own, which survive a crash
  }

  /** Does everything that is due. Throws `DiskError` if what has happened cannot be stored. */
  async runPass(): Promise<Pass> {
    const isSender = await this.orders.store.asSender(async () => {
      await this.sendAll();
      await this.lookAtAll();
    });
    const orders = await this.orders.active();
    return { isSender, next: secondsUntilDue(orders, await this.orders.store.paused(), this.now()) };
  }

  private async sendAll(): Promise<void> {
    for (const order of (await this.orders.active()).filter(isUnsent)) {
      if ((await this.orders.store.paused()) || !isDue(order, this.now())) return;
      if (!(await this.attempt(order, () => this.send(order)))) return;
    }
  }

  private async lookAtAll(): Promise<void> {
    for (const order of (await this.orders.active()).filter(isUnderWay)) {
      if (forbidsLooking(await this.orders.store.paused())) return;
      if (isDue(order, this.now()) && !(await this.attempt(order, () => this.look(order)))) return;
    }
  }

  /** Works on an order. Returns false if those behind it have to wait. */
  private async attempt(order: Order, work: () => Promise<void>): Promise<boolean> {
    try {
      try {
        await work();
        return true;
      } catch (error) {
        if (!(error instanceof RenderiqError)) throw error;
        return await this.afterFailure(await this.orders.get(order.id), error);
      }
    } catch (error) {
      // The next pass sees what has become of it, and keeps the order.
      if (error instanceof SupersededError) return false;
      throw error;
    }
  }

  private async afterFailure(order: Order, error: RenderiqError): Promise<boolean> {
    const hasTooFewCredits = error instanceof InsufficientCreditsError;
    if (error instanceof AuthError || (hasTooFewCredits && !order.isCancelling)) {
      const { requiredCredits, availableCredits } = error.details;
      const credits = hasTooFewCredits ? { requiredCredits, availableCredits } : {};
      await this.orders.pause({ ...reasonOf(error), ...credits } as Paused, held(order, error));
      return false;
    }
    if (error.retryable && !hasTooFewCredits) {
      await this.orders.save(failedForNow(order, error, this.now(), this.api.clock.chance()));
      return false;
    }
    const end = order.isCancelling
      ? settled(order, "cancelled")
      : settled(order, "failed", { reason: reasonOf(error) });
    await this.orders.save(end);
    return true;
  }

  // ------------------------------------------------------------ sending

  private async send(order: Order): Promise<void> {
    const contents: Contents = [];
    for (const name of Object.keys(order.pictures) as ImageName[]) {
      contents.push([name, await this.orders.store.picture(order, name)]);
    }
    const size = contents.reduce((sum, [, content]) => sum + content.size, 0);
    await this.order(size > MAX_BYTES_IN_ORDER ? await this.uploaded(order, contents) : order, contents);
  }

  private async order(order: Order, contents: Contents): Promise<void> {
    const body = await bodyOf(order, contents);
    // From now on, a crash leaves it unknown whether the server has the order.
    const sent = { ...order, isUnsure: true };
    await this.orders.save(sent);
    try {
      const answer = (await this.api.call("POST", "/renders", { body, key: order.key })).data as RenderAccepted;
      await this.orders.save(accepted(sent, answer.renderId, answer.estimatedTime ?? 0, this.now()));
    } catch (error) {
      if (error instanceof ConflictError && error.code === "UPLOAD_INCOMPLETE") {
        await this.orders.save({ ...withoutUploads(order), isUnsure: false });
        throw withRetryable(error, true);
      }
      if (error instanceof InsufficientCreditsError) await this.orders.save({ ...order, isUnsure: false });
      else if (certainlyWasNotAccepted(error)) await this.orders.save(order);
      throw error;
    }
  }

  /** Uploads the pictures, each from where it was interrupted. */
  private async uploaded(order: Order, contents: Contents): Promise<Order> {
    let current = order;
    for (const [name, content] of contents) {
      const known = current.uploads[name] ?? NO_UPLOAD;
      if (!known.isReady) current = await this.upload({ ...current, state: "uploading" }, name, content, known);
    }
    return current;
  }

  private async upload(order: Order, name: ImageName, content: Content, known: Upload): Promise<Order> {
    await this.orders.save(order);
    const { file, purpose } = IMAGE_FIELDS[name];
    const key = `${order.key}-${file}${known.tries ? `-${known.tries}` : ""}`;
    const options = { purpose, key, parallel: this.parallel };
    const sending = new Sending(this.api, this.host, await hashed(content, this.host), options);
    let current = order;
    try {
      let upload: UploadOut;
      if (known.uploadId) {
        upload = await sending.sendMissing(await sending.find(known.uploadId));
      } else {
        const begun = await sending.begin();
        current = withUpload(order, name, { ...known, uploadId: begun.uploadId });
        await this.orders.save(current);
        upload = await sending.finish(begun);
      }
      if (upload.status === "failed")
        throw new NotFoundError("UPLOAD_FAILED", upload.error || "The upload has failed.");
      current = withUpload(current, name, { ...known, uploadId: upload.uploadId, isReady: true });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      // It has ended or was deleted: another one is begun.
      await this.orders.save(withUpload(current, name, { ...NO_UPLOAD, tries: known.tries + 1 }));
      throw withRetryable(error, true);
    }
    await this.orders.save(current);
    return current;
  }

  // ------------------------------------------------------------ looking

  private async look(order: Order): Promise<void> {
    const going = { ...order, isCancelling: false };
    let answer: Awaited<ReturnType<Api["call"]>>;
    try {
      answer = await this.api.call(order.isCancelling ? "DELETE" : "GET", `/renders/${order.renderId}`);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      // It has ended before it could be cancelled.
      const look = { status: "", retryAfter: 0, underWay: 0, now: this.now() };
      return this.orders.save(lookedAt(going, look), { cancellationIsDone: true });
    }
    const render = answer.data as RenderOut;
    if (render.status === "completed") {
      await this.finish(going, render);
    } else if (render.status === "cancelled") {
      await this.orders.save(settled(going, "cancelled"));
    } else if (render.status === "failed") {
      const reason = { code: render.errorCode || "RENDER_FAILED", message: render.error || "The render failed." };
      await this.orders.save(settled(going, "failed", { reason }));
    } else {
      const retryAfter = readRetryAfter(answer.headers.get("retry-after"), this.now()) ?? 0;
      const underWay = (await this.orders.active()).filter(isUnderWay).length;
      const look = { status: render.status ?? "", retryAfter, underWay, now: this.now() };
      await this.orders.save(lookedAt(going, look), { cancellationIsDone: order.isCancelling });
    }
  }

  private async finish(order: Order, render: RenderOut): Promise<void> {
    const rendered: Order = { ...order, state: "rendering" };
    await this.orders.save(rendered, { cancellationIsDone: true }); // it is too late for that
    const suffix = `.${render.outputFormat ?? "png"}`;
    const result = await this.orders.store.saveResult(order, suffix, async (sink) => {
      try {
        await this.api.download(render.outputUrl ?? "", sink);
      } catch (error) {
        // A link ends after a day; the next look gets another one.
        throw error instanceof RenderiqError && !(error instanceof DiskError) ? withRetryable(error, true) : error;
      }
    });
    await this.orders.save(settled(rendered, "done", { result }));
  }

  private now(): number {
    return this.api.clock.now();
  }
}

async function bodyOf(order: Order, contents: Contents) {
  const fields = { ...order.fields };
  const files: Parameters<typeof formBody>[1] = {};
  for (const [name, content] of contents) {
    const { file, upload } = IMAGE_FIELDS[name];
    const known = order.uploads[name];
    if (known) fields[upload] = known.uploadId;
    else files[file] = await readPicture(content);
  }
  return formBody(fields, files);
}

/** Returns whether the server cannot have taken the order of a request that failed so, and knows nothing of it. */
function certainlyWasNotAccepted(error: unknown): boolean {
  if (error instanceof NetworkError) return !error.wasSent;
  return error instanceof AuthError || error instanceof RateLimitedError;
}

function withUpload(order: Order, name: ImageName, upload: Upload): Order {
  return { ...order, uploads: { ...order.uploads, [name]: upload } };
}

function withoutUploads(order: Order): Order {
  const entries = Object.entries(order.uploads).map(([name, each]) => [name, { ...NO_UPLOAD, tries: each.tries + 1 }]);
  return { ...order, uploads: Object.fromEntries(entries) };
}
