/** What the panel decides by itself, without a page: crops, styles, and what to do next. */

import type { Capabilities, Capture, Category, Crop, Look, QueueEntry, Style } from "./protocol.js";
import type { TextKey } from "./words.js";

export const NEAREST = "nearest";
export const SOURCE = "source";
export const EMPTY_LOOK: Look = {
  style: "",
  prompt: "",
  negativePrompt: "",
  quality: "",
  model: "",
  aspectRatio: NEAREST,
  structureStrength: 0.7,
  seed: null,
};
const SMALLEST_CROP = 0.1;

/** Returns width divided by height of a ratio such as `16:9`, or null if it is no pair of numbers. */
export function ratioOf(name: string): number | null {
  const [width, height] = name.split(":").map(Number);
  const ratio = (width ?? 0) / (height ?? 0);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** Returns the ratio that crops the smallest part of a view away, or `source` if there is none. */
export function nearestRatio(width: number, height: number, names: readonly string[]): string {
  const away = (name: string) => Math.abs(Math.log((ratioOf(name) ?? Infinity) / (width / height)));
  const known = names.filter((name) => ratioOf(name) !== null);
  return known.reduce((best, name) => (away(name) < away(best) ? name : best), known[0] ?? SOURCE);
}

/** Returns width divided by height of a crop in parts of the picture, for a ratio. `source` is that of the picture. */
function partRatio(capture: Pick<Capture, "width" | "height">, aspectRatio: string): number {
  return ((ratioOf(aspectRatio) ?? capture.width / capture.height) * capture.height) / capture.width;
}

/** Returns the largest crop of a ratio in the middle of a picture. */
export function largestCrop(capture: Pick<Capture, "width" | "height">, aspectRatio: string): Crop {
  const ratio = partRatio(capture, aspectRatio);
  const [width, height] = ratio > 1 ? [1, 1 / ratio] : [ratio, 1];
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

/** Returns a crop that was moved, inside of the picture. */
export function movedCrop(crop: Crop, dx: number, dy: number): Crop {
  return { ...crop, x: between(crop.x + dx, 0, 1 - crop.width), y: between(crop.y + dy, 0, 1 - crop.height) };
}

/** Returns a crop of another size with the same proportions around its middle, inside of the picture. */
export function scaledCrop(crop: Crop, factor: number): Crop {
  const largest = Math.min(1 / crop.width, 1 / crop.height);
  const smallest = Math.min(SMALLEST_CROP / Math.min(crop.width, crop.height), 1);
  const by = between(factor, smallest, largest);
  const [width, height] = [Math.min(1, crop.width * by), Math.min(1, crop.height * by)];
  const [x, y] = [crop.x + (crop.width - width) / 2, crop.y + (crop.height - height) / 2];
  return movedCrop({ x, y, width, height }, 0, 0);
}

/** Returns a crop whose lower right corner was drawn by `dx`, `dy`, with the same proportions. */
export function stretchedCrop(crop: Crop, dx: number, dy: number): Crop {
  const most = Math.min((1 - crop.x) / crop.width, (1 - crop.y) / crop.height);
  const least = Math.min(SMALLEST_CROP / Math.min(crop.width, crop.height), 1);
  const by = between(1 + (dx / crop.width + dy / crop.height) / 2, least, most);
  return { ...crop, width: Math.min(1, crop.width * by), height: Math.min(1, crop.height * by) };
}

const between = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), Math.max(low, high));

/** Returns the styles of a category and those below it that have all the words. */
export function foundStyles(
  styles: readonly Style[],
  categories: readonly Category[],
  category: string,
  words: string,
): Style[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const parents = new Map(categories.map((each) => [each.name, each.parent]));
  const isIn = (name: string | null | undefined): boolean => {
    for (let at = name, steps = 0; at && steps < 20; at = parents.get(at), steps++) if (at === category) return true;
    return false;
  };
  return styles.filter((style) => {
    const text = [style.title, style.description, style.styleId, ...(style.tags ?? [])].join(" ").toLocaleLowerCase();
    return (!category || isIn(style.category)) && wanted.every((word) => text.includes(word));
  });
}

/** Returns a category with those above it, such as `Outdoors › Evening`. */
export function categoryPath(categories: readonly Category[], category: Category): string {
  const titles: string[] = [];
  for (let at: Category | undefined = category; at && titles.length < 5; ) {
    titles.unshift(at.title);
    const parent: string | null | undefined = at.parent;
    at = categories.find((each) => each.name === parent);
  }
  return titles.join(" › ");
}

/** Whether the chosen model uses a field of an order. What is not known is taken to be used. */
export function usesInput(capabilities: Capabilities | null | undefined, model: string, input: string): boolean {
  const found = capabilities?.models.find((each) => (model ? each.name === model : each.isDefault));
  return found?.inputs.includes(input) ?? true;
}

/** Returns the name without its version, which two versions of a style share. */
export const styleName = (id: string): string => id.split("@")[0] ?? id;

const NEXT: Record<string, TextKey> = {
  AUTH_REQUIRED: "next_AUTH_REQUIRED",
  INVALID_TOKEN: "next_AUTH_REQUIRED",
  TOKEN_EXPIRED: "next_AUTH_REQUIRED",
  REFRESH_FAILED: "next_AUTH_REQUIRED",
  INSUFFICIENT_CREDITS: "next_CREDITS",
  NETWORK_ERROR: "next_NETWORK",
  TIMED_OUT: "next_NETWORK",
  HOST_OFFLINE: "next_NETWORK",
  BAD_ANSWER: "next_NETWORK",
  SERVICE_UNAVAILABLE: "next_NETWORK",
  RATE_LIMIT_EXCEEDED: "next_WAIT",
  ACCESS_DENIED: "next_CODE",
  EXPIRED_TOKEN: "next_CODE",
  CONSENT_REQUIRED: "next_CONSENT_REQUIRED",
  INVALID_INPUT: "next_EDIT",
  CONTENT_BLOCKED: "next_EDIT",
  MODEL_TOO_LARGE: "next_MODEL",
  MODEL_UNREADABLE: "next_MODEL",
  DISK_FULL: "next_DISK_FULL",
  BUSY: "next_BUSY",
  NOTHING_TO_CAPTURE: "next_NOTHING_TO_CAPTURE",
  CAPTURE_FAILED: "next_CAPTURE_FAILED",
  NOT_FOUND: "next_NOT_FOUND",
  FILE_MISSING: "next_NOT_FOUND",
  QUOTA_EXCEEDED: "next_QUOTA_EXCEEDED",
};

/** Returns the sentence that says what to do after an error. */
export function nextStep(code: string, isRefused = false): TextKey {
  return NEXT[code] ?? (isRefused ? "next_EDIT" : "next_LOG");
}

/** Returns a server's sentence with a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return !trimmed || /[.!?。！？…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

export type Action = "cancel" | "retry" | "edit" | "remove";

/** Returns what can be done with an order. */
export function actionsOf(entry: Pick<QueueEntry, "state" | "refused">): Action[] {
  if (entry.state === "done") return ["remove"];
  if (entry.state === "failed") return entry.refused ? ["edit", "remove"] : ["retry", "remove"];
  return entry.state === "cancelled" ? ["retry", "remove"] : ["cancel"];
}
