/** Every screen in Chromium: rules of accessibility, and no text that is cut off. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { openPanel, section, startBrowser } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;

before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

const open = (selector, ready) => async (tab) => {
  await tab.click(selector);
  await tab.waitForSelector(ready);
};
const SCREENS = [
  ["ready", "render"],
  ["ready", "settings"],
  ["ready", "queue"],
  ["ready", "render", open(".segments label >> nth=1", ".checks")],
  ["empty", "render"],
  ["signedOut", "render"],
  ["signingIn", "render"],
  ["offline", "render"],
  ["tooOld", "render"],
  ["poor", "render"],
  ["paused", "queue"],
  ["problem", "render"],
  ["consents", "render"],
  ["queue", "queue"],
  ["queue", "queue", open(".failed button >> nth=0", "dialog[open] .order")],
  ["history", "history"],
  ["history", "history", open(".thumbnail >> nth=0", ".compare input")],
];

async function show([scenario, name, act], query, options) {
  const tab = await openPanel(browser, { scenario, ...query }, options);
  if (scenario === "consents") await tab.waitForSelector("dialog[open]");
  if (name !== "render") await section(tab, name);
  if (act) await act(tab);
  await tab.waitForFunction(() => !document.getAnimations().some((each) => each.playState === "running"));
  return tab;
}

/** Returns the texts that are cut off or stand out of the page. */
function cutTexts() {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    found.push(`page ${document.documentElement.scrollWidth} > ${width}`);
  for (const element of document.querySelectorAll("#panel *")) {
    const style = getComputedStyle(element);
    if (style.display === "none" || element.closest(".sr, svg, option, .frame") || !element.getClientRects().length)
      continue;
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const box = element.getBoundingClientRect();
    const name = `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`;
    if (hasText && (box.right > width + 1 || box.left < -1)) found.push(`outside: ${name}`);
    const isCut = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    if (isCut && !element.matches("input, textarea, select, .compare")) found.push(`cut: ${name}`);
    if (hasText && element.scrollWidth > element.clientWidth + 1 && style.display !== "inline")
      found.push(`too wide: ${name}`);
    if (hasText && style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1)
      found.push(`too high: ${name}`);
  }
  for (const select of document.querySelectorAll("#panel select")) {
    const style = getComputedStyle(select);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const text = select.selectedOptions[0]?.text ?? "";
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 18;
    if (pen.measureText(text).width > room) found.push(`select: ${text} ${pen.measureText(text).width} > ${room}`);
  }
  return found;
}

/** Whether two Japanese characters look different. Without a font both are the same box, and nothing can be measured. */
function hasJapaneseFont() {
  const pen = document.createElement("canvas").getContext("2d");
  const drawn = ["設", "定"].map((text) => {
    pen.clearRect(0, 0, 40, 40);
    pen.font = "24px sans-serif";
    pen.fillText(text, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  });
  return drawn[0] !== drawn[1];
}

const nameOf = ([scenario, name, act]) => `${scenario}, ${name}${act ? ", opened" : ""}`;

for (const screen of SCREENS) {
  for (const dark of [false, true]) {
    test(`axe finds nothing: ${nameOf(screen)}, ${dark ? "dark" : "light"}`, async () => {
      const tab = await show(screen, {}, { dark });
      await tab.evaluate(AXE);
      const { violations } = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const found = violations.map(
        (each) => `${each.id}: ${each.nodes.map((node) => node.html + node.failureSummary).join("; ")}`,
      );
      assert.deepEqual(found, []);
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }
  for (const locale of ["de-DE", "ja-JP"]) {
    test(`no text is cut off: ${nameOf(screen)}, ${locale}`, async (context) => {
      const tab = await show(screen, { locale }, { size: [320, 800] });
      if (locale === "ja-JP" && !(await tab.evaluate(hasJapaneseFont))) {
        await tab.context().close();
        return context.skip("no Japanese font is installed");
      }
      for (const [width, text] of [
        [320, 1],
        [480, 1],
        [480, 2],
        [1280, 2],
      ]) {
        await tab.setViewportSize({ width, height: 800 });
        await tab.evaluate((part) => (document.documentElement.style.fontSize = `${87.5 * part}%`), text);
        assert.deepEqual(await tab.evaluate(cutTexts), [], `${width} pixels, text ${100 * text} %`);
      }
      await tab.context().close();
    });
  }
}

for (const locale of ["fr-FR", "es-ES", "zh-CN", "en-GB"]) {
  test(`no text is cut off at 320 pixels in ${locale}`, async () => {
    for (const screen of [
      ["tooOld", "render"],
      ["queue", "queue"],
      ["history", "history"],
      ["ready", "settings"],
    ]) {
      const tab = await show(screen, { locale }, { size: [320, 800] });
      assert.deepEqual(await tab.evaluate(cutTexts), [], nameOf(screen));
      await tab.context().close();
    }
  });
}
