/** Ids that nobody else chooses. */

import { hex } from "./bytes.js";

let source: Pick<Crypto, "getRandomValues"> = globalThis.crypto;

/** Names where chance comes from. Node 18 has no global `crypto`. */
export function useRandomSource(given: Pick<Crypto, "getRandomValues">): void {
  source = given;
}

/** Returns a random UUID (version 4). `crypto.randomUUID` is missing in pages without TLS. */
export function randomId(): string {
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
