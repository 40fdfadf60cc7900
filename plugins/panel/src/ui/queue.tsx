/** Orders that are not done, with what can be done with each. */

import { useEffect, useState } from "preact/hooks";
import { type Action, actionsOf, styleName } from "../model.js";
import type { Look, QueueEntry } from "../protocol.js";
import { explain, useAsk, useOnce, usePanel } from "./context.js";
import { Options, StyleSelect } from "./look.js";
import { OrderBar } from "./order.js";
import { Dialog } from "./parts.js";

export function QueueSection() {
  const { shown, words } = usePanel();
  const [editedId, setEdited] = useState<string | null>(null);
  const queue = shown.queue ?? [];
  const edited = queue.find((entry) => entry.id === editedId);
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">{words.text("queue")}</h2>
      {queue.length ? (
        <ul class="cards">
          {queue.map((entry) => (
            <Order key={entry.id} entry={entry} edit={() => setEdited(entry.id)} />
          ))}
        </ul>
      ) : (
        <p class="hint">{words.text("queueEmpty")}</p>
      )}
      {edited && <EditDialog entry={edited} close={() => setEdited(null)} />}
    </section>
  );
}

function Order(props: { entry: QueueEntry; edit(): void }) {
  const { hello, words } = usePanel();
  const { entry } = props;
  const ask = useAsk();
  const now = useNow(entry.nextTry ?? null);
  const state = entry.state === "failed" && entry.refused ? "refusedState" : entry.state;
  const act = (action: Action) => {
    if (action === "edit") props.edit();
    else void ask(action, { id: entry.id });
  };
  const isMoving = entry.state === "uploading" || entry.state === "rendering";
  return (
    <li class={entry.state}>
      <div class="row spread">
        <h3>{entry.view}</h3>
        <span class="state">
          {words.text(state)}
          {isMoving && typeof entry.progress === "number" && ` ${words.number(Math.round(entry.progress))} %`}
        </span>
      </div>
      {isMoving && (
        <progress
          max={100}
          {...(typeof entry.progress === "number" ? { value: entry.progress } : {})}
          aria-label={words.text("progressOf", { view: entry.view })}
        />
      )}
      <LookLine look={entry.look} cost={entry.cost} />
      {entry.reason && (
        <p class="reason">{explain(words, hello.host.title, entry.reason.code, entry.reason.message, entry.refused)}</p>
      )}
      {entry.nextTry && Date.parse(entry.nextTry) > now && (
        <p class="hint">{words.text("nextTry", { when: words.until(entry.nextTry, now) })}</p>
      )}
      {entry.refunded ? <p class="hint">{words.count("refunded", entry.refunded)}</p> : null}
      <div class="row">
        {actionsOf(entry).map((action) => (
          <button
            type="button"
            key={action}
            class={action === "remove" ? "quiet" : ""}
            aria-label={`${words.text(action)}: ${entry.view}`}
            onClick={() => act(action)}
          >
            {words.text(action)}
          </button>
        ))}
      </div>
    </li>
  );
}

/** Returns the time, anew every few seconds while something waits for one. */
function useNow(until: string | null): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!until) return;
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, [until]);
  return now;
}

/** Style, quality, seed and cost in one line, then the prompt. */
export function LookLine(props: { look: Look; cost?: number | null | undefined }) {
  const { shown, words } = usePanel();
  const { look } = props;
  const style = shown.styles?.find((each) => styleName(each.styleId) === styleName(look.style))?.title ?? look.style;
  const quality = ["standard", "high", "ultra"].find((name) => name === look.quality) as "high" | undefined;
  const parts = [
    style || words.text("styleDefault"),
    quality ? words.text(quality) : look.quality,
    look.seed === null ? "" : `${words.text("seed")} ${look.seed}`,
    typeof props.cost === "number" ? words.count("credits", props.cost) : "",
  ];
  return (
    <>
      <p class="hint">{parts.filter(Boolean).join(" · ")}</p>
      {look.prompt && <p class="prompt">{look.prompt}</p>}
    </>
  );
}

function EditDialog(props: { entry: QueueEntry; close(): void }) {
  const { words, hello } = usePanel();
  const { entry } = props;
  const ask = useAsk();
  const title = words.text("editTitle", { view: entry.view });
  const send = async (look: Look) => (await ask("edit", { id: entry.id, look })) !== null;
  const reason = entry.reason && explain(words, hello.host.title, entry.reason.code, entry.reason.message, true);
  return (
    <LookDialog
      title={title}
      look={entry.look}
      {...(reason ? { reason } : {})}
      label={words.text("editSend")}
      send={send}
      close={props.close}
    />
  );
}

/** A dialog that changes a look and sends it with a button that says what it costs. */
export function LookDialog(props: {
  title: string;
  look: Look;
  reason?: string;
  label: string;
  send(look: Look): Promise<boolean>;
  close(): void;
}) {
  const [look, setLook] = useState(props.look);
  const [isBusy, once] = useOnce();
  const change = (part: Partial<Look>) => setLook({ ...look, ...part });
  const send = async () => {
    if (await props.send(look)) props.close();
  };
  return (
    <Dialog title={props.title} close={props.close}>
      {props.reason && <p class="reason">{props.reason}</p>}
      <StyleSelect look={look} change={change} />
      <Options look={look} change={change} />
      <OrderBar look={look} count={null} missing="" isBusy={isBusy} label={props.label} order={() => void once(send)} />
    </Dialog>
  );
}
