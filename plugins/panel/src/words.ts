/** Texts, numbers and times in the user's language. */

import { de } from "./words/de.js";
import { en, type Plural, type Words } from "./words/en.js";
import { es } from "./words/es.js";
import { fr } from "./words/fr.js";
import { ja } from "./words/ja.js";
import { zh } from "./words/zh.js";

export const LANGUAGES = { en, de, fr, es, ja, zh } as const satisfies Record<string, Words>;
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  ja: "日本語",
  zh: "中文",
};
export type Language = keyof typeof LANGUAGES;
type Keys<T> = { [Key in keyof Words]: Words[Key] extends T ? Key : never }[keyof Words];
export type TextKey = Keys<string>;
export type PluralKey = Exclude<keyof Words, TextKey>;
type Values = Record<string, string | number>;

/** Returns the language of a locale such as `de-AT`, English if there is no translation. */
export function languageOf(locale: string): Language {
  const name = locale.toLowerCase().split(/[-_]/)[0] ?? "";
  return Object.keys(LANGUAGES).includes(name) ? (name as Language) : "en";
}

/** The texts of one language, and how it writes numbers and times. */
export class Translator {
  readonly language: Language;
  readonly locale: string;
  readonly #words: Words;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  /** `locale` decides how numbers and times are written if it is one of the language. */
  constructor(language: Language, locale: string = language) {
    const name = locale.replace(/_/g, "-");
    this.language = language;
    this.locale = languageOf(name) === language && isLocale(name) ? name : language;
    this.#words = LANGUAGES[language];
    this.#plural = new Intl.PluralRules(this.locale);
    this.#number = new Intl.NumberFormat(this.locale);
  }

  text(key: TextKey, values: Values = {}): string {
    return this.#filled(this.#words[key], values);
  }

  count(key: PluralKey, n: number): string {
    const forms: Plural = this.#words[key];
    return this.#filled(forms[this.#plural.select(n)] ?? forms.other, { n });
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  list(names: readonly string[]): string {
    return new Intl.ListFormat(this.locale, { type: "conjunction" }).format(names);
  }

  time(iso: string): string {
    return this.#formatted(iso, { hour: "numeric", minute: "2-digit" });
  }

  date(iso: string): string {
    return this.#formatted(iso, { dateStyle: "medium", timeStyle: "short" });
  }

  /** Returns how far a time is away, in whole seconds or minutes, such as `in 40 seconds`. */
  until(iso: string, now: number): string {
    const seconds = Math.max(0, Math.round((Date.parse(iso) - now) / 1000));
    const format = new Intl.RelativeTimeFormat(this.locale, { numeric: "always" });
    return seconds < 90 ? format.format(seconds, "second") : format.format(Math.round(seconds / 60), "minute");
  }

  #formatted(iso: string, options: Intl.DateTimeFormatOptions): string {
    const at = Date.parse(iso);
    return Number.isNaN(at) ? "" : new Intl.DateTimeFormat(this.locale, options).format(at);
  }

  #filled(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === "number" ? this.number(value) : value;
    });
  }
}

function isLocale(name: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf([name]).length > 0;
  } catch {
    return false;
  }
}
