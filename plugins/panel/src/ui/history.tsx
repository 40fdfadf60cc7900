/** Orders that are done: their settings, before and after, again with other settings, and back into the host. */

import { useEffect, useState } from "preact/hooks";
import type { HistoryEntry, Look, Result } from "../protocol.js";
import type { TextKey } from "../words.js";
import { useAsk, usePanel } from "./context.js";
import { Dialog, Icon } from "./parts.js";
import { LookDialog, LookLine } from "./queue.js";

const PAGE = 24;
const TARGETS = new Set(["scene", "background", "sheet", "view", "image", "folder"]);

export function HistorySection(props: { use(look: Look): void }) {
  const { shown, words, tell } = usePanel();
  const ask = useAsk();
  const [count, setCount] = useState(PAGE);
  const [open, setOpen] = useState<{ id: string; what: "compare" | "again" } | null>(null);
  const history = shown.history ?? [];
  const entry = history.find((each) => each.id === open?.id);
  const close = () => setOpen(null);
  const again = async (look: Look) => {
    const answer = entry && (await ask("again", { id: entry.id, look }));
    if (answer) tell({ isError: false, text: words.count("queued", answer.ids.length) });
    return Boolean(answer);
  };
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.text("history")}</h2>
      {history.length ? (
        <ul class="cards results">
          {history.slice(0, count).map((each) => (
            <Done
              key={each.id}
              entry={each}
              compare={() => setOpen({ id: each.id, what: "compare" })}
              again={() => setOpen({ id: each.id, what: "again" })}
              use={() => props.use(each.look)}
            />
          ))}
        </ul>
      ) : (
        <p class="hint">{words.text("historyEmpty")}</p>
      )}
      {history.length > count && (
        <button type="button" onClick={() => setCount(count + PAGE)}>
          {words.text("historyMore")}
        </button>
      )}
      {entry && open?.what === "compare" && <CompareDialog entry={entry} close={close} />}
      {entry && open?.what === "again" && (
        <LookDialog
          title={words.text("againTitle", { view: entry.view })}
          look={entry.look}
          label={words.text("order")}
          send={again}
          close={close}
        />
      )}
    </section>
  );
}

function Done(props: { entry: HistoryEntry; compare(): void; again(): void; use(): void }) {
  const { hello, words } = usePanel();
  const ask = useAsk();
  const { entry } = props;
  const named = (key: TextKey) => ({ "aria-label": `${words.text(key)}: ${entry.view}` });
  return (
    <li>
      <button type="button" class="thumbnail" {...named("compare")} onClick={props.compare}>
        {entry.after ? <img src={entry.after} alt="" loading="lazy" /> : <Icon name="image" />}
      </button>
      <div>
        <h3>{entry.view}</h3>
        <p class="hint">{words.date(entry.createdAt)}</p>
        <LookLine look={entry.look} cost={entry.cost} />
        <div class="row">
          <button type="button" {...named("compare")} onClick={props.compare}>
            {words.text("compare")}
          </button>
          {entry.canRepeat !== false && (
            <button type="button" {...named("again")} onClick={props.again}>
              {words.text("again")}
            </button>
          )}
          {hello.features.placeResult
            .filter((target) => TARGETS.has(target))
            .map((target) => {
              const key = `place_${target}` as TextKey;
              return (
                <button
                  type="button"
                  key={target}
                  {...named(key)}
                  onClick={() => void ask("place", { id: entry.id, target })}
                >
                  {words.text(key)}
                </button>
              );
            })}
        </div>
        <div class="row">
          <button type="button" class="quiet" {...named("useLook")} onClick={props.use}>
            {words.text("useLook")}
          </button>
          {hello.features.openFile && (
            <button
              type="button"
              class="quiet"
              {...named("openFile")}
              onClick={() => void ask("openFile", { id: entry.id })}
            >
              {words.text("openFile")}
            </button>
          )}
          <button type="button" class="quiet" {...named("remove")} onClick={() => void ask("remove", { id: entry.id })}>
            {words.text("remove")}
          </button>
        </div>
      </div>
    </li>
  );
}

function CompareDialog(props: { entry: HistoryEntry; close(): void }) {
  const { words } = usePanel();
  const ask = useAsk();
  const [pictures, setPictures] = useState<Result<"pictures"> | null>(null);
  const [split, setSplit] = useState(50);
  const { entry } = props;
  useEffect(() => {
    void ask("pictures", { id: entry.id }).then((found) => (found ? setPictures(found) : props.close()));
  }, [entry.id]);
  return (
    <Dialog title={entry.view} close={props.close} wide>
      {pictures ? (
        <div class="compare">
          <img src={pictures.after} alt={words.text("after")} draggable={false} />
          {pictures.before && (
            <>
              <img
                class="over"
                src={pictures.before}
                alt={words.text("before")}
                draggable={false}
                style={{ clipPath: `inset(0 ${100 - split}% 0 0)` }}
              />
              <span class="tag left" aria-hidden="true">
                {words.text("before")}
              </span>
              <span class="tag right" aria-hidden="true">
                {words.text("after")}
              </span>
              <input
                type="range"
                min={0}
                max={100}
                value={split}
                aria-label={words.text("compareSlider")}
                onInput={(event) => setSplit(Number(event.currentTarget.value))}
              />
              <span class="line" style={{ left: `${split}%` }} aria-hidden="true" />
            </>
          )}
        </div>
      ) : (
        <p class="hint" role="status">
          {words.text("loading")}
        </p>
      )}
      <LookLine look={entry.look} cost={entry.cost} />
    </Dialog>
  );
}
