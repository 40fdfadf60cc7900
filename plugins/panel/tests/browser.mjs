/** Starts Chromium and opens the panel on the mock host. */

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { bundle, page } from "../scripts/bundle.mjs";

const WAIT = 60_000;
const BUILT = resolve(".build/mock.html");

/** Returns the path of Chromium, or null. */
export function findChromium() {
  for (const name of ["chromium", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {}
  }
  return null;
}

export async function startBrowser() {
  mkdirSync(".build", { recursive: true });
  writeFileSync(BUILT, await page(await bundle("src/mock/page.ts")));
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
}

/** Opens the panel. `text` is the size of text in parts of the usual one; `size` the window in pixels. */
export async function openPanel(browser, query = {}, { size = [480, 900], dark = false, text = 1 } = {}) {
  const context = await browser.newContext({
    viewport: { width: size[0], height: size[1] },
    colorScheme: dark ? "dark" : "light",
    bypassCSP: false,
  });
  context.setDefaultTimeout(WAIT);
  const tab = await context.newPage();
  tab.problems = [];
  tab.on("pageerror", (error) => tab.problems.push(String(error)));
  tab.on("console", (line) => line.type() === "error" && tab.problems.push(line.text()));
  const search = new URLSearchParams({ tick: "0", ...query });
  await tab.goto(`${pathToFileURL(BUILT)}?${search}`);
  await tab.waitForSelector("main, .whole:not(:empty)");
  await tab.waitForFunction(() => window.messages.toPanel.length > 1 || document.querySelector(".whole"));
  if (text !== 1) await tab.evaluate((part) => (document.documentElement.style.fontSize = `${87.5 * part}%`), text);
  return tab;
}

export async function section(tab, name) {
  await tab.click(`#tab-${name}`);
  await tab.waitForSelector(`#tab-${name}[aria-selected=true]`);
}
