/** The section where an order is made, and the bar with cost, balance and button. */

import { useEffect, useRef, useState } from "preact/hooks";
import { EMPTY_LOOK } from "../model.js";
import type { Estimate, Look } from "../protocol.js";
import { CaptureSection, ViewsSection } from "./capture.js";
import { useAsk, useOnce, usePanel } from "./context.js";
import { newSeed, Options, SavedLooks, StyleBrowser } from "./look.js";
import { Check } from "./parts.js";

/** Returns the price of an order out of the host's, and asks anew when something changes that it depends on. */
export function useEstimate(look: Look, count: number): Estimate | null {
  const { call, shown } = usePanel();
  const [found, setFound] = useState<Estimate | null>(null);
  useEffect(() => {
    let isOld = false;
    const waiting = setTimeout(() => {
      call("estimate", { look, count: Math.max(1, count) }).then(
        (estimate) => isOld || setFound(estimate),
        () => isOld || setFound(null),
      );
    }, 60);
    return () => {
      isOld = true;
      clearTimeout(waiting);
    };
  }, [look.model, look.quality, count, shown.account, shown.capabilities, shown.queue]);
  return found;
}

/** Returns the look on the screen. The host keeps it; what it sends is taken over. */
export function useLook(): [Look, (part: Partial<Look>) => void] {
  const { shown, call } = usePanel();
  const [look, setLook] = useState<Look>(() => ({ ...EMPTY_LOOK, seed: newSeed(), ...shown.look }));
  const waiting = useRef(0);
  useEffect(() => {
    if (shown.look) setLook((now) => ({ ...now, ...shown.look, seed: shown.look?.seed ?? now.seed }));
  }, [shown.look]);
  const change = (part: Partial<Look>) => {
    const next = { ...look, ...part };
    setLook(next);
    clearTimeout(waiting.current);
    waiting.current = window.setTimeout(() => void call("setLook", { look: next }).catch(() => {}), 400);
  };
  return [look, change];
}

export function OrderSection(props: { look: Look; change(part: Partial<Look>): void }) {
  const { hello, shown, words, tell } = usePanel();
  const { look, change } = props;
  const ask = useAsk();
  const [views, setViews] = useState<string[] | null>(null);
  const [keepsSeed, setKeepsSeed] = useState(true);
  const [isBusy, once] = useOnce();
  const known = new Set((shown.views ?? []).map((view) => view.id));
  const chosen = views?.filter((id) => known.has(id)) ?? null;
  const hasBatch = hello.features.batch && known.size > 0;
  const captureId = shown.capture?.id;

  const order = async () => {
    const answer = chosen
      ? await ask("order", { look, views: chosen })
      : captureId && (await ask("order", { look, captureId }));
    if (!answer) return;
    tell({ isError: false, text: words.count("queued", answer.ids.length) });
    if (!keepsSeed) change({ seed: newSeed() });
  };
  const missing = shown.release?.tooOld
    ? words.text("needUpdate")
    : chosen
      ? chosen.length
        ? ""
        : words.text("needViews")
      : captureId
        ? ""
        : words.text("needCapture");
  return (
    <>
      <div class="columns">
        <div>
          <CaptureSection aspectRatio={look.aspectRatio} change={(aspectRatio) => change({ aspectRatio })} />
          {hasBatch && <ViewsSection chosen={chosen} change={setViews} />}
        </div>
        <div>
          <StyleBrowser look={look} change={change} />
          <section aria-labelledby="options">
            <h2 id="options">{words.text("options")}</h2>
            <Options look={look} change={change} />
            <Check label={words.text("keepSeed")} checked={keepsSeed} change={setKeepsSeed} />
          </section>
          <section aria-labelledby="looks">
            <h2 id="looks">{words.text("looks")}</h2>
            <SavedLooks look={look} change={change} />
          </section>
        </div>
      </div>
      <OrderBar
        look={look}
        count={hasBatch && chosen ? chosen.length : null}
        missing={missing}
        isBusy={isBusy}
        order={() => void once(order)}
      />
    </>
  );
}

/** Cost, what is left, and the button. `count` null is one capture; `missing` says why nothing can be ordered. */
export function OrderBar(props: {
  look: Look;
  count: number | null;
  missing: string;
  isBusy: boolean;
  label?: string;
  order(): void;
}) {
  const { shown, words } = usePanel();
  const estimate = useEstimate(props.look, props.count ?? 1);
  const isShort = estimate !== null && !estimate.sufficient;
  const cannot = props.missing !== "" || isShort || props.isBusy;
  const waits = shown.network !== "online" || shown.account?.status !== "signedIn";
  const label =
    props.label ??
    (waits
      ? words.text("orderQueue")
      : props.count === null
        ? words.text("order")
        : words.count("orderMany", props.count));
  const cost = estimate?.cost ?? null;
  const left = estimate?.left ?? null;
  return (
    <div class="order">
      <div class={isShort ? "price short" : "price"} role="status">
        {isShort && cost !== null && left !== null ? (
          <p>{words.text("notEnough", { cost: words.count("credits", cost), left: words.count("credits", left) })}</p>
        ) : (
          <>
            <p class="cost">
              <span class="sr">{words.text("cost")}: </span>
              {cost === null ? words.text("costUnknown") : words.count("credits", cost)}
            </p>
            {cost !== null && left !== null && (
              <p class="hint">{words.text("afterwards", { left: words.count("credits", left - cost) })}</p>
            )}
          </>
        )}
        {props.missing && <p class="hint">{props.missing}</p>}
      </div>
      <button type="button" class="main" aria-disabled={cannot} onClick={() => cannot || props.order()}>
        {label}
      </button>
    </div>
  );
}
