/** Tokens of a session, and what keeps them. */

import { isObject } from "./errors.js";

/** The least seconds that a new access token is used for, whatever the clock says. */
const MIN_LIFETIME = 300;

/** The tokens of a session. `expiresAt` is the end of the access token, in seconds since the Unix epoch. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
  email: string;
}

/** Keeps the tokens of one session. */
export interface TokenStore {
  /** Returns the tokens, or null if there are none or they are damaged. */
  load(): Promise<Tokens | null>;
  /** Replaces the tokens. */
  save(tokens: Tokens): Promise<void>;
  /** Forgets the tokens. */
  clear(): Promise<void>;
  /** Does something while no other process, tab or client that shares the store does the same. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Reads the answer to a sign-in or to a refresh.
 *
 * If this machine's clock is ahead, the token would seem to have ended already, and each request would refresh it.
 */
export function readTokens(body: Record<string, unknown>, now: number): Tokens {
  const user = isObject(body.user) ? body.user : {};
  return {
    accessToken: String(body.access_token ?? ""),
    refreshToken: String(body.refresh_token ?? ""),
    expiresAt: Math.max(readTime(String(body.expires_at ?? "")), now + MIN_LIFETIME),
    email: String(user.email ?? ""),
  };
}

/** Returns the tokens that a store has kept, or null if they are damaged. */
export function parseTokens(kept: unknown): Tokens | null {
  if (!isObject(kept)) return null;
  const { accessToken, refreshToken, expiresAt, email } = kept;
  if (typeof accessToken !== "string" || typeof refreshToken !== "string" || typeof expiresAt !== "number") return null;
  return { accessToken, refreshToken, expiresAt, email: typeof email === "string" ? email : "" };
}

/** Returns the seconds since the Unix epoch of a time of the wire. A time that cannot be read is 0. */
export function readTime(text: string): number {
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : at / 1000;
}
