/** Where downloads go if there is no file. */

import type { Sink } from "./transport.js";

/** Collects a body in a `Blob` of a type. */
export class BlobSink implements Sink {
  private pieces: BlobPart[] = [];

  constructor(private readonly type: string) {}

  get blob(): Blob {
    return new Blob(this.pieces, { type: this.type });
  }

  reset(): void {
    this.pieces = [];
  }

  write(bytes: Uint8Array): void {
    this.pieces.push(bytes as Uint8Array<ArrayBuffer>);
  }
}
