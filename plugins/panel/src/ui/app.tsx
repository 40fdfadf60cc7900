/** The whole panel: sections, banners and messages. */

import { render } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { Host, HostError } from "../host.js";
import { PROTOCOL } from "../protocol.js";
import { showTheme } from "../theme.js";
import type { Transport } from "../transport.js";
import { languageOf, type TextKey, Translator } from "../words.js";
import { Consents, SettingsSection, SignIn } from "./account.js";
import { explain, type Message, type Panel, PanelContext, useAsk, usePanel } from "./context.js";
import { HistorySection } from "./history.js";
import { OrderSection, useLook } from "./order.js";
import { QueueSection } from "./queue.js";

type Section = "render" | "queue" | "history" | "settings";
const SECTIONS: Section[] = ["render", "queue", "history", "settings"];
const SHOWN_FOR = 8000;

/** Shows the panel in the page's body. */
export function start(transport: Transport | null, version: string): void {
  const root = document.getElementById("panel")!;
  if (!transport) {
    showTheme("auto");
    render(<p class="whole">{new Translator(languageOf(navigator.language)).text("standalone")}</p>, root);
    return;
  }
  render(<App transport={transport} version={version} />, root);
}

function App(props: { transport: Transport; version: string }) {
  const [, redraw] = useState(0);
  const [message, tell] = useState<Message | null>(null);
  const [refused, setRefused] = useState("");
  const host = useMemo(() => new Host(props.transport, props.version), []);
  const changed = useCallback(() => redraw((n) => n + 1), []);
  const { hello, shown } = host;
  const locale = hello?.locale ?? navigator.language;
  const chosen = shown.settings?.language ?? "auto";
  const language = chosen === "auto" ? languageOf(locale) : chosen;
  const words = useMemo(() => new Translator(language, locale), [language, locale]);
  useEffect(() => {
    const noticed = (notice: { level: string; message: string }) =>
      tell({ isError: notice.level === "error", text: notice.message });
    host.start(changed, noticed).catch((error: unknown) => {
      if (!(error instanceof HostError)) throw error;
      setRefused(error.message);
    });
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const theme = shown.settings?.theme ?? "auto";
  useLayoutEffect(() => showTheme(theme), [theme]);
  useEffect(() => {
    if (!message || message.isError) return;
    const timer = setTimeout(() => tell(null), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [message]);

  if (refused) return <p class="whole">{refused}</p>;
  if (!hello) return <p class="whole">{words.text("connecting")}</p>;
  if (hello.protocol !== PROTOCOL) {
    return <p class="whole">{words.text(hello.protocol > PROTOCOL ? "panelOld" : "hostOld")}</p>;
  }
  const panel: Panel = { hello, shown, words, call: host.call, tell };
  return (
    <PanelContext.Provider value={panel}>
      <Sections isConnected={host.isConnected} version={props.version} />
      <div class="message" role="status">
        {message && !message.isError && <p>{message.text}</p>}
      </div>
      <div class="message error" role="alert">
        {message?.isError && (
          <p>
            {message.text}
            <button type="button" class="quiet" onClick={() => tell(null)}>
              {words.text("dismiss")}
            </button>
          </p>
        )}
      </div>
    </PanelContext.Provider>
  );
}

function Sections(props: { isConnected: boolean; version: string }) {
  const { shown, words } = usePanel();
  const [section, setSection] = useState<Section>("render");
  const [look, change] = useLook();
  const waiting = (shown.queue ?? []).length;
  const account = shown.account;
  const key = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = SECTIONS[(SECTIONS.indexOf(section) + step + SECTIONS.length) % SECTIONS.length]!;
    setSection(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <>
      <header class="top">
        <h1>Renderiq</h1>
        {account?.status === "signedIn" && typeof account.balance === "number" && (
          <span class="balance">
            <span class="sr">{words.text("balance")}: </span>
            {words.count("credits", account.balance)}
          </span>
        )}
        <div class="tabs" role="tablist" aria-label={words.text("sections")} onKeyDown={key}>
          {SECTIONS.map((name) => (
            <button
              type="button"
              key={name}
              id={`tab-${name}`}
              role="tab"
              aria-selected={name === section}
              aria-controls="section"
              tabIndex={name === section ? 0 : -1}
              onClick={() => setSection(name)}
            >
              {words.text(name)}
              {name === "queue" && waiting > 0 && <span class="number">{words.number(waiting)}</span>}
            </button>
          ))}
        </div>
      </header>
      <main>
        <div id="section" role="tabpanel" aria-labelledby={`tab-${section}`}>
          <Banners isConnected={props.isConnected} />
          <SignIn />
          {section === "render" && <OrderSection look={look} change={change} />}
          {section === "queue" && <QueueSection />}
          {section === "history" && (
            <HistorySection
              use={(used) => {
                change(used);
                setSection("render");
                document.getElementById("tab-render")?.focus();
              }}
            />
          )}
          {section === "settings" && <SettingsSection version={props.version} />}
        </div>
      </main>
    </>
  );
}

interface Banner {
  kind: "info" | "warning";
  text: string;
  button?: [TextKey, () => void];
}

function Banners(props: { isConnected: boolean }) {
  const { hello, shown, words } = usePanel();
  const ask = useAsk();
  const [isDeciding, setDeciding] = useState(false);
  const host = hello.host.title;
  const open = shown.consents?.length ?? 0;
  useEffect(() => setDeciding(open > 0), [open > 0]);
  const list: Banner[] = [];
  if (!props.isConnected) list.push({ kind: "warning", text: words.text("lost", { host }) });
  if (shown.network === "hostOffline") list.push({ kind: "info", text: words.text("offline", { host }) });
  if (shown.network === "unreachable") list.push({ kind: "warning", text: words.text("unreachable") });
  if (shown.release) {
    const { tooOld, version } = shown.release;
    const text = words.text(tooOld ? "tooOld" : "update", { version });
    list.push({
      kind: tooOld ? "warning" : "info",
      text,
      button: ["download", () => void ask("openPage", { page: "download" })],
    });
  }
  const resume = () => void ask("resume", {});
  if (shown.paused) {
    const why = explain(words, host, shown.paused.code, shown.paused.message);
    list.push({ kind: "warning", text: `${words.text("paused")} ${why}`, button: ["resume", resume] });
  }
  if (shown.problem) {
    const text = explain(words, host, shown.problem.code, shown.problem.message);
    list.push({ kind: "warning", text, button: ["retry", resume] });
  }
  if (open)
    list.push({ kind: "info", text: words.count("consentOpen", open), button: ["decide", () => setDeciding(true)] });
  return (
    <>
      <div role="status">
        {list.map((banner) => (
          <div key={banner.text} class={`banner ${banner.kind}`}>
            <p>{banner.text}</p>
            {banner.button && (
              <button type="button" onClick={banner.button[1]}>
                {words.text(banner.button[0])}
              </button>
            )}
          </div>
        ))}
      </div>
      {isDeciding && open > 0 && <Consents close={() => setDeciding(false)} />}
    </>
  );
}
