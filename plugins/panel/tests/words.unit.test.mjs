import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGE_NAMES, LANGUAGES, languageOf, Translator } from "../.build/lib.mjs";

const { en } = LANGUAGES;
/** Texts that are the same in two languages, and right. */
const SAME =
  /^(ultra|standard|look|looks|style|styleDefault|options|source|theme|normals|render|panel|order|seed|consentStep|nextTry|about|credits|capture|model|sections)$/;
const names = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();
const formsOf = (words) => (typeof words === "string" ? { other: words } : words);

test("each language has one file", () => {
  const files = readdirSync("src/words").map((name) => name.replace(".ts", ""));
  assert.deepEqual(files.sort(), Object.keys(LANGUAGES).sort());
  assert.deepEqual(Object.keys(LANGUAGE_NAMES).sort(), Object.keys(LANGUAGES).sort());
});

for (const [language, words] of Object.entries(LANGUAGES)) {
  test(`${language} has every text`, () => {
    assert.deepEqual(Object.keys(words).sort(), Object.keys(en).sort());
    for (const [key, text] of Object.entries(words)) {
      for (const form of Object.values(formsOf(text))) assert.ok(form.trim(), key);
    }
  });

  test(`${language} has the values of each text, and no others`, () => {
    for (const [key, text] of Object.entries(words)) {
      for (const form of Object.values(formsOf(text)))
        assert.deepEqual(names(form), names(formsOf(en[key]).other), key);
    }
  });

  test(`${language} has the plural forms of its language`, () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.slice().sort();
    for (const [key, text] of Object.entries(words)) {
      if (typeof text !== "string") assert.deepEqual(Object.keys(text).sort(), forms, key);
    }
  });

  test(`${language} is translated`, () => {
    if (language === "en") return;
    const untranslated = Object.keys(en).filter(
      (key) => !SAME.test(key) && JSON.stringify(words[key]) === JSON.stringify(en[key]),
    );
    assert.deepEqual(untranslated, []);
  });
}

test("every text is used", () => {
  const source = ["ui", "."]
    .flatMap((folder) =>
      readdirSync(`src/${folder}`, { withFileTypes: true })
        .filter((each) => each.isFile())
        .map((each) => readFileSync(`src/${folder}/${each.name}`, "utf8")),
    )
    .join("\n");
  const built = /^(place_|next_)/;
  const unused = Object.keys(en).filter((key) => !built.test(key) && !new RegExp(`"${key}"`).test(source));
  assert.deepEqual(unused, []);
});

test("numbers, plurals and lists are those of the language", () => {
  assert.equal(new Translator("de", "de-DE").count("credits", 1200), "1.200 Credits");
  assert.equal(new Translator("de").count("credits", 1), "1 Credit");
  assert.equal(new Translator("en", "en-GB").count("credits", 1), "1 credit");
  assert.equal(new Translator("fr").count("credits", 0), "0 crédit");
  assert.equal(new Translator("ja").count("credits", 1), "1 クレジット");
  assert.equal(new Translator("en", "en-GB").list(["depth", "materials"]), "depth and materials");
});

test("a locale of another language does not change how numbers are written", () => {
  assert.equal(new Translator("en", "de-DE").number(1200), "1,200");
});

test("a locale without a translation gets English", () => {
  assert.deepEqual(["de_AT", "zh-Hans-CN", "pt-BR", "constructor", ""].map(languageOf), ["de", "zh", "en", "en", "en"]);
});

test("a locale that is none is no fault", () => {
  assert.equal(new Translator("de", "de_").number(1.5), "1,5");
});
