/** Everything that a look has: style, prompt, quality, model, fidelity, seed; and looks that are saved. */

import { useState } from "preact/hooks";
import { categoryPath, foundStyles, styleName, usesInput } from "../model.js";
import { type Look, MAX_SEED } from "../protocol.js";
import type { TextKey } from "../words.js";
import { useAsk, usePanel } from "./context.js";
import { Field, Icon, Select, useId } from "./parts.js";

interface Props {
  look: Look;
  change(part: Partial<Look>): void;
}

export const newSeed = (): number => Math.floor(Math.random() * (MAX_SEED + 1));

/** Styles with their covers, by category and words. */
export function StyleBrowser({ look, change }: Props) {
  const { shown, words } = usePanel();
  const [text, setText] = useState("");
  const [category, setCategory] = useState("");
  const group = useId();
  const styles = shown.styles ?? [];
  const categories = shown.capabilities?.styleCategories ?? [];
  const found = foundStyles(styles, categories, category, text);
  const options = categories.map((each) => [each.name, categoryPath(categories, each)] as const);
  return (
    <section aria-labelledby={`${group}h`}>
      <h2 id={`${group}h`}>{words.text("style")}</h2>
      {styles.length ? (
        <>
          <div class="pair">
            <Field label={words.text("styleSearch")}>
              {(id) => (
                <input id={id} type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
              )}
            </Field>
            <Select
              label={words.text("category")}
              value={category}
              change={setCategory}
              options={[["", words.text("allCategories")], ...options]}
            />
          </div>
          <div class="styles" role="radiogroup" aria-labelledby={`${group}h`}>
            {found.map((style) => (
              <label key={style.styleId} title={style.description}>
                <input
                  type="radio"
                  name={group}
                  checked={styleName(style.styleId) === styleName(look.style)}
                  onChange={() => change({ style: style.styleId })}
                />
                <span class="cover">{style.cover ? <img src={style.cover} alt="" /> : <Icon name="image" />}</span>
                <span class="title">{style.title}</span>
              </label>
            ))}
          </div>
          {!found.length && <p class="hint">{words.text("stylesNone")}</p>}
        </>
      ) : (
        <p class="hint">{words.text("stylesUnread")}</p>
      )}
    </section>
  );
}

/** The style in one line, for dialogs. */
export function StyleSelect({ look, change }: Props) {
  const { shown, words } = usePanel();
  const styles = (shown.styles ?? []).map((each) => [each.styleId, each.title] as const);
  const same = styles.find(([id]) => styleName(id) === styleName(look.style))?.[0];
  const unknown = look.style && !same ? [[look.style, look.style] as const] : [];
  return (
    <Select
      label={words.text("style")}
      value={same ?? look.style}
      change={(style) => change({ style })}
      options={[["", words.text("styleDefault")], ...styles, ...unknown]}
    />
  );
}

export function Options({ look, change }: Props) {
  const { shown, words } = usePanel();
  const capabilities = shown.capabilities;
  const longest = Math.min(capabilities?.limits?.maxPromptLength ?? 2000, 2000);
  const uses = (input: string) => usesInput(capabilities, look.model, input);
  const named = (name: string) => words.text((QUALITIES.has(name) ? name : "engineDefault") as TextKey);
  const qualities = (capabilities?.qualities ?? []).map(
    (each) => [each.name, QUALITIES.has(each.name) ? named(each.name) : each.name] as const,
  );
  const quality = look.quality || (capabilities?.qualities.find((each) => each.isDefault)?.name ?? "");
  const models = (capabilities?.models ?? []).map((each) => [each.name, capital(each.name)] as const);
  return (
    <>
      {uses("prompt") && (
        <Field label={words.text("prompt")}>
          {(id) => (
            <textarea
              id={id}
              rows={3}
              maxLength={longest}
              placeholder={words.text("promptHint")}
              value={look.prompt}
              onInput={(event) => change({ prompt: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      {uses("negativePrompt") && (
        <Field label={words.text("negativePrompt")}>
          {(id) => (
            <input
              id={id}
              type="text"
              maxLength={longest}
              placeholder={words.text("negativeHint")}
              value={look.negativePrompt}
              onInput={(event) => change({ negativePrompt: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <div class="pair">
        {qualities.length > 0 && (
          <Select
            label={words.text("quality")}
            value={quality}
            options={qualities}
            change={(name) => change({ quality: name })}
          />
        )}
        {models.length > 1 && (
          <Select
            label={words.text("engine")}
            value={look.model}
            options={[["", words.text("engineDefault")], ...models]}
            change={(model) => change({ model })}
          />
        )}
      </div>
      {uses("structureStrength") && <Fidelity look={look} change={change} />}
      {uses("seed") && <Seed look={look} change={change} />}
    </>
  );
}

const QUALITIES = new Set(["standard", "high", "ultra"]);
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function Fidelity({ look, change }: Props) {
  const { words } = usePanel();
  const percent = Math.round(100 * look.structureStrength);
  return (
    <Field label={`${words.text("fidelity")} · ${words.number(percent)} %`}>
      {(id) => (
        <>
          <input
            id={id}
            type="range"
            min={0}
            max={100}
            step={1}
            value={percent}
            onInput={(event) => change({ structureStrength: Number(event.currentTarget.value) / 100 })}
          />
          <span class="row spread hint" aria-hidden="true">
            <span>{words.text("fidelityFree")}</span>
            <span>{words.text("fidelityExact")}</span>
          </span>
        </>
      )}
    </Field>
  );
}

function Seed({ look, change }: Props) {
  const { words } = usePanel();
  const dice = words.text("dice");
  const read = (text: string) => {
    const number = Math.floor(Number(text));
    change({ seed: text === "" || Number.isNaN(number) ? null : Math.min(Math.max(number, 0), MAX_SEED) });
  };
  return (
    <div class="row seed">
      <Field label={words.text("seed")}>
        {(id) => (
          <input
            id={id}
            type="number"
            min={0}
            max={MAX_SEED}
            value={look.seed ?? ""}
            onChange={(event) => read(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="button" class="icon" aria-label={dice} title={dice} onClick={() => change({ seed: newSeed() })}>
        <Icon name="dice" />
      </button>
    </div>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  if (input?.value === "") input.focus();
}

export function SavedLooks({ look, change }: Props) {
  const { shown, words, tell } = usePanel();
  const ask = useAsk();
  const [name, setName] = useState("");
  const [isNaming, setNaming] = useState(false);
  const looks = shown.looks ?? [];
  const chosen = looks.some((each) => each.name === name) ? name : "";
  const choose = (picked: string) => {
    setName(picked);
    const found = looks.find((each) => each.name === picked);
    if (found) change(found.look);
  };
  const save = async (event: Event) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (!trimmed || !(await ask("saveLook", { name: trimmed, look }))) return;
    setNaming(false);
    setName(trimmed);
    tell({ isError: false, text: words.text("lookSaved", { name: trimmed }) });
  };
  if (isNaming) {
    return (
      <form class="row end" onSubmit={save}>
        <Field label={words.text("lookName")}>
          {(id) => (
            <input
              id={id}
              type="text"
              required
              maxLength={120}
              value={name}
              ref={focusOnce}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit">{words.text("lookSave")}</button>
        <button type="button" class="quiet" onClick={() => setNaming(false)}>
          {words.text("cancel")}
        </button>
      </form>
    );
  }
  return (
    <div class="row end">
      {looks.length > 0 && (
        <Select
          label={words.text("look")}
          value={chosen}
          change={choose}
          options={[["", words.text("lookChoose")], ...looks.map((each) => [each.name, each.name] as const)]}
        />
      )}
      <button
        type="button"
        onClick={() => {
          setName(chosen);
          setNaming(true);
        }}
      >
        {words.text("lookSave")}
      </button>
      {chosen && (
        <button type="button" class="quiet" onClick={() => void ask("deleteLook", { name: chosen })}>
          {words.text("lookDelete")}
        </button>
      )}
    </div>
  );
}
