/** Puts the mock host under the panel, as SketchUp would be. `?scenario=offline&locale=de&tick=0` chooses what it is. */

import type { Answer, HostEvent } from "../protocol.js";
import { MockHost } from "./host.js";
import { PICTURES } from "./pictures.js";
import { SCENARIOS, type ScenarioName, scenarioOf } from "./scenarios.js";

declare global {
  interface Window {
    mock: MockHost;
    /** Every message, for tests. */
    messages: { toHost: string[]; toPanel: string[] };
  }
}

const query = new URLSearchParams(location.search);
const wanted = query.get("scenario") ?? "ready";
const name = SCENARIOS.find((each) => each === wanted);
if (!name) throw new Error(`There is no scenario ${wanted}. There are: ${SCENARIOS.join(", ")}`);

const messages: Window["messages"] = { toHost: [], toPanel: [] };
const scenario = scenarioOf(name satisfies ScenarioName, PICTURES);
const theme = query.get("theme");
if (theme === "dark" || theme === "light") scenario.shown.settings.theme = theme;
if (query.has("protocol")) scenario.protocol = Number(query.get("protocol"));
const send = (message: Answer | HostEvent): void => {
  const text = JSON.stringify(message);
  messages.toPanel.push(text);
  setTimeout(() => window.renderiqReceive?.(text), 0);
};
window.messages = messages;
window.mock = new MockHost(scenario, PICTURES, query.get("locale") ?? "en-GB", send);
window.sketchup = {
  renderiq(text) {
    messages.toHost.push(text);
    window.mock.receive(text);
  },
};
const tick = Number(query.get("tick") ?? 700);
if (tick > 0) setInterval(() => window.mock.tick(), tick);
