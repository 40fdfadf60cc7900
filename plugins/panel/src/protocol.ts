/** The messages between panel and host. `PROTOCOL.md` says what they mean, `protocol/schema.json` what they may contain. */

export const PROTOCOL = 1;
/** The most bytes of a message to the host, in UTF-8. */
export const MAX_TO_HOST = 65_536;
/** The most bytes of a message to the panel, in UTF-8. */
export const MAX_TO_PANEL = 33_554_432;
export const MAX_SEED = 2_147_483_647;

/** A `data:` URL, or a URL that the host serves. */
export type Picture = string;
/** UTC, as `2026-03-14T09:26:53Z`. */
export type Time = string;

export interface Look {
  /** Empty: the server's default. */
  style: string;
  prompt: string;
  negativePrompt: string;
  /** Empty: the server's default. */
  quality: string;
  /** Empty: the server's default. */
  model: string;
  /** `nearest`, `source` or a ratio such as `16:9`. */
  aspectRatio: string;
  /** 0 to 1. */
  structureStrength: number;
  /** Null: the server chooses one. */
  seed: number | null;
}

/** Parts of the whole picture, 0 to 1, from the upper left corner. */
export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** `message` is the server's or host's own sentence. */
export interface Problem {
  code: string;
  message: string;
}

export interface Features {
  depth: boolean;
  materialIds: boolean;
  normals: boolean;
  model: boolean;
  batch: boolean;
  crop: boolean;
  openFile: boolean;
  /** Where a result can be put: `scene`, `background`, `sheet`, `view`, `image`, `folder`. */
  placeResult: string[];
}

export interface Hello {
  protocol: number;
  host: { name: string; title: string; version: string };
  plugin: string;
  locale: string;
  features: Features;
}

export type Account =
  | { status: "signedOut" }
  | { status: "signingIn"; userCode?: string | null; verificationUrl?: string | null; expiresAt?: Time | null }
  | { status: "signedIn"; email?: string | null; balance?: number | null };

export interface Release {
  /** The newest version. */
  version: string;
  tooOld: boolean;
}

export interface Quality {
  name: string;
  creditsCost: number;
  isDefault: boolean;
}

export interface Model {
  name: string;
  isDefault: boolean;
  creditsCost?: Record<string, number> | null;
  inputs: string[];
}

export interface Category {
  name: string;
  title: string;
  parent?: string | null;
}

/** Parts of `GET /capabilities`, as the server has them. */
export interface Capabilities {
  qualities: Quality[];
  models: Model[];
  aspectRatios: string[];
  styleCategories: Category[];
  limits?: { maxPromptLength?: number };
}

export interface Style {
  styleId: string;
  title: string;
  category: string;
  description?: string;
  tags?: string[];
  cover?: Picture | null;
}

export interface Capture {
  id: string;
  view: string;
  /** The whole view, not cropped. */
  picture: Picture;
  width: number;
  height: number;
  /** The ratio that was chosen: `source` or such as `16:9`. */
  aspectRatio: string;
  crop: Crop;
  /** Of `depth`, `materialIds`, `normals`, `model`. */
  guides: string[];
}

export interface View {
  id: string;
  name: string;
}

export type State = "preparing" | "waiting" | "uploading" | "ordered" | "rendering" | "done" | "failed" | "cancelled";

export interface QueueEntry {
  id: string;
  view: string;
  state: State;
  createdAt: Time;
  look: Look;
  /** 0 to 100. */
  progress?: number | null;
  reason?: Problem | null;
  nextTry?: Time | null;
  /** In credits. */
  cost?: number | null;
  /** The credits that came back. */
  refunded?: number | null;
  /** Whether the order was refused and waits to be edited. */
  refused?: boolean;
}

export interface HistoryEntry {
  id: string;
  view: string;
  createdAt: Time;
  look: Look;
  cost?: number | null;
  /** Thumbnails. `pictures` loads the whole ones. */
  before?: Picture | null;
  after?: Picture | null;
  /** Whether the captures are still there, so that `again` works. */
  canRepeat?: boolean;
}

export interface SavedLook {
  name: string;
  look: Look;
}

export interface Consent {
  name: string;
  version: number;
  title: string;
  text: string;
  recipients?: string[];
}

export interface Settings {
  language: "auto" | "en" | "de" | "fr" | "es" | "ja" | "zh";
  theme: "auto" | "light" | "dark";
  /** Whether depth, material ids and normals are sent. */
  sendGuides: boolean;
  /** Whether a finished result is put into the host by itself. */
  placeWhenDone: boolean;
}

/** All that changes. A key that was never sent is not known. */
export interface Shown {
  network: "online" | "hostOffline" | "unreachable";
  account: Account;
  release: Release | null;
  problem: Problem | null;
  paused: Problem | null;
  capabilities: Capabilities | null;
  styles: Style[];
  capture: Capture | null;
  views: View[];
  look: Look;
  looks: SavedLook[];
  settings: Settings;
  consents: Consent[];
  log: { path: string } | null;
  queue: QueueEntry[];
  history: HistoryEntry[];
}

export interface StateChange {
  revision: number;
  reset?: boolean;
  set?: Partial<Omit<Shown, "queue" | "history">>;
  put?: { queue?: QueueEntry[]; history?: HistoryEntry[] };
  remove?: { queue?: string[]; history?: string[] };
}

export interface Notice {
  level: "info" | "error";
  code?: string;
  message: string;
}

export interface Estimate {
  /** Credits of all renders together. Null: not known yet. */
  cost: number | null;
  /** Credits that are left when all that waits is paid. Null: not known. */
  left: number | null;
  sufficient: boolean;
}

type Id = { id: string };
type Nothing = Record<string, never>;

/** Params and result of each method. */
export interface Methods {
  hello: [{ protocol: number; panel: string }, Hello];
  refresh: [Nothing, Nothing];
  signIn: [Nothing, Nothing];
  cancelSignIn: [Nothing, Nothing];
  signOut: [Nothing, Nothing];
  capture: [{ aspectRatio: string }, Nothing];
  setCrop: [{ captureId: string; aspectRatio: string; crop: Crop }, Nothing];
  estimate: [{ look: Look; count: number }, Estimate];
  order: [{ look: Look; captureId: string } | { look: Look; views: string[] }, { ids: string[] }];
  cancel: [Id, Nothing];
  retry: [Id, Nothing];
  again: [{ id: string; look: Look }, { ids: string[] }];
  edit: [{ id: string; look: Look }, Nothing];
  remove: [Id, Nothing];
  resume: [Nothing, Nothing];
  place: [{ id: string; target: string }, Nothing];
  openFile: [Id, Nothing];
  openPage: [{ page: "signIn" | "download" }, Nothing];
  openLog: [Nothing, Nothing];
  pictures: [Id, { before: Picture | null; after: Picture }];
  setLook: [{ look: Look }, Nothing];
  saveLook: [SavedLook, Nothing];
  deleteLook: [{ name: string }, Nothing];
  setSettings: [{ settings: Partial<Settings> }, Nothing];
  answerConsents: [{ answers: { name: string; version: number; granted: boolean }[] }, Nothing];
}

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M][0];
export type Result<M extends Method> = Methods[M][1];

export interface Request {
  id: number;
  method: string;
  params: object;
}

export type Answer = { id: number; result: object } | { id: number; error: Problem };
export type HostEvent = { event: string; data: unknown };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns a message of the host, or null if it is not one. */
export function readMessage(text: string): Answer | HostEvent | null {
  if (text.length > MAX_TO_PANEL) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (typeof value.event === "string") return { event: value.event, data: value.data };
  if (!Number.isInteger(value.id) || (value.id as number) < 1) return null;
  const id = value.id as number;
  if (isObject(value.result) && value.error === undefined) return { id, result: value.result };
  const error = value.error;
  if (value.result !== undefined || !isObject(error)) return null;
  if (typeof error.code !== "string" || typeof error.message !== "string") return null;
  return { id, error: { code: error.code, message: error.message } };
}

/** Returns what is shown after a change. A missing part of a change leaves what was there. */
export function applyChange(shown: Partial<Shown>, change: StateChange): Partial<Shown> {
  const next: Partial<Shown> = { ...(change.reset ? {} : shown), ...change.set };
  for (const list of ["queue", "history"] as const) {
    const put = change.put?.[list] ?? [];
    const gone = new Set([...(change.remove?.[list] ?? []), ...put.map((entry) => entry.id)]);
    const kept = ((change.reset ? undefined : shown[list]) ?? []) as (QueueEntry | HistoryEntry)[];
    if (!gone.size && !change.reset) continue;
    const sign = list === "queue" ? 1 : -1;
    const merged = [...kept.filter((entry) => !gone.has(entry.id)), ...put];
    merged.sort((a, b) => sign * (a.createdAt.localeCompare(b.createdAt, "en") || a.id.localeCompare(b.id, "en")));
    Object.assign(next, { [list]: merged });
  }
  return next;
}
