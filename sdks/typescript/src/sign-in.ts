/** Signing in and out: with a password, or by a code that the user approves in a browser (RFC 8628). */

import type { Api } from "./api.js";
import type { Session } from "./credentials.js";
import { AuthError, RenderiqError } from "./errors.js";
import type { DeviceCodeOut } from "./models.js";
import { readTokens } from "./tokens.js";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SLOWER = 5;

/** What the user has to see: a page, and the code that it asks for. `completeUrl` has the code in it. */
export interface DeviceCode {
  userCode: string;
  url: string;
  completeUrl: string;
}

/** Shows a code to the user. It must not wait for the user. */
export type Show = (code: DeviceCode) => void;

/** `client.signIn`: opens and ends the session of a client. */
export class SignIn {
  constructor(
    private readonly api: Api,
    private readonly session: Session,
    private readonly openBrowser: Show,
  ) {}

  /** Signs in and returns the user's e-mail address. Throws `AuthError` if the password is wrong. */
  async withPassword(email: string, password: string): Promise<string> {
    const answer = await this.api.call("POST", "/auth/signin", { json: { email, password }, signedIn: false });
    return this.keep(answer.body);
  }

  /**
   * Signs in by a code and returns the user's e-mail address. Without `show` the code's page is opened in the browser.
   *
   * Throws `AuthError` with `ACCESS_DENIED` or `EXPIRED_TOKEN`.
   */
  async withDeviceCode(show: Show = this.openBrowser): Promise<string> {
    const answer = await this.api.call("POST", "/auth/device/code", { json: {}, signedIn: false });
    const codes = answer.body as unknown as DeviceCodeOut;
    show({ userCode: codes.user_code, url: codes.verification_uri, completeUrl: codes.verification_uri_complete });
    const { clock } = this.api;
    const once = this.api.withoutRetries();
    const json = { grant_type: GRANT, device_code: codes.device_code };
    const until = clock.now() + (codes.expires_in ?? 600);
    for (let interval = codes.interval ?? 5; ; ) {
      await clock.sleep(interval);
      if (clock.now() >= until) throw new AuthError("EXPIRED_TOKEN", "The code has expired. Request another one.");
      try {
        return await this.keep((await once.call("POST", "/auth/device/token", { json, signedIn: false })).body);
      } catch (error) {
        if (!(error instanceof RenderiqError && error.retryable)) throw error;
        if (error.code !== "AUTHORIZATION_PENDING") interval += SLOWER;
      }
    }
  }

  /** Ends the session, here also if the server does not know it any more. Throws `NetworkError`. */
  async out(): Promise<void> {
    try {
      await this.api.call("POST", "/auth/signout", { json: {} });
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
    }
    await this.session.forget();
  }

  private async keep(body: Record<string, unknown>): Promise<string> {
    const tokens = readTokens(body, this.api.clock.now());
    await this.session.keep(tokens);
    return tokens.email;
  }
}
