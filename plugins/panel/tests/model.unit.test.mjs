import assert from "node:assert/strict";
import { test } from "node:test";
import {
  actionsOf,
  categoryPath,
  foundStyles,
  largestCrop,
  movedCrop,
  nearestRatio,
  nextStep,
  ratioOf,
  scaledCrop,
  sentence,
  stretchedCrop,
  usesInput,
} from "../.build/lib.mjs";

const HD = { width: 1600, height: 900 };
const NAMES = ["16:9", "4:3", "1:1", "9:16", "source"];
const inside = (crop) =>
  crop.x >= 0 && crop.y >= 0 && crop.x + crop.width <= 1 + 1e-9 && crop.y + crop.height <= 1 + 1e-9;
const ratio = (crop) => (crop.width * HD.width) / (crop.height * HD.height);

test("the largest crop has its ratio and fills one side", () => {
  const crop = largestCrop(HD, "1:1");
  assert.ok(Math.abs(ratio(crop) - 1) < 1e-9 && crop.height === 1 && inside(crop));
  assert.deepEqual(largestCrop(HD, "source"), { x: 0, y: 0, width: 1, height: 1 });
});

test("the nearest ratio crops the smallest part away", () => {
  assert.deepEqual(
    [nearestRatio(1600, 900, NAMES), nearestRatio(800, 1500, NAMES), nearestRatio(1000, 990, NAMES)],
    ["16:9", "9:16", "1:1"],
  );
  assert.equal(nearestRatio(1600, 900, []), "source");
});

test("a moved crop stays inside of the picture", () => {
  const crop = largestCrop(HD, "1:1");
  for (const [dx, dy] of [
    [9, 9],
    [-9, 0],
    [0.1, -0.1],
  ])
    assert.ok(inside(movedCrop(crop, dx, dy)));
  assert.equal(movedCrop(crop, 9, 0).x, 1 - crop.width);
});

test("a scaled or stretched crop keeps its ratio, and is neither larger than the picture nor too small", () => {
  const crop = largestCrop(HD, "4:3");
  for (const by of [0.001, 0.5, 1.1, 50]) {
    const scaled = scaledCrop(crop, by);
    assert.ok(inside(scaled) && Math.abs(ratio(scaled) - 4 / 3) < 1e-6 && scaled.width >= 0.1 - 1e-9, String(by));
  }
  const small = stretchedCrop(crop, -0.9, -0.9);
  assert.ok(inside(small) && Math.abs(ratio(small) - 4 / 3) < 1e-6 && small.width > 0.05);
});

test("what is no ratio is none", () => {
  assert.deepEqual(["source", "1:0", "a:b", "0:1", "16:9"].map(ratioOf), [null, null, null, null, 16 / 9]);
});

const CATEGORIES = [
  { name: "outdoors", title: "Outdoors" },
  { name: "evening", title: "Evening", parent: "outdoors" },
];
const STYLES = [
  { styleId: "golden-hour@1", title: "Golden hour", category: "evening", tags: ["warm"] },
  { styleId: "ink@1", title: "Ink", category: "drawing" },
];

test("styles are found by words of their title and tags, and by a category or one above it", () => {
  const found = (category, words) => foundStyles(STYLES, CATEGORIES, category, words).map((style) => style.title);
  assert.deepEqual(found("", "warm golden"), ["Golden hour"]);
  assert.deepEqual(found("outdoors", ""), ["Golden hour"]);
  assert.deepEqual(found("drawing", "warm"), []);
  assert.equal(categoryPath(CATEGORIES, CATEGORIES[1]), "Outdoors › Evening");
});

test("categories that are each other's parent end", () => {
  const round = [
    { name: "a", title: "A", parent: "b" },
    { name: "b", title: "B", parent: "a" },
  ];
  assert.deepEqual(foundStyles([{ styleId: "x", title: "X", category: "a" }], round, "c", ""), []);
  assert.ok(categoryPath(round, round[0]).length < 40);
});

test("a model's fields decide what is asked; what is not known is asked", () => {
  const capabilities = { models: [{ name: "preview", isDefault: true, inputs: ["prompt"] }] };
  assert.deepEqual(
    [usesInput(capabilities, "", "seed"), usesInput(capabilities, "preview", "prompt"), usesInput(null, "", "seed")],
    [false, true, true],
  );
});

test("each state has what can be done with it", () => {
  const of = (state, refused) => actionsOf({ state, refused });
  assert.deepEqual(of("rendering"), ["cancel"]);
  assert.deepEqual(of("failed", true), ["edit", "remove"]);
  assert.deepEqual(of("failed", false), ["retry", "remove"]);
  assert.deepEqual(of("cancelled"), ["retry", "remove"]);
});

test("an error says what to do next, also one that is not known", () => {
  assert.deepEqual(
    [nextStep("INSUFFICIENT_CREDITS"), nextStep("NEW_CODE"), nextStep("NEW_CODE", true)],
    ["next_CREDITS", "next_LOG", "next_EDIT"],
  );
  assert.deepEqual(
    [sentence("It failed"), sentence("失敗しました。"), sentence("  ")],
    ["It failed.", "失敗しました。", ""],
  );
});
