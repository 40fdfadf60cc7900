/** What proves who the caller is: an API key, or the tokens of a session. */

import type { Api, Credentials } from "./api.js";
import { AuthError } from "./errors.js";
import { readTokens, type TokenStore, type Tokens } from "./tokens.js";

/** An access token with fewer seconds left is refreshed before it is used. */
const REFRESH_AHEAD = 60;
const BEARER = "Bearer ";

/** An API key, `rk_live_…`. */
export class ApiKey implements Credentials {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  async headers(): Promise<Record<string, string>> {
    return { "X-Api-Key": this.#key };
  }

  /** Returns false: a key that was rejected stays so. */
  async renew(): Promise<boolean> {
    return false;
  }
}

/** The tokens of a session, refreshed ahead of time. Of all processes that share the store, one refreshes. */
export class Session implements Credentials {
  readonly #store: TokenStore;
  #tokens: Tokens | null = null;

  constructor(store: TokenStore) {
    this.#store = store;
  }

  /** Returns the access token's header. Throws `AuthError` if nobody has signed in. */
  async headers(api: Api): Promise<Record<string, string>> {
    this.#tokens ??= await this.#store.load();
    const tokens = this.#tokens;
    if (!tokens) throw signInFirst();
    if (isEnding(tokens, api)) this.#tokens = await this.#refreshed(api, tokens.accessToken);
    return { Authorization: BEARER + this.#tokens?.accessToken };
  }

  /** Refreshes the tokens, unless that has been done since they were rejected. Throws `RenderiqError`. */
  async renew(api: Api, rejected: Record<string, string>): Promise<boolean> {
    this.#tokens = await this.#refreshed(api, rejected.Authorization?.slice(BEARER.length) ?? "");
    return true;
  }

  /** Keeps the tokens of a new session. */
  async keep(tokens: Tokens): Promise<void> {
    await this.#store.save(tokens);
    this.#tokens = tokens;
  }

  /** Forgets the tokens. */
  async forget(): Promise<void> {
    this.#tokens = null;
    await this.#store.clear();
  }

  #refreshed(api: Api, old: string): Promise<Tokens> {
    return this.#store.exclusively(async () => {
      const tokens = await this.#store.load(); // another one may have refreshed meanwhile
      if (!tokens) {
        this.#tokens = null;
        throw signInFirst();
      }
      if (tokens.accessToken !== old && !isEnding(tokens, api)) return tokens;
      const json = { refresh_token: tokens.refreshToken };
      try {
        const answer = await api.call("POST", "/auth/refresh", { json, signedIn: false });
        const refreshed = readTokens(answer.body, api.clock.now());
        await this.#store.save(refreshed);
        return refreshed;
      } catch (error) {
        if (error instanceof AuthError) await this.forget();
        throw error;
      }
    });
  }
}

function isEnding(tokens: Tokens, api: Api): boolean {
  return tokens.expiresAt - api.clock.now() < REFRESH_AHEAD;
}

function signInFirst(): AuthError {
  return new AuthError("AUTH_REQUIRED", "Sign in first.");
}
