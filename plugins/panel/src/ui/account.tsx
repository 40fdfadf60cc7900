/** Sign-in, consents and settings. */

import { useState } from "preact/hooks";
import type { Settings } from "../protocol.js";
import { LANGUAGE_NAMES } from "../words.js";
import { useAsk, useOnce, usePanel } from "./context.js";
import { Check, Dialog, Select } from "./parts.js";

export function SignIn() {
  const { shown, words } = usePanel();
  const ask = useAsk();
  const account = shown.account;
  if (!account || account.status === "signedIn") return null;
  if (account.status === "signedOut") {
    return (
      <div class="card sign-in">
        <p>{words.text("signInWhy")}</p>
        <button type="button" class="main" onClick={() => void ask("signIn", {})}>
          {words.text("signIn")}
        </button>
      </div>
    );
  }
  return (
    <div class="card sign-in" role="status">
      {account.userCode ? (
        <>
          <p>{words.text("signInCode")}</p>
          <p class="code" translate={false}>
            {account.userCode}
          </p>
          {account.verificationUrl && <p class="hint url">{account.verificationUrl}</p>}
          {account.expiresAt && <p class="hint">{words.text("codeUntil", { time: words.time(account.expiresAt) })}</p>}
        </>
      ) : (
        <p>{words.text("signInWait")}</p>
      )}
      <div class="row">
        {account.userCode && (
          <button type="button" onClick={() => void ask("openPage", { page: "signIn" })}>
            {words.text("openPageAgain")}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => void ask("cancelSignIn", {})}>
          {words.text("cancel")}
        </button>
      </div>
    </div>
  );
}

/** The consents that the server asks for, one after another, in its own words. */
export function Consents(props: { close(): void }) {
  const { shown, words } = usePanel();
  const ask = useAsk();
  const [isBusy, once] = useOnce();
  const [total] = useState(shown.consents?.length ?? 0);
  const [consent] = shown.consents ?? [];
  const left = shown.consents?.length ?? 0;
  if (!consent) return null;
  const answer = (granted: boolean) =>
    once(async () => {
      await ask("answerConsents", { answers: [{ name: consent.name, version: consent.version, granted }] });
    });
  const recipients = consent.recipients ?? [];
  return (
    <Dialog title={words.text("consentTitle")} close={props.close}>
      {total > 1 && (
        <p class="hint">
          {words.text("consentStep", { n: Math.max(1, total - left + 1), total: Math.max(total, left) })}
        </p>
      )}
      <h3>{consent.title}</h3>
      <p class="words">{consent.text}</p>
      {recipients.length > 0 && <p class="hint">{words.text("recipients", { list: words.list(recipients) })}</p>}
      <div class="row answers">
        <button type="button" aria-disabled={isBusy} onClick={() => answer(true)}>
          {words.text("agree")}
        </button>
        <button type="button" aria-disabled={isBusy} onClick={() => answer(false)}>
          {words.text("disagree")}
        </button>
        <button type="button" class="quiet" onClick={props.close}>
          {words.text("later")}
        </button>
      </div>
    </Dialog>
  );
}

export function SettingsSection(props: { version: string }) {
  const { hello, shown, words } = usePanel();
  const ask = useAsk();
  const { account, settings } = shown;
  const host = hello.host.title;
  const set = (part: Partial<Settings>) => void ask("setSettings", { settings: part });
  const { depth, materialIds, normals } = hello.features;
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">{words.text("settings")}</h2>
      {account?.status === "signedIn" && (
        <div class="card">
          <h3>{words.text("account")}</h3>
          <p>{account.email ? words.text("signedInAs", { email: account.email }) : words.text("signedIn")}</p>
          {typeof account.balance === "number" && (
            <p class="hint">
              {words.text("balance")}: {words.count("credits", account.balance)}
            </p>
          )}
          <div class="row">
            <button type="button" onClick={() => void ask("signOut", {})}>
              {words.text("signOut")}
            </button>
          </div>
        </div>
      )}
      {settings && (
        <>
          <div class="pair">
            <Select
              label={words.text("language")}
              value={settings.language}
              change={(language) => set({ language: language as Settings["language"] })}
              options={[["auto", words.text("languageAuto", { host })], ...Object.entries(LANGUAGE_NAMES)]}
            />
            <Select
              label={words.text("theme")}
              value={settings.theme}
              change={(theme) => set({ theme: theme as Settings["theme"] })}
              options={[
                ["auto", words.text("themeAuto")],
                ["light", words.text("themeLight")],
                ["dark", words.text("themeDark")],
              ]}
            />
          </div>
          {(depth || materialIds || normals) && (
            <Check
              label={words.text("sendGuides")}
              checked={settings.sendGuides}
              change={(sendGuides) => set({ sendGuides })}
            />
          )}
          {hello.features.placeResult.length > 0 && (
            <Check
              label={words.text("placeWhenDone", { host })}
              checked={settings.placeWhenDone}
              change={(placeWhenDone) => set({ placeWhenDone })}
            />
          )}
        </>
      )}
      {shown.log && (
        <div class="card">
          <h3>{words.text("logFile")}</h3>
          <p class="hint">{words.text("logWhy")}</p>
          <p class="hint url">{shown.log.path}</p>
          <div class="row">
            <button type="button" onClick={() => void ask("openLog", {})}>
              {words.text("openLog")}
            </button>
          </div>
        </div>
      )}
      <p class="hint">
        {words.text("about", { host, version: hello.host.version, plugin: hello.plugin, panel: props.version })}
      </p>
    </section>
  );
}
