/** Situations to develop and test against. Each is a whole state and what the host can do. */

import type { Capture, Features, HistoryEntry, Look, QueueEntry, Shown, State } from "../protocol.js";

/** The pictures of the mock host: covers by name of style, a capture, and a picture that is done. */
export interface Pictures {
  covers: Record<string, string>;
  capture: string;
  result: string;
}

export interface Scenario {
  shown: Shown;
  features: Features;
  protocol?: number;
}

export const NOW = Date.parse("2026-03-14T09:26:53Z");
const at = (minutes: number): string => new Date(NOW + 60_000 * minutes).toISOString();

export const LOOK: Look = {
  style: "golden-hour@1",
  prompt: "A villa by a lake in late afternoon light",
  negativePrompt: "",
  quality: "high",
  model: "",
  aspectRatio: "16:9",
  structureStrength: 0.7,
  seed: 271828,
};

const STYLES: [name: string, title: string, category: string, tags: string[]][] = [
  ["golden-hour", "Golden hour", "evening", ["warm", "sun"]],
  ["photorealistic", "Photorealistic", "daylight", ["photo"]],
  ["clear-noon", "Clear noon", "daylight", ["sun"]],
  ["overcast", "Overcast", "daylight", ["soft"]],
  ["blue-hour", "Blue hour", "evening", ["dusk"]],
  ["night", "Night", "evening", ["dark"]],
  ["autumn", "Autumn", "weather", ["orange"]],
  ["snow", "Snow", "weather", ["winter"]],
  ["misty-morning", "Misty morning", "weather", ["fog"]],
  ["studio", "Studio", "studio", ["white"]],
  ["clay", "Clay", "studio", ["model"]],
  ["watercolour", "Watercolour", "drawing", ["paint"]],
  ["ink", "Ink", "drawing", ["lines"]],
  ["blueprint", "Blueprint", "drawing", ["plan"]],
];

export function captureOf(pictures: Pictures, id: string, aspectRatio: string): Capture {
  const [width, height] = aspectRatio.split(":").map(Number);
  const ratio = ((width ?? 16) / (height ?? 9) || 16 / 9) * (9 / 16);
  const size = ratio > 1 ? { width: 1, height: 1 / ratio } : { width: ratio, height: 1 };
  return {
    id,
    view: "Terrace",
    picture: pictures.capture,
    width: 1920,
    height: 1080,
    aspectRatio,
    crop: { x: (1 - size.width) / 2, y: (1 - size.height) / 2, ...size },
    guides: ["depth", "materialIds"],
  };
}

const order = (id: string, view: string, state: State, more: Partial<QueueEntry> = {}): QueueEntry => ({
  id,
  view,
  state,
  createdAt: at(Number(id.slice(1))),
  look: LOOK,
  cost: 10,
  ...more,
});

const done = (pictures: Pictures, id: string, view: string, style: string): HistoryEntry => ({
  id,
  view,
  createdAt: at(-60 - Number(id.slice(1))),
  look: { ...LOOK, style: `${style}@1`, seed: 1000 + Number(id.slice(1)) },
  cost: 10,
  before: pictures.capture,
  after: pictures.covers[style] ?? pictures.result,
  canRepeat: true,
});

function ready(pictures: Pictures): Scenario {
  const categories = ["daylight", "evening", "weather", "studio", "drawing"];
  const titles = ["Daylight", "Evening and night", "Weather and seasons", "Studio and model", "Drawing"];
  return {
    features: {
      depth: true,
      materialIds: true,
      normals: false,
      model: false,
      batch: true,
      crop: true,
      openFile: true,
      placeResult: ["scene", "image"],
    },
    shown: {
      network: "online",
      account: { status: "signedIn", email: "ada@example.com", balance: 120 },
      release: null,
      problem: null,
      paused: null,
      capabilities: {
        qualities: [
          { name: "standard", creditsCost: 5, isDefault: false },
          { name: "high", creditsCost: 10, isDefault: true },
          { name: "ultra", creditsCost: 15, isDefault: false },
        ],
        models: [
          {
            name: "preview",
            isDefault: true,
            inputs: ["prompt", "negativePrompt", "structureStrength", "seed", "depthImage", "materialIdImage"],
          },
          { name: "gemini", isDefault: false, creditsCost: { standard: 12, high: 24 }, inputs: ["prompt", "seed"] },
        ],
        aspectRatios: ["16:9", "4:3", "1:1", "9:16", "3:2", "2:3", "source"],
        styleCategories: categories.map((name, place) => ({ name, title: titles[place]! })),
        limits: { maxPromptLength: 2000 },
      },
      styles: STYLES.map(([name, title, category, tags]) => ({
        styleId: `${name}@1`,
        title,
        category,
        tags,
        description: `${title}, ${tags.join(", ")}.`,
        cover: pictures.covers[name] ?? null,
      })),
      capture: captureOf(pictures, "c1", "16:9"),
      views: ["Terrace", "Entrance from the street", "Living room", "Roof garden"].map((name, n) => ({
        id: `v${n + 1}`,
        name,
      })),
      look: LOOK,
      looks: [{ name: "Competition, evening", look: { ...LOOK, style: "blue-hour@1", structureStrength: 0.85 } }],
      settings: { language: "auto", theme: "auto", sendGuides: true, placeWhenDone: false },
      consents: [],
      log: { path: "/home/ada/.local/share/renderiq/mock/renderiq.log" },
      queue: [],
      history: [],
    },
  };
}

const CONSENTS = [
  {
    name: "third_party_ai",
    version: 1,
    title: "Rendering by other companies",
    text: "Some models are run by other companies. If you agree, your captures and prompts are sent to them to render your pictures.\n\nThey may not train models with them. You can withdraw your consent at any time.",
    recipients: ["Example AI GmbH", "Example Cloud Inc."],
  },
  {
    name: "model_upload",
    version: 2,
    title: "Upload of 3D models",
    text: "If you agree, the visible part of your 3D model is uploaded to be rendered. It is deleted after 30 days.",
  },
];

const STATES: QueueEntry[] = [
  order("q1", "Terrace", "rendering", { progress: 62 }),
  order("q2", "Entrance from the street", "uploading", { progress: 30 }),
  order("q3", "Living room", "ordered"),
  order("q4", "Roof garden", "waiting", {
    reason: { code: "SERVICE_UNAVAILABLE", message: "The service is busy at the moment." },
    nextTry: new Date(Date.now() + 150_000).toISOString(),
  }),
  order("q5", "Kitchen", "preparing"),
  order("q6", "Bathroom", "failed", {
    refused: true,
    refunded: 10,
    reason: { code: "CONTENT_BLOCKED", message: "The engine declined to render this content." },
  }),
  order("q7", "Garage", "failed", {
    refunded: 10,
    reason: { code: "ENGINE_FAILED", message: "The picture could not be rendered." },
  }),
  order("q8", "Cellar", "cancelled", { refunded: 10 }),
];

const HISTORY: [string, string, string][] = [
  ["h1", "Terrace", "golden-hour"],
  ["h2", "Terrace", "blue-hour"],
  ["h3", "Entrance from the street", "snow"],
  ["h4", "Roof garden", "watercolour"],
  ["h5", "Living room", "clay"],
];

type Part = (pictures: Pictures) => Partial<Shown>;
const changes = {
  ready: () => ({}),
  empty: () => ({ capture: null, styles: [], capabilities: null, looks: [], views: [] }),
  signedOut: () => ({ account: { status: "signedOut" as const } }),
  signingIn: () => ({
    account: {
      status: "signingIn" as const,
      userCode: "WDJB-MJHT",
      verificationUrl: "https://example.com/api/plugins/device",
      expiresAt: at(10),
    },
  }),
  offline: () => ({
    network: "hostOffline" as const,
    queue: [order("q1", "Terrace", "waiting"), ...STATES.slice(4, 5)],
  }),
  unreachable: () => ({ network: "unreachable" as const }),
  tooOld: () => ({ release: { version: "0.4.0", tooOld: true } }),
  update: () => ({ release: { version: "0.2.0", tooOld: false } }),
  poor: () => ({ account: { status: "signedIn" as const, email: "ada@example.com", balance: 4 } }),
  paused: () => ({
    account: { status: "signedIn" as const, email: "ada@example.com", balance: 4 },
    paused: { code: "INSUFFICIENT_CREDITS", message: "Not enough credits for this render." },
    queue: STATES.slice(3, 4),
  }),
  problem: () => ({
    account: { status: "signedOut" as const },
    problem: { code: "EXPIRED_TOKEN", message: "The code has expired." },
  }),
  consents: () => ({ consents: CONSENTS }),
  queue: () => ({ queue: STATES }),
  longQueue: () => ({
    queue: Array.from({ length: 300 }, (_, n) => order(`q${n + 1}`, `View ${n + 1}`, n ? "waiting" : "rendering")),
  }),
  history: (pictures) => ({ history: HISTORY.map(([id, view, style]) => done(pictures, id, view, style)) }),
  longHistory: (pictures) => ({
    history: Array.from({ length: 60 }, (_, n) => done(pictures, `h${n + 1}`, `View ${n + 1}`, "studio")),
  }),
} satisfies Record<string, Part>;

export type ScenarioName = keyof typeof changes;
export const SCENARIOS = Object.keys(changes) as ScenarioName[];

/** Returns a scenario by its name. */
export function scenarioOf(name: ScenarioName, pictures: Pictures): Scenario {
  const scenario = ready(pictures);
  const change = JSON.stringify((changes[name] as Part)(pictures));
  Object.assign(scenario.shown, JSON.parse(change));
  return scenario;
}
