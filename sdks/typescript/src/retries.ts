/** When a failed request is sent again. Pure rules; the caller waits. */

import type { RenderiqError } from "./errors.js";

export const MAX_RETRIES = 3;
const MAX_PAUSE = 8;
/** A longer `Retry-After` is not waited for: the caller gets the error. */
const MAX_RETRY_AFTER = 60;

/**
 * Returns the seconds to wait before the request is sent again, or null if it is not.
 *
 * `failures` counts this one. `chance` in [0, 1) spreads the pause by a quarter in both directions.
 */
export function retryPause(error: RenderiqError, failures: number, chance: number, retries: number): number | null {
  const retryAfter = error.retryAfter ?? 0;
  if (!error.retryable || failures > retries || retryAfter > MAX_RETRY_AFTER) return null;
  return Math.max(backoff(failures, chance, { first: 0.5, most: MAX_PAUSE }), retryAfter);
}

/** Returns a pause that doubles with each failure, with jitter of a quarter. */
export function backoff(failures: number, chance: number, pause: { first: number; most: number }): number {
  return Math.min(pause.most, pause.first * 2 ** Math.min(failures - 1, 30)) * (0.75 + 0.5 * chance);
}

/** Reads `Retry-After`: seconds, or an HTTP date. Null if it is absent or cannot be read. */
export function readRetryAfter(value: string | null | undefined, now: number): number | null {
  if (!value) return null;
  if (/^\s*\d+\s*$/.test(value)) return Number(value);
  // Dates without a weekday are not HTTP's, and `Date.parse` reads too many of them.
  const at = /^[A-Z][a-z]{2}/.test(value.trim()) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at / 1000 - now);
}
