/** Uploads: files that are too large for an order go to storage in parts, and may be interrupted. */

import type { Api } from "./api.js";
import { base64, hex } from "./bytes.js";
import { type Content, contentTypeOf, type Picture } from "./contents.js";
import {
  CancelledError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RenderiqError,
  ValidationError,
} from "./errors.js";
import type { Host } from "./host.js";
import { randomId } from "./ids.js";
import type { Purpose, SignedPartList, UploadOut, UploadPartOut } from "./models.js";

const PIECE = 1 << 20;
const MAX_HASHED_BYTES = 1_000_000_000;
const MAX_SIGNED_PARTS = 100;
/** How often a part is signed anew after storage has refused it. */
const MAX_SIGNATURES = 3;
const MAX_COMPLETIONS = 4;

/** Is called with the bytes that have arrived and the bytes of the file. */
export type Progress = (arrived: number, size: number) => void;

export interface UploadOptions {
  purpose?: Purpose;
  onProgress?: Progress | undefined;
  /** Cancels the upload: `CancelledError` is thrown then, and the upload deleted. */
  signal?: AbortSignal | undefined;
}

/** A file to upload. `sha256` is in hexadecimal. */
export interface HashedContent {
  content: Content;
  type: string;
  sha256: string;
}

/** Reads a file once, for its hash. */
export async function hashed(content: Content, host: Host): Promise<HashedContent> {
  const hash = host.createHash("sha256");
  for (let at = 0; at < content.size; at += PIECE) {
    hash.update(await content.read(at, Math.min(at + PIECE, content.size)));
  }
  const type = contentTypeOf(content.name, await content.read(0, Math.min(content.size, 16)));
  return { content, type, sha256: hex(hash.digest()) };
}

/** `client.uploads`. */
export class Uploads {
  constructor(
    private readonly api: Api,
    private readonly host: Host,
    private readonly parallel: number,
  ) {}

  /**
   * Uploads a file and returns the upload, which is ready.
   *
   * The same file for the same purpose is the same upload: a call that was interrupted, also by the end of its process,
   * goes on where it stopped. Throws `RenderiqError`.
   */
  async send(file: Picture, options: UploadOptions = {}): Promise<UploadOut> {
    return this.sendContent(await this.host.open(file, "file"), options);
  }

  /** Does the same for a file that is open. */
  async sendContent(content: Content, options: UploadOptions): Promise<UploadOut> {
    const { purpose = "capture", ...rest } = options;
    const file = await hashed(content, this.host);
    const key = `${file.sha256}-${purpose}`;
    // The first key is used up if its upload was deleted or has failed, or if the same file had another name.
    for (const each of [key, `${key}-${randomId()}`]) {
      const sending = new Sending(this.api, this.host, file, { purpose, key: each, parallel: this.parallel, ...rest });
      try {
        const upload = await sending.begin();
        if (upload.status !== "failed") return await sending.finish(upload);
      } catch (error) {
        if (!(error instanceof NotFoundError || isUsedUp(error))) throw error;
      }
    }
    throw new NotFoundError("NOT_FOUND", "The upload was deleted while it was begun.", { status: 404 });
  }

  /** Returns an upload. Throws `NotFoundError`. */
  async get(uploadId: string): Promise<UploadOut> {
    return (await this.api.call("GET", `/uploads/${uploadId}`)).data as UploadOut;
  }

  /** Deletes an upload. Throws `ConflictError` while a render needs it. */
  async delete(uploadId: string): Promise<void> {
    await this.api.call("DELETE", `/uploads/${uploadId}`);
  }
}

/** One upload while it is sent. `key` is the `Idempotency-Key` of its announcement. */
export class Sending {
  private readonly urls = new Map<number, string>();
  private arrived = 0;

  constructor(
    private readonly api: Api,
    private readonly host: Host,
    private readonly file: HashedContent,
    private readonly options: UploadOptions & { purpose: Purpose; key: string; parallel: number },
  ) {}

  /** Announces the file. The same key gives the same upload. */
  async begin(): Promise<UploadOut> {
    const { content, type, sha256 } = this.file;
    const { purpose, key } = this.options;
    const json = {
      fileName: content.name,
      contentType: type,
      size: content.size,
      purpose,
      ...(content.size <= MAX_HASHED_BYTES ? { sha256 } : {}),
    };
    const upload = (await this.api.call("POST", "/uploads", { json, key })).data as UploadOut;
    for (const part of upload.parts ?? []) if (part.url) this.urls.set(part.partNumber, part.url);
    return upload;
  }

  /** Returns what has become of an upload that was begun earlier. Throws `NotFoundError`. */
  async find(uploadId: string): Promise<UploadOut> {
    return (await this.api.call("GET", `/uploads/${uploadId}`)).data as UploadOut;
  }

  /** Sends what is missing and completes the upload. */
  async finish(upload: UploadOut): Promise<UploadOut> {
    // Looking again tells what storage has.
    return this.sendMissing(upload.status === "ready" ? upload : await this.find(upload.uploadId));
  }

  /** Does the same for an upload that was looked at just now. */
  async sendMissing(upload: UploadOut): Promise<UploadOut> {
    if (upload.status === "ready") {
      this.report(this.file.content.size);
      return upload;
    }
    const parts = upload.parts ?? [];
    let missing = parts.filter((part) => !part.received);
    if (missing.length < parts.length) this.report(sizeOf(parts) - sizeOf(missing));
    for (let completions = 0; completions < MAX_COMPLETIONS; completions++) {
      await this.sendParts(upload, missing);
      try {
        return (await this.api.call("POST", `/uploads/${upload.uploadId}/complete`, { json: {} })).data as UploadOut;
      } catch (error) {
        if (!(error instanceof ConflictError && error.code === "UPLOAD_INCOMPLETE")) throw error;
        const numbers = Array.isArray(error.details.missingParts) ? error.details.missingParts : [];
        missing = parts.filter((part) => numbers.includes(part.partNumber));
        if (!missing.length) throw error;
        this.arrived -= sizeOf(missing);
      }
    }
    const options = { status: 409, retryable: true };
    throw new ConflictError("UPLOAD_INCOMPLETE", "Parts of the upload do not arrive.", options);
  }

  private async sendParts(upload: UploadOut, parts: UploadPartOut[]): Promise<void> {
    const unsigned = parts.map((part) => part.partNumber).filter((number) => !this.urls.has(number));
    for (let first = 0; first < unsigned.length; first += MAX_SIGNED_PARTS) {
      await this.sign(upload, unsigned.slice(first, first + MAX_SIGNED_PARTS));
    }
    try {
      this.stopIfCancelled();
      await together(parts, this.options.parallel, (part) => this.sendPart(upload, part));
      this.stopIfCancelled();
    } catch (error) {
      if (error instanceof CancelledError) await this.discard(upload);
      throw error;
    }
  }

  private async sendPart(upload: UploadOut, part: UploadPartOut): Promise<void> {
    const { partNumber: number, size } = part;
    const start = (number - 1) * upload.partSize;
    const bytes = await this.file.content.read(start, start + size);
    const hash = this.host.createHash("md5");
    hash.update(bytes);
    const headers = { "Content-MD5": base64(hash.digest()) };
    for (let signatures = 0; ; signatures++) {
      this.stopIfCancelled();
      try {
        await this.api.put(this.urls.get(number)!, bytes, headers);
        break;
      } catch (error) {
        // The URL has expired.
        if (!(error instanceof PermissionDeniedError) || signatures === MAX_SIGNATURES) throw error;
        await this.sign(upload, [number]);
      }
    }
    this.report(size);
  }

  private async sign(upload: UploadOut, partNumbers: number[]): Promise<void> {
    const answer = await this.api.call("POST", `/uploads/${upload.uploadId}/parts`, { json: { partNumbers } });
    for (const part of (answer.data as SignedPartList).parts) this.urls.set(part.partNumber, part.url);
  }

  private async discard(upload: UploadOut): Promise<void> {
    try {
      await this.api.call("DELETE", `/uploads/${upload.uploadId}`);
    } catch (error) {
      // An upload that cannot be deleted now ends by itself after a day.
      if (!(error instanceof RenderiqError)) throw error;
    }
  }

  private report(more: number): void {
    this.arrived += more;
    this.options.onProgress?.(this.arrived, this.file.content.size);
  }

  private stopIfCancelled(): void {
    if (this.options.signal?.aborted) throw new CancelledError("CANCELLED", "The upload was cancelled.");
  }
}

function isUsedUp(error: unknown): boolean {
  return error instanceof ValidationError && error.code === "IDEMPOTENCY_KEY_REUSED";
}

/** Does the work for all items, several at a time. Ends at the first error, when those under way have ended. */
async function together<T>(items: readonly T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined && !errors.length; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atATime) }, worker));
  if (errors.length) throw errors[0];
}

function sizeOf(parts: readonly UploadPartOut[]): number {
  return parts.reduce((size, part) => size + part.size, 0);
}
