/** Renders: order, wait, download, order again. */

import type { Api } from "./api.js";
import { formBody } from "./bodies.js";
import type { Picture, PictureFile } from "./contents.js";
import { RenderFailedError, StateError, WaitTimeoutError } from "./errors.js";
import type { Host } from "./host.js";
import type { EstimateOut, RenderAccepted, RenderOptions, RenderOut } from "./models.js";
import { filesOf, IMAGE_FIELDS, MAX_BYTES_IN_ORDER, type OrderOptions, partsOf, withoutNothing } from "./options.js";
import { pages, type Query } from "./pages.js";
import { BlobSink } from "./sinks.js";
import type { Uploads } from "./uploads.js";

/** How long the server holds a request until the render changes. */
const WAIT_SECONDS = 20;
/** The seconds between an answer and the next request. */
const WAIT_PAUSE = 1;

/** `client.renders`. Options such as `style`, `quality` and `prompt` are those of `RenderOptions`. */
export class Renders {
  constructor(
    private readonly api: Api,
    private readonly uploads: Uploads,
    private readonly host: Host,
  ) {}

  /**
   * Orders a render of a viewport capture, and returns what was accepted.
   *
   * Pictures that are too large for a request are uploaded first. Throws `InsufficientCreditsError`, `ValidationError`,
   * or another `RenderiqError`.
   */
  async create(image: Picture, options: OrderOptions & { idempotencyKey?: string } = {}): Promise<RenderAccepted> {
    const { idempotencyKey, ...order } = options;
    const { fields, contents } = await partsOf(image, order, this.host.open);
    if (contents.reduce((size, [, each]) => size + each.size, 0) <= MAX_BYTES_IN_ORDER) {
      return this.order(fields, await filesOf(contents), idempotencyKey);
    }
    for (const [name, content] of contents) {
      const { upload, purpose } = IMAGE_FIELDS[name];
      fields[upload] = (await this.uploads.sendContent(content, { purpose })).uploadId;
    }
    return this.order(fields, {}, idempotencyKey);
  }

  /** Returns a render. Throws `NotFoundError`. */
  async get(renderId: string): Promise<RenderOut> {
    return (await this.api.call("GET", `/renders/${renderId}`)).data as RenderOut;
  }

  /** Yields your renders, from new to old. `status`, `projectId` and `platform` filter them. */
  list(query: Query = {}): AsyncGenerator<RenderOut, void, void> {
    return pages(this.api, "/renders", "renders", query);
  }

  /**
   * Waits until a render has completed, and returns it.
   *
   * Throws `RenderFailedError` if it failed or was cancelled, and `WaitTimeoutError` after `timeout` seconds.
   */
  async wait(renderId: string, { timeout = 600 }: { timeout?: number } = {}): Promise<RenderOut> {
    const { clock } = this.api;
    const until = clock.now() + timeout;
    const call = { headers: { Prefer: `wait=${WAIT_SECONDS}` }, wait: WAIT_SECONDS };
    for (;;) {
      const render = (await this.api.call("GET", `/renders/${renderId}`, call)).data as RenderOut;
      if (hasCompleted(render)) return render;
      if (clock.now() >= until) {
        throw new WaitTimeoutError("WAIT_TIMEOUT", "The render is not ready yet. It goes on.", { retryable: true });
      }
      await clock.sleep(WAIT_PAUSE);
    }
  }

  /** Returns the picture of a completed render. Throws `StateError` if there is none. */
  async picture(render: RenderOut | string): Promise<Blob> {
    const found = await this.withPicture(render);
    const sink = new BlobSink(`image/${found.outputFormat ?? "png"}`);
    await this.api.download(found.outputUrl, sink);
    return sink.blob;
  }

  /**
   * Writes the picture of a completed render to a file, whole or not at all, and returns its path. In a browser it is
   * a download of that name.
   *
   * Throws `StateError` if there is none.
   */
  async download(render: RenderOut | string, path: string): Promise<string> {
    const { outputUrl } = await this.withPicture(render);
    await this.host.save(path, (sink) => this.api.download(outputUrl, sink));
    return path;
  }

  /** Orders a render again. `changes` are options; null gives an option its default: `{ seed: null }`. */
  async again(
    renderId: string,
    options: { changes?: RenderOptions; count?: number; idempotencyKey?: string } = {},
  ): Promise<RenderAccepted> {
    const { changes = {}, count, idempotencyKey: key } = options;
    const answer = await this.api.call("POST", `/renders/${renderId}/again`, { json: { changes, count }, key });
    return answer.data as RenderAccepted;
  }

  /** Cancels a render; its credits are returned. Throws `ConflictError` if it has ended. */
  async cancel(renderId: string): Promise<RenderOut> {
    return (await this.api.call("DELETE", `/renders/${renderId}`)).data as RenderOut;
  }

  /** Returns what an order would cost, and whether the balance is enough. */
  async estimate(options: RenderOptions = {}): Promise<EstimateOut> {
    return (await this.api.call("POST", "/renders/estimate", { json: withoutNothing(options) })).data as EstimateOut;
  }

  private async order(
    fields: Record<string, unknown>,
    files: Record<string, PictureFile>,
    key: string | undefined,
  ): Promise<RenderAccepted> {
    return (await this.api.call("POST", "/renders", { body: formBody(fields, files), key })).data as RenderAccepted;
  }

  private async withPicture(render: RenderOut | string): Promise<RenderOut & { outputUrl: string }> {
    const found = typeof render === "string" ? await this.get(render) : render;
    if (!found.outputUrl) throw new StateError("NO_OUTPUT", "The render has no picture yet.");
    return { ...found, outputUrl: found.outputUrl };
  }
}

/** Returns whether a render has completed. Throws `RenderFailedError` if it will not. */
function hasCompleted(render: RenderOut): boolean {
  const details = { ...render };
  if (render.status === "cancelled") {
    throw new RenderFailedError("RENDER_CANCELLED", render.error || "The render was cancelled.", { details });
  }
  if (render.status === "failed") {
    const code = render.errorCode || "RENDER_FAILED";
    throw new RenderFailedError(code, render.error || "The render failed.", { details });
  }
  return render.status === "completed";
}
