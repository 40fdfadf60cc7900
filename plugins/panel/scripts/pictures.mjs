/** Takes the pictures of the README with the mock host. */

import { mkdirSync } from "node:fs";
import { openPanel, section, startBrowser } from "../tests/browser.mjs";

const browser = await startBrowser();
mkdirSync("docs", { recursive: true });
const settled = (tab) =>
  tab.waitForFunction(
    () =>
      [...document.images].every((image) => image.complete) && document.querySelector(".order .hint, .cards, .compare"),
  );
const save = async (tab, name) => {
  await settled(tab);
  await tab.screenshot({ path: `docs/${name}.jpg`, type: "jpeg", quality: 72 });
  await tab.context().close();
};

await save(await openPanel(browser, {}, { size: [1100, 760] }), "render");
const queue = await openPanel(browser, { scenario: "queue", locale: "de-DE" }, { size: [460, 760], dark: true });
await section(queue, "queue");
await save(queue, "queue");
const compare = await openPanel(browser, { scenario: "history" }, { size: [900, 640], dark: true });
await section(compare, "history");
await compare.click(".thumbnail >> nth=0");
await compare.waitForSelector(".compare input");
await save(compare, "compare");
await browser.close();
