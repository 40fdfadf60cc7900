import { draw } from "./charts.js";

const REFRESH = 5, GAUGES = 15, LISTS = 60; // seconds
const byId = (id) => document.getElementById(id);

/** The tokens are kept in this page only: a reload or another window signs in again. */
let session = null;
let pausedUntil = 0;
let lastRun = { lists: -Infinity, gauges: -Infinity };
let running = false;

// ---------------------------------------------------------------- requests

class Refused extends Error {
  constructor(answer, body) {
    super(body?.error ?? `The API answered ${answer.status}.`);
    this.status = answer.status;
    this.retryAfter = Number(answer.headers.get("retry-after")) || 0;
  }
}

async function send(path, options = {}) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-store", ...options });
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const body = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refused(answer, isJson ? body : null);
  return body;
}

function post(path, body) {
  return send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Sends a request of the signed-in user. An access token that has expired is replaced once. */
async function get(path, again = true) {
  const mine = session;
  try {
    const found = await send(path, { headers: { authorization: `Bearer ${mine.access_token}`, accept: "application/json, text/plain" } });
    return found.data ?? found;
  } catch (error) {
    if (error.status !== 401 || !again || session !== mine) throw error;
    session = { ...mine, ...(await post("auth/refresh", { refresh_token: mine.refresh_token })) };
    return get(path, false);
  }
}

function claims(token) {
  const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(base64));
}

// ---------------------------------------------------------------- elements

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function pairs(place, entries) {
  place.replaceChildren(
    ...entries.map(([name, value, className]) => {
      const tile = document.createElement("div");
      tile.append(element("dt", name), element("dd", value, className));
      return tile;
    }),
  );
}

function table(place, columns, rows, empty) {
  if (!rows.length) return place.replaceChildren(element("p", empty, "soft"));
  const made = document.createElement("table"), head = document.createElement("tr");
  for (const [name, numeric] of columns) {
    const cell = element("th", name, numeric ? "number" : "");
    cell.scope = "col";
    head.append(cell);
  }
  made.createTHead().append(head);
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, index) => line.append(element("td", value, columns[index][1] ? "number" : "")));
  }
  return place.replaceChildren(made);
}

const number = (value) => (value ?? 0).toLocaleString("en");
const seconds = (value) => (value == null ? "–" : `${value.toLocaleString("en", { maximumFractionDigits: 1 })} s`);
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toLocaleString("en", { maximumFractionDigits: 1 })} %` : "–");
const time = (text) => (text ? new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) : "–");

function say(problem) {
  byId("problem").textContent = problem;
  byId("problem").hidden = !problem;
}

// ---------------------------------------------------------------- figures

function periodsOf(usage) {
  const step = usage.bucket === "hour" ? 3_600_000 : 86_400_000, known = new Map();
  for (const each of usage.periods) known.set(Date.parse(each.start), each);
  const starts = [];
  for (let start = Date.parse(usage.from); start < Date.parse(usage.to); start += step) starts.push(start);
  const label = (start) =>
    usage.bucket === "hour"
      ? new Date(start).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
      : new Date(start).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return { labels: starts.map(label), figures: starts.map((start) => known.get(start) ?? {}) };
}

function showUsage(usage) {
  const all = usage.total, ended = all.completed + all.failed;
  const latest = usage.periods.at(-1)?.activeUsers;
  pairs(byId("tiles"), [
    ["Ordered", number(all.ordered)],
    ["Completed", number(all.completed)],
    ["Failed", number(all.failed), all.failed ? "bad" : ""],
    ["Success", percent(all.completed, ended), !ended ? "" : all.completed / ended < 0.9 ? "bad" : "good"],
    ["Half took up to", seconds(all.secondsP50)],
    ["95 % took up to", seconds(all.secondsP95)],
    ["Credits used", number(all.creditsUsed)],
    ["Webhook success", percent(all.deliveryAttempts - all.deliveryFailures, all.deliveryAttempts)],
    ["Uploads", number(all.uploads)],
    ...(latest == null ? [] : [[usage.bucket === "hour" ? "Active users, last hour" : "Active users, last day", number(latest)]]),
  ]);
  const { labels, figures } = periodsOf(usage), pick = (name) => figures.map((each) => each[name] ?? 0);
  const sum = (name) => number(all[name]);
  draw(byId("renders-chart"), labels, [
    { name: "completed", values: pick("completed"), said: sum("completed") },
    { name: "failed", values: pick("failed"), said: sum("failed") },
    { name: "cancelled", values: pick("cancelled"), said: sum("cancelled") },
  ]);
  draw(
    byId("seconds-chart"),
    labels,
    [
      { name: "half", values: figures.map((each) => each.secondsP50 ?? null), said: seconds(all.secondsP50) },
      { name: "95 %", values: figures.map((each) => each.secondsP95 ?? null), said: seconds(all.secondsP95) },
    ],
    { lines: true, unit: " s" },
  );
  draw(byId("credits-chart"), labels, [{ name: "credits", values: pick("creditsUsed"), said: sum("creditsUsed") }]);
  const arrived = figures.map((each) => (each.deliveryAttempts ?? 0) - (each.deliveryFailures ?? 0));
  draw(byId("webhooks-chart"), labels, [
    { name: "succeeded", values: arrived, said: number(all.deliveryAttempts - all.deliveryFailures) },
    { name: "failed", values: pick("deliveryFailures"), said: sum("deliveryFailures") },
  ]);
  const rows = (all.groups ?? []).map((each) => [
    each.group,
    ...["ordered", "completed", "failed", "cancelled"].map((name) => (each[name] == null ? "–" : number(each[name]))),
    each.completed == null ? "–" : percent(each.completed, each.completed + each.failed),
  ]);
  const columns = [["Group"], ["Ordered", true], ["Completed", true], ["Failed", true], ["Cancelled", true], ["Success", true]];
  table(byId("groups"), columns, rows, "No renders in this time.");
}

function usagePath(extra = {}) {
  const whose = byId("whose-label").hidden ? "own" : byId("whose").value;
  return `analytics/usage?${new URLSearchParams({ bucket: byId("range").value, groupBy: byId("group").value, whose, ...extra })}`;
}

// ---------------------------------------------------------------- operators

function gauges(text) {
  const found = [...text.matchAll(/^renderiq_plugin_(\w+?)(?:\{(?:queue|period)="(\w+)"\})? (\S+)$/gm)];
  return found.map(([, name, label, value]) => ({ name, label, value: Number(value) }));
}

function showGauges(text) {
  const found = gauges(text), of = (name) => found.find((each) => each.name === name)?.value;
  const queues = found.filter((each) => each.name === "queue_depth");
  const age = of("last_sweep_timestamp_seconds") && Date.now() / 1000 - of("last_sweep_timestamp_seconds");
  const oldest = of("oldest_due_seconds");
  const warnings = [
    ...queues.filter((each) => each.label.endsWith("dead_letters") && each.value > 0).map((each) => `${each.value} messages are in ${each.label.replaceAll("_", " ")}.`),
    ...(oldest > 900 ? [`Work has been overdue for ${Math.round(oldest / 60)} minutes.`] : []),
    ...(age > 300 ? [`The sweeper ran ${Math.round(age / 60)} minutes ago.`] : []),
  ];
  byId("warnings").replaceChildren(
    ...(warnings.length ? warnings.map((each) => element("li", each, "bad")) : [element("li", "Nothing needs attention.", "good")]),
  );
  pairs(byId("gauges"), [
    ...queues.map((each) => [each.label.replaceAll("_", " "), number(each.value)]),
    ["oldest overdue work", oldest == null ? "–" : seconds(oldest)],
    ["last run of the sweeper", age == null ? "–" : `${Math.round(age)} s ago`],
  ]);
}

// ---------------------------------------------------------------- lists of the user

function showRenders({ renders }) {
  const items = renders.map((render) => {
    const item = document.createElement("li");
    if (render.thumbnailUrl) {
      const picture = document.createElement("img");
      picture.src = render.thumbnailUrl;
      picture.alt = `${render.style} render, ${render.quality}`;
      picture.loading = "lazy";
      item.append(picture);
    } else item.append(element("div", "", "none"));
    item.append(element("strong", render.status, render.status === "failed" ? "bad" : ""));
    item.append(element("div", `${render.style}, ${render.quality}, ${render.platform}`, "soft"));
    item.append(element("div", time(render.createdAt), "soft"));
    return item;
  });
  byId("renders").replaceChildren(...(items.length ? items : [element("li", "You have no renders yet.", "soft")]));
}

async function showDeliveries(webhook, place) {
  try {
    const { deliveries } = await get(`webhooks/${webhook}/deliveries?limit=10`);
    const rows = deliveries.map((each) => {
      const last = each.attempts.at(-1);
      const result = last ? String(last.status ?? last.problem ?? "–") : "–";
      return [time(each.createdAt), each.event, each.state, String(each.attempts.length), result];
    });
    table(place, [["Created"], ["Event"], ["State"], ["Attempts", true], ["Last answer"]], rows, "No deliveries in 30 days.");
  } catch (error) {
    place.replaceChildren(element("p", error.message, "bad"));
  }
}

function showWebhooks({ webhooks }) {
  if (byId("webhooks").querySelector("details[open]")) return; // somebody is reading
  const items = webhooks.map((webhook) => {
    const details = document.createElement("details"), place = document.createElement("div");
    const state = webhook.enabled ? "" : ` – disabled: ${webhook.disabledReason ?? ""}`;
    details.append(element("summary", `${webhook.url || "poll endpoint"}${state}`), place);
    details.addEventListener("toggle", () => details.open && showDeliveries(webhook.webhookId, place));
    return details;
  });
  byId("webhooks").replaceChildren(...(items.length ? items : [element("p", "You have no webhooks.", "soft")]));
}

function showKeys({ keys }) {
  const rows = keys.map((each) => [each.name, `${each.keyPrefix}…`, each.scopes.join(", "), each.isActive ? "active" : "ended", time(each.lastUsedAt)]);
  table(byId("keys"), [["Name"], ["Key"], ["Scopes"], ["State"], ["Last used"]], rows, "You have no API keys.");
}

// ---------------------------------------------------------------- refreshing

async function refresh({ all = false } = {}) {
  const now = Date.now() / 1000;
  if (!session || running || now < pausedUntil || (document.hidden && !all)) return;
  running = true;
  const mine = session;
  try {
    const usage = await get(usagePath());
    if (session?.user.id !== mine.user.id) return;
    showUsage(usage);
    if (!byId("live").hidden && (all || now - lastRun.gauges >= GAUGES)) {
      lastRun.gauges = now;
      showGauges(await get("metrics"));
    }
    if (now - lastRun.lists >= LISTS) {
      lastRun.lists = now;
      const [renders, webhooks, keys] = await Promise.all([get("renders?limit=12"), get("webhooks"), get("keys")]);
      if (session?.user.id !== mine.user.id) return;
      showRenders(renders);
      showWebhooks(webhooks);
      showKeys(keys);
    }
    say("");
    byId("updated").textContent = `Updated at ${new Date().toLocaleTimeString("en-GB")}`;
  } catch (error) {
    if (error.status === 401) signOut();
    if (error.status === 429) pausedUntil = now + (error.retryAfter || 30);
    say(error instanceof TypeError ? "The API cannot be reached." : error.message);
  } finally {
    running = false;
  }
}

function signOut() {
  const mine = session;
  session = null;
  lastRun = { lists: -Infinity, gauges: -Infinity };
  for (const id of ["tiles", "gauges", "warnings", "groups", "renders", "webhooks", "keys", "renders-chart", "seconds-chart", "credits-chart", "webhooks-chart"]) {
    byId(id).replaceChildren();
  }
  for (const [id, hidden] of [["content", true], ["live", true], ["sign-out", true], ["sign-in", false], ["whose-label", true]]) byId(id).hidden = hidden;
  byId("who").textContent = "";
  byId("email").focus();
  return mine;
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    session = await post("auth/signin", { email: byId("email").value, password: byId("password").value });
  } catch (error) {
    say(error instanceof TypeError ? "The API cannot be reached." : error.message);
    return byId("email").focus();
  }
  byId("password").value = "";
  const operator = claims(session.access_token).operator === true;
  byId("who").textContent = operator ? `${session.user.name}, operator` : session.user.name;
  for (const [id, hidden] of [["content", false], ["sign-out", false], ["sign-in", true], ["live", !operator], ["whose-label", !operator]]) byId(id).hidden = hidden;
  byId("range").focus();
  return refresh({ all: true });
});

byId("sign-out").addEventListener("click", async () => {
  const mine = signOut();
  say("");
  await fetch("auth/signout", { method: "POST", headers: { authorization: `Bearer ${mine.access_token}` } }).catch(() => {});
});

byId("save").addEventListener("click", async () => {
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await get(usagePath({ format: "csv" }))], { type: "text/csv" }));
    link.download = "usage.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    say(error.message);
  }
});

byId("controls").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["range", "group", "whose"]) byId(id).addEventListener("change", () => refresh({ all: true }));
document.addEventListener("visibilitychange", () => refresh());
setInterval(refresh, REFRESH * 1000);
