/** The capture with its crop, and the choice of views. */

import { useEffect, useRef, useState } from "preact/hooks";
import { largestCrop, movedCrop, NEAREST, nearestRatio, SOURCE, scaledCrop, stretchedCrop } from "../model.js";
import type { Capture, Crop } from "../protocol.js";
import type { TextKey } from "../words.js";
import { useAsk, useOnce, usePanel } from "./context.js";
import { Check, Icon, Select } from "./parts.js";

const STEP = 0.01;
const LONG_STEP = 0.05;
const GUIDES = ["depth", "materialIds", "normals", "model"];

export function CaptureSection(props: { aspectRatio: string; change(aspectRatio: string): void }) {
  const { shown, words, hello } = usePanel();
  const ask = useAsk();
  const [isBusy, once] = useOnce();
  const capture = shown.capture ?? null;
  const ratios = shown.capabilities?.aspectRatios ?? [];
  const [crop, setCrop] = useCrop(capture, props.aspectRatio, ratios);

  const take = async () => {
    await ask("capture", { aspectRatio: props.aspectRatio });
  };
  const choose = (aspectRatio: string) => {
    props.change(aspectRatio);
    if (capture) setCrop(largestCrop(capture, resolved(capture, aspectRatio, ratios)), aspectRatio);
  };
  return (
    <section aria-labelledby="capture">
      <div class="row spread">
        <h2 id="capture">{capture?.view || words.text("thisView")}</h2>
        <button type="button" onClick={() => void once(take)} aria-disabled={isBusy} class={capture ? "" : "main"}>
          {words.text(isBusy ? "capturing" : capture ? "captureAgain" : "capture")}
        </button>
      </div>
      {capture && crop ? (
        <>
          <Preview capture={capture} crop={crop} change={hello.features.crop ? setCrop : null} />
          <Guides capture={capture} />
        </>
      ) : (
        <div class="empty">
          <Icon name="image" />
          <p>{words.text("captureNone")}</p>
        </div>
      )}
      <Select
        label={words.text("aspectRatio")}
        value={props.aspectRatio}
        change={choose}
        options={[
          [NEAREST, words.text("nearest")],
          [SOURCE, words.text("source")],
          ...[...new Set([...ratios, props.aspectRatio])]
            .filter((name) => name !== SOURCE && name !== NEAREST)
            .map((name) => [name, name] as const),
        ]}
      />
    </section>
  );
}

const resolved = (capture: Capture, aspectRatio: string, ratios: readonly string[]) =>
  aspectRatio === NEAREST ? nearestRatio(capture.width, capture.height, ratios) : aspectRatio;

/** Returns the crop on the screen, and how to change it. The host hears of a change when it has rested for a moment. */
function useCrop(capture: Capture | null, aspectRatio: string, ratios: readonly string[]) {
  const ask = useAsk();
  const [own, setOwn] = useState<{ captureId: string; crop: Crop } | null>(null);
  const waiting = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), [capture?.id]);
  const crop = own && own.captureId === capture?.id ? own.crop : (capture?.crop ?? null);
  const change = (next: Crop, ratio = aspectRatio) => {
    if (!capture) return;
    setOwn({ captureId: capture.id, crop: next });
    clearTimeout(waiting.current);
    const params = { captureId: capture.id, aspectRatio: resolved(capture, ratio, ratios), crop: next };
    waiting.current = window.setTimeout(() => void ask("setCrop", params), 200);
  };
  return [crop, change] as const;
}

function Preview(props: { capture: Capture; crop: Crop; change: ((crop: Crop) => void) | null }) {
  const { words } = usePanel();
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; crop: Crop; corner: boolean } | null>(null);
  const { capture, crop, change } = props;
  const percent = (part: number) => `${100 * part}%`;

  const down = (event: PointerEvent, corner: boolean) => {
    event.stopPropagation();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, crop, corner };
  };
  const move = (event: PointerEvent) => {
    const from = drag.current;
    const box = frame.current?.getBoundingClientRect();
    if (!from || !box || !change) return;
    const dx = (event.clientX - from.x) / box.width;
    const dy = (event.clientY - from.y) / box.height;
    change(from.corner ? stretchedCrop(from.crop, dx, dy) : movedCrop(from.crop, dx, dy));
  };
  const up = () => {
    drag.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const step = event.shiftKey ? LONG_STEP : STEP;
    const changed: Record<string, () => Crop> = {
      ArrowLeft: () => movedCrop(crop, -step, 0),
      ArrowRight: () => movedCrop(crop, step, 0),
      ArrowUp: () => movedCrop(crop, 0, -step),
      ArrowDown: () => movedCrop(crop, 0, step),
      "+": () => scaledCrop(crop, 1 + step),
      "-": () => scaledCrop(crop, 1 / (1 + step)),
    };
    const next = changed[event.key];
    if (!next || !change) return;
    event.preventDefault();
    change(next());
  };
  const pixels = [Math.round(crop.width * capture.width), Math.round(crop.height * capture.height)];
  const place = words.text("cropAt", {
    width: pixels[0]!,
    height: pixels[1]!,
    x: Math.round(100 * crop.x),
    y: Math.round(100 * crop.y),
  });
  return (
    <>
      <div class="preview" style={{ maxWidth: `${(60 * capture.width) / capture.height}vh` }}>
        <div ref={frame} class="frame">
          <img src={capture.picture} alt={words.text("captureOf", { view: capture.view })} draggable={false} />
          <div
            class={change ? "crop" : "crop still"}
            style={{
              left: percent(crop.x),
              top: percent(crop.y),
              width: percent(crop.width),
              height: percent(crop.height),
            }}
            role="application"
            aria-label={words.text("cropBox")}
            aria-describedby="crop-at"
            tabIndex={change ? 0 : -1}
            onKeyDown={key}
            onPointerDown={(event) => change && down(event, false)}
            onPointerMove={move}
            onPointerUp={up}
            onPointerCancel={up}
          >
            {change && (
              <span class="corner" onPointerDown={(event) => down(event, true)} onPointerMove={move} onPointerUp={up} />
            )}
          </div>
        </div>
      </div>
      <div class="row spread">
        <p class="hint" id="crop-at">
          {place}
        </p>
        {change && (
          <span class="row tight">
            <CropButton name="cropSmaller" icon="minus" press={() => change(scaledCrop(crop, 1 / 1.1))} />
            <CropButton name="cropLarger" icon="plus" press={() => change(scaledCrop(crop, 1.1))} />
            <CropButton
              name="cropReset"
              icon="whole"
              press={() => change(movedCrop(scaledCrop(crop, Number.MAX_VALUE), 0, 0))}
            />
          </span>
        )}
      </div>
    </>
  );
}

function CropButton(props: { name: TextKey; icon: "minus" | "plus" | "whole"; press(): void }) {
  const text = usePanel().words.text(props.name);
  return (
    <button type="button" class="quiet icon" aria-label={text} title={text} onClick={props.press}>
      <Icon name={props.icon} />
    </button>
  );
}

function Guides(props: { capture: Capture }) {
  const { shown, words } = usePanel();
  const names = GUIDES.filter((name) => props.capture.guides.includes(name)).map((name) => words.text(name as TextKey));
  if (!names.length) return null;
  const isSent = shown.settings?.sendGuides ?? true;
  return <p class="hint">{isSent ? words.text("guidesSent", { list: words.list(names) }) : words.text("guidesNot")}</p>;
}

/** The choice of views for a batch; null is the capture alone. */
export function ViewsSection(props: { chosen: string[] | null; change(chosen: string[] | null): void }) {
  const { shown, words } = usePanel();
  const views = shown.views ?? [];
  const { chosen } = props;
  const toggle = (id: string, is: boolean) =>
    props.change(views.filter((view) => (view.id === id ? is : chosen?.includes(view.id))).map((view) => view.id));
  return (
    <fieldset class="views">
      <legend>{words.text("views")}</legend>
      <div class="segments">
        {[false, true].map((several) => (
          <label key={String(several)}>
            <input
              type="radio"
              name="views"
              checked={several === (chosen !== null)}
              onChange={() => props.change(several ? views.map((view) => view.id) : null)}
            />
            <span>{words.text(several ? "severalViews" : "thisView")}</span>
          </label>
        ))}
      </div>
      {chosen && (
        <>
          <div class="row spread">
            <p class="hint">{words.count("viewsChosen", chosen.length)}</p>
            <span class="row tight">
              <button type="button" class="quiet" onClick={() => props.change(views.map((view) => view.id))}>
                {words.text("allViews")}
              </button>
              <button type="button" class="quiet" onClick={() => props.change([])}>
                {words.text("noViews")}
              </button>
            </span>
          </div>
          <div class="checks">
            {views.map((view) => (
              <Check
                key={view.id}
                label={view.name}
                checked={chosen.includes(view.id)}
                change={(is) => toggle(view.id, is)}
              />
            ))}
          </div>
        </>
      )}
    </fieldset>
  );
}
