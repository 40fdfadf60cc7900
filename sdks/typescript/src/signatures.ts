/** Whether a message is from Renderiq (https://www.standardwebhooks.com). */

import { base64, fromBase64, joined, utf8 } from "./bytes.js";
import { isObject, SignatureError } from "./errors.js";
import { hmacSha256 } from "./hashes.js";

/** The seconds by which a message may be older or newer than the clock. */
const TOLERANCE = 300;
const PREFIX = "whsec_";

/** The headers of a message: those of `fetch`, of Node, or a plain object. */
export type MessageHeaders = Headers | Record<string, string | readonly string[] | undefined>;

/** The event of a message. */
export interface WebhookEvent {
  type?: string;
  timestamp?: string;
  data?: Record<string, unknown>;
  [field: string]: unknown;
}

/**
 * Returns the event of a message, if one of its signatures is right.
 *
 * `body` must be as it was received, byte by byte. `now` is in seconds since the Unix epoch.
 *
 * @throws {SignatureError}
 */
export function verify(
  body: string | Uint8Array,
  headers: MessageHeaders,
  secret: string,
  now: number = Date.now() / 1000,
): WebhookEvent {
  const content = typeof body === "string" ? utf8(body) : body;
  const [id, timestamp, signatures] = headersOf(headers, ["webhook-id", "webhook-timestamp", "webhook-signature"]);
  if (!/^\d+$/.test(timestamp!) || Math.abs(now - Number(timestamp)) > TOLERANCE) {
    throw new SignatureError("TIMESTAMP_OUT_OF_RANGE", "The message is too old, or a clock is wrong.");
  }
  const right = `v1,${base64(hmacSha256(keyOf(secret), joined([utf8(`${id}.${timestamp}.`), content])))}`;
  // All are compared, so that the time does not tell which one was right.
  const matches = signatures!.split(" ").map((each) => isSame(each, right));
  if (!matches.includes(true)) throw new SignatureError("BAD_SIGNATURE", "The signature of the message is wrong.");
  const event: unknown = JSON.parse(new TextDecoder().decode(content));
  return isObject(event) ? event : {};
}

function headersOf(headers: MessageHeaders, names: string[]): string[] {
  const pairs = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const found = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  return names.map((name) => {
    const value = found.get(name);
    if (value === undefined) throw new SignatureError("MISSING_HEADER", `The message has no header ${name}.`);
    return typeof value === "string" ? value : value.join(" ");
  });
}

/** Compares in a time that depends on the length only, which is no secret. */
function isSame(given: string, right: string): boolean {
  const one = utf8(given);
  const other = utf8(right);
  let difference = one.length ^ other.length;
  for (let index = 0; index < other.length; index++) difference |= (one[index] ?? 0) ^ other[index]!;
  return difference === 0;
}

function keyOf(secret: string): Uint8Array {
  const key = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;
  return key ?? utf8(secret); // the text itself is the key then, as it is for the server
}
