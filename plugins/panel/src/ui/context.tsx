/** What every part of the panel uses: the host, the words, and how an error is shown. */

import { createContext } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { type Call, HostError } from "../host.js";
import { nextStep, sentence } from "../model.js";
import type { Hello, Method, Params, Result, Shown } from "../protocol.js";
import type { Translator } from "../words.js";

export interface Message {
  isError: boolean;
  text: string;
}

export interface Panel {
  hello: Hello;
  shown: Partial<Shown>;
  words: Translator;
  call: Call;
  tell(message: Message): void;
}

export const PanelContext = createContext<Panel | null>(null);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (!panel) throw new Error("There is no panel around this.");
  return panel;
}

/** Returns an error as a sentence with what to do next. */
export function explain(words: Translator, host: string, code: string, message: string, isRefused = false): string {
  return `${sentence(message)} ${words.text(nextStep(code, isRefused), { host })}`.trim();
}

/** Calls the host and shows its error, if there is one. Resolves to null then. */
export function useAsk(): <M extends Method>(method: M, params: Params<M>) => Promise<Result<M> | null> {
  const { call, tell, words, hello } = usePanel();
  return async (method, params) => {
    try {
      return await call(method, params);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      tell({ isError: true, text: explain(words, hello.host.title, error.code, error.message) });
      return null;
    }
  };
}

/** Returns whether something runs, and how to run it. While it runs, another call does nothing: two presses are one. */
export function useOnce(): [boolean, (work: () => Promise<void>) => Promise<void>] {
  const isRunning = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    try {
      await work();
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };
  return [isBusy, run];
}
