/** The SDK in pages and workers of a browser. */

import { type Content, contentOfBlob, contentOfBytes, type Picture } from "../contents.js";
import { StateError } from "../errors.js";
import { createHash, type Hash, type HashName } from "../hashes.js";
import type { Host } from "../host.js";
import type { DeviceCode } from "../sign-in.js";
import { BlobSink } from "../sinks.js";
import type { Sink } from "../transport.js";
import { Database } from "./database.js";
import { DatabaseOrderStore } from "./orders.js";
import { DatabaseTokenStore } from "./tokens.js";

export class BrowserHost implements Host {
  readonly runtime = null;

  variable(): undefined {
    return undefined;
  }

  async open(picture: Picture, name: string): Promise<Content> {
    if (typeof picture !== "string") {
      return picture instanceof Blob ? contentOfBlob(name, picture) : contentOfBytes(name, picture);
    }
    if (!/^(data|blob):/.test(picture)) {
      throw new StateError("NO_FILES", "A page cannot read files by their path. Give a Blob, or a data: or blob: URL.");
    }
    return contentOfBlob(name, await (await fetch(picture)).blob());
  }

  createHash(name: HashName): Hash {
    return createHash(name);
  }

  /** Lets the user download a file of that name. */
  async save(path: string, write: (sink: Sink) => Promise<void>): Promise<void> {
    const sink = new BlobSink("application/octet-stream");
    await write(sink);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(sink.blob);
    link.download = path;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  tokenStore(directory: string | undefined, baseUrl: string): DatabaseTokenStore {
    return new DatabaseTokenStore(new Database(directory), baseUrl);
  }

  orderStore(directory: string | undefined): DatabaseOrderStore {
    return new DatabaseOrderStore(new Database(directory));
  }

  /** Opens the code's page. A browser allows that if the user has just clicked. */
  show({ completeUrl }: DeviceCode): void {
    globalThis.open?.(completeUrl, "_blank", "noopener");
  }

  whenOnline(callback: () => void): () => void {
    globalThis.addEventListener?.("online", callback);
    return () => globalThis.removeEventListener?.("online", callback);
  }
}
