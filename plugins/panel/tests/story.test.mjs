/** What a person does with the panel, in Chromium, with the mock host behind it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPanel, section, startBrowser } from "./browser.mjs";
import { problemsOfSession } from "./schema.mjs";

let browser;

before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

async function close(tab) {
  assert.deepEqual(problemsOfSession(await tab.evaluate(() => window.messages)), []);
  assert.deepEqual(tab.problems, []);
  await tab.context().close();
}

const shown = (tab, path) => tab.evaluate((keys) => keys.reduce((value, key) => value?.[key], window.mock.shown), path);
const calls = (tab, method) =>
  tab.evaluate((name) => window.mock.calls.filter((call) => call.method === name).map((call) => call.params), method);
const called = async (tab, method, count = 1) => {
  await tab.waitForFunction(
    ([name, n]) => window.mock.calls.filter((call) => call.method === name).length >= n,
    [method, count],
  );
  return calls(tab, method);
};

/** Presses Tab until the focus is on an element that matches, as a person without a mouse does. */
async function tabTo(tab, selector) {
  for (let steps = 0; steps < 120; steps++) {
    await tab.keyboard.press("Tab");
    const state = await tab.evaluate((wanted) => {
      const element = document.activeElement;
      const visible = element.matches("input[type=radio]") ? element.parentElement.querySelector("span") : element;
      const { outlineStyle, outlineWidth } = getComputedStyle(visible);
      const isMarked = element.matches(".compare input") || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1);
      return {
        found: element.matches(wanted),
        isMarked: isMarked || element === document.body,
        html: element.outerHTML.slice(0, 120),
      };
    }, selector);
    assert.ok(state.isMarked, `the focus does not show on ${state.html}`);
    if (state.found) return;
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}

test("the whole story by keyboard alone", async () => {
  const tab = await openPanel(browser, { scenario: "signedOut" });
  await tabTo(tab, ".sign-in .main");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector(".code");
  assert.equal(await tab.textContent(".code"), "WDJB-MJHT");
  await tab.evaluate(() => window.mock.approve());
  await tab.waitForSelector(".balance");

  await tabTo(tab, "section .row button");
  await tab.keyboard.press("Enter");
  await called(tab, "capture");
  await tabTo(tab, ".crop");
  await tab.keyboard.press("-");
  await tab.keyboard.press("ArrowLeft");
  const [{ crop }] = await called(tab, "setCrop");
  assert.ok(crop.width < 1 && crop.x < (1 - crop.width) / 2 + 1e-9);

  await tabTo(tab, ".styles input");
  await tab.keyboard.press("ArrowRight");
  await tabTo(tab, "textarea");
  await tab.keyboard.press("End");
  await tab.keyboard.type(" with swans");
  await tabTo(tab, ".order .main:not([aria-disabled=true])");
  await tab.keyboard.press("Enter");
  const [{ look }] = await called(tab, "order");
  assert.equal(look.style, "photorealistic@1");
  assert.match(look.prompt, / with swans$/);

  await tab.focus("#tab-render");
  await tab.keyboard.press("ArrowRight");
  await tab.waitForSelector(".cards .preparing");
  for (let step = 0; step < 9; step++) await tab.evaluate(() => window.mock.tick());
  await tab.waitForFunction(() => !document.querySelector(".cards"));
  await tab.keyboard.press("ArrowRight");
  await tabTo(tab, ".thumbnail");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector(".compare input");
  await tabTo(tab, ".compare input");
  await tab.keyboard.press("ArrowLeft");
  assert.equal(await tab.inputValue(".compare input"), "49");
  assert.match(await tab.getAttribute(".compare .over", "style"), /51%/);
  await tab.keyboard.press("Escape");
  await tab.waitForSelector("dialog", { state: "detached" });
  assert.ok(await tab.evaluate(() => document.activeElement.matches(".thumbnail")));
  await close(tab);
});

test("the crop is moved and stretched with the mouse, and keeps its ratio", async () => {
  const tab = await openPanel(browser);
  await tab.selectOption("select >> nth=0", "1:1");
  await called(tab, "setCrop");
  const box = await tab.locator(".crop").boundingBox();
  assert.ok(Math.abs(box.width - box.height) < 2);
  await tab.mouse.move(box.x + 20, box.y + 20);
  await tab.mouse.down();
  await tab.mouse.move(box.x - 30, box.y + 20, { steps: 4 });
  await tab.mouse.up();
  const moved = await tab.locator(".crop").boundingBox();
  assert.ok(Math.abs(box.x - moved.x - 50) < 2);
  await tab.mouse.move(moved.x + moved.width - 6, moved.y + moved.height - 6);
  await tab.mouse.down();
  await tab.mouse.move(moved.x + moved.width - 46, moved.y + moved.height - 46, { steps: 4 });
  await tab.mouse.up();
  const small = await tab.locator(".crop").boundingBox();
  assert.ok(small.width < moved.width - 20 && Math.abs(small.width - small.height) < 2);
  const { aspectRatio, crop } = (await called(tab, "setCrop", 2)).at(-1);
  assert.equal(aspectRatio, "1:1");
  assert.ok(Math.abs((crop.width * 1920) / (crop.height * 1080) - 1) < 1e-6);
  await close(tab);
});

test("what is unaffordable says so and is not sent", async () => {
  const tab = await openPanel(browser, { scenario: "poor" });
  await tab.waitForSelector(".price.short");
  assert.match(await tab.textContent(".price"), /This costs 10 credits, but only 4 credits are left/);
  await tab.click(".order .main", { force: true });
  assert.deepEqual(await calls(tab, "order"), []);
  await close(tab);
});

test("all views are one order with one look, and the price is that of all", async () => {
  const tab = await openPanel(browser);
  await tab.click(".segments label >> nth=1");
  await tab.click(".checks .check >> nth=2");
  await tab.waitForFunction(() => /30 credits/.test(document.querySelector(".price").textContent));
  assert.equal(await tab.textContent(".order .main"), "Render 3 views");
  await tab.click(".order .main");
  const [{ views, captureId }] = await called(tab, "order");
  assert.deepEqual([views, captureId], [["v1", "v2", "v4"], undefined]);
  await close(tab);
});

test("two presses of the button are one order", async () => {
  const tab = await openPanel(browser);
  await tab.evaluate(() => {
    const button = document.querySelector(".order .main");
    button.click();
    button.click();
  });
  await called(tab, "order");
  await tab.waitForFunction(() => /1 order/.test(document.body.textContent));
  assert.equal((await calls(tab, "order")).length, 1);
  await close(tab);
});

test("offline, an order is queued and the panel says so", async () => {
  const tab = await openPanel(browser, { scenario: "offline" });
  assert.match(await tab.textContent(".banner"), /SketchUp is offline/);
  assert.equal(await tab.textContent(".order .main"), "Add to the queue");
  await tab.click(".order .main");
  await called(tab, "order");
  await section(tab, "queue");
  await tab.waitForFunction(() => document.querySelectorAll(".cards > li").length === 3);
  await close(tab);
});

test("a cancelled render returns its credits", async () => {
  const tab = await openPanel(browser, { scenario: "queue" });
  await section(tab, "queue");
  await tab.click(".rendering button");
  await tab.waitForFunction(() => /10 credits returned/.test(document.querySelector(".cards > li").textContent));
  assert.equal(await shown(tab, ["account", "balance"]), 130);
  await close(tab);
});

test("a refused order is edited and sent again", async () => {
  const tab = await openPanel(browser, { scenario: "queue" });
  await section(tab, "queue");
  await tab.click("button[aria-label='Edit: Bathroom']");
  await tab.fill("dialog textarea", "A bathroom");
  await tab.click("dialog .order .main");
  const [{ id, look }] = await called(tab, "edit");
  assert.deepEqual([id, look.prompt], ["q6", "A bathroom"]);
  await tab.waitForSelector("dialog", { state: "detached" });
  await close(tab);
});

test("a failed order is tried again, and one that has ended is removed", async () => {
  const tab = await openPanel(browser, { scenario: "queue" });
  await section(tab, "queue");
  await tab.click("button[aria-label='Try again: Garage']");
  await tab.click("button[aria-label='Remove: Cellar']");
  await called(tab, "remove");
  await tab.waitForFunction(() => document.querySelectorAll(".cards > li").length === 7);
  assert.equal(await shown(tab, ["queue", 6, "state"]), "waiting");
  await close(tab);
});

test("a picture is done again with another style, and put into the host", async () => {
  const tab = await openPanel(browser, { scenario: "history" });
  await section(tab, "history");
  await tab.click("button[aria-label='Again with…: Living room']");
  await tab.selectOption("dialog select >> nth=0", "night@1");
  await tab.click("dialog .order .main");
  const [{ id, look }] = await called(tab, "again");
  assert.deepEqual([id, look.style, look.seed], ["h5", "night@1", 1005]);
  await tab.waitForSelector("dialog", { state: "detached" });
  await tab.click("button[aria-label='Put into the scene: Terrace'] >> nth=0");
  assert.deepEqual(await called(tab, "place"), [{ id: "h1", target: "scene" }]);
  await tab.waitForFunction(() => /Terrace is in the scene/.test(document.querySelector(".message").textContent));
  await close(tab);
});

test("consents are asked one by one in the server's words", async () => {
  const tab = await openPanel(browser, { scenario: "consents" });
  await tab.waitForSelector("dialog h3");
  assert.match(await tab.textContent("dialog"), /1 of 2.*Rendering by other companies.*Example AI GmbH/s);
  await tab.click("text=I do not agree");
  await tab.waitForFunction(() => /Upload of 3D models/.test(document.querySelector("dialog")?.textContent ?? ""));
  await tab.click("text=I agree");
  await tab.waitForSelector("dialog", { state: "detached" });
  const answers = (await calls(tab, "answerConsents")).flatMap((params) => params.answers);
  assert.deepEqual(answers, [
    { name: "third_party_ai", version: 1, granted: false },
    { name: "model_upload", version: 2, granted: true },
  ]);
  await close(tab);
});

test("a seed is thrown anew after the order unless it is kept", async () => {
  const tab = await openPanel(browser);
  await tab.click("section[aria-labelledby=options] .check");
  await tab.click(".order .main");
  await called(tab, "order");
  await tab.waitForFunction(() => document.querySelector(".seed input").value !== "271828");
  await close(tab);
});

test("a look is saved, chosen and deleted", async () => {
  const tab = await openPanel(browser);
  await tab.fill("textarea", "A quiet house");
  await tab.click("text=Save look");
  await tab.fill("form input", "Quiet");
  await tab.keyboard.press("Enter");
  const [saved] = await called(tab, "saveLook");
  assert.deepEqual([saved.name, saved.look.prompt], ["Quiet", "A quiet house"]);
  await tab.selectOption("section[aria-labelledby=looks] select", "Competition, evening");
  await tab.waitForFunction(() => document.querySelector("textarea").value.startsWith("A villa"));
  await tab.click("text=Delete look");
  assert.deepEqual(await called(tab, "deleteLook"), [{ name: "Competition, evening" }]);
  await close(tab);
});

test("styles are found by a word", async () => {
  const tab = await openPanel(browser);
  await tab.fill("input[type=search]", "dusk");
  await tab.waitForFunction(() => document.querySelectorAll(".styles label").length === 1);
  await tab.fill("input[type=search]", "zzz");
  await tab.waitForFunction(() => /No style has these words/.test(document.body.textContent));
  await close(tab);
});

test("fields that a model does not use are not shown", async () => {
  const tab = await openPanel(browser);
  await tab.waitForSelector("input[type=range]");
  await tab.selectOption("section[aria-labelledby=options] select >> nth=1", "gemini");
  await tab.waitForSelector("input[type=range]", { state: "detached" });
  await tab.waitForFunction(() => /24 credits/.test(document.querySelector(".price").textContent));
  await close(tab);
});

test("language and colours follow the settings at once", async () => {
  const tab = await openPanel(browser);
  await section(tab, "settings");
  await tab.selectOption("select >> nth=0", "ja");
  await tab.waitForFunction(() => document.documentElement.lang === "ja" && /設定/.test(document.body.textContent));
  await tab.selectOption("select >> nth=1", "dark");
  await tab.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await close(tab);
});

test("the colours are those of the system until a theme is chosen", async () => {
  const tab = await openPanel(browser, {}, { dark: true });
  await tab.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await tab.emulateMedia({ colorScheme: "light" });
  await tab.waitForFunction(() => document.documentElement.dataset.theme === "light");
  await section(tab, "settings");
  await tab.selectOption("select >> nth=1", "dark");
  await tab.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await close(tab);
});

test("an error of the host is a sentence with what to do next", async () => {
  const tab = await openPanel(browser, { scenario: "history" });
  await section(tab, "history");
  await tab.evaluate(() => {
    window.mock.shown.history = [];
  });
  await tab.click("button[aria-label='Open file: Roof garden']");
  await tab.waitForSelector(".message.error p");
  assert.match(await tab.textContent(".message.error"), /This picture is gone\. It may have been removed\./);
  await close(tab);
});

test("a version that is too old cannot order", async () => {
  const tab = await openPanel(browser, { scenario: "tooOld" });
  await tab.click(".order .main", { force: true });
  assert.deepEqual(await calls(tab, "order"), []);
  await tab.click(".banner button");
  assert.deepEqual(await called(tab, "openPage"), [{ page: "download" }]);
  await close(tab);
});

test("a host of another protocol is told apart", async () => {
  const tab = await openPanel(browser, { protocol: "2" });
  await tab.waitForFunction(() => /This panel is older/.test(document.body.textContent));
  await tab.context().close();
});

test("300 orders are shown", async () => {
  const tab = await openPanel(browser, { scenario: "longQueue" });
  await section(tab, "queue");
  assert.equal(await tab.locator(".cards > li").count(), 300);
  await close(tab);
});
