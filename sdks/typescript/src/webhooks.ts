/** Webhooks: register, verify what arrives, or ask for events instead. */

import type { Api } from "./api.js";
import type { Event, PolledEventOut, PolledEventsOut, WebhookList, WebhookOut, WebhookRegistered } from "./models.js";
import { type MessageHeaders, verify, type WebhookEvent } from "./signatures.js";

const WAIT = 20;
const PAUSE = 1;

/** `client.webhooks`. */
export class Webhooks {
  constructor(private readonly api: Api) {}

  /** Registers a URL for events. Without a URL it is a poll endpoint, which `poll` reads. */
  async register(options: { events: readonly Event[]; url?: string; secret?: string }): Promise<WebhookRegistered> {
    const json = { ...options, type: options.url ? "push" : "poll" };
    return (await this.api.call("POST", "/webhooks/register", { json })).data as WebhookRegistered;
  }

  /** Returns your webhooks. */
  async list(): Promise<WebhookOut[]> {
    return ((await this.api.call("GET", "/webhooks")).data as WebhookList | null)?.webhooks ?? [];
  }

  /** Deletes a webhook. */
  async delete(webhookId: string): Promise<void> {
    await this.api.call("DELETE", `/webhooks/${webhookId}`);
  }

  /**
   * Yields the events of a poll endpoint, each with the cursor to continue after it. Waits for the next one.
   *
   * Handle an event, then keep its cursor: who stops in between gets the event again and never loses one.
   */
  async *poll(
    webhookId: string,
    options: { cursor?: string | null } = {},
  ): AsyncGenerator<{ event: PolledEventOut; cursor: string }, void, void> {
    for (let cursor = options.cursor ?? ""; ; ) {
      const call = { query: { cursor: cursor || null, wait: WAIT }, wait: WAIT };
      const page = (await this.api.call("GET", `/webhooks/${webhookId}/poll`, call)).data as PolledEventsOut;
      const events = page.events ?? [];
      for (const [index, event] of events.entries()) {
        // The cursor is behind the whole page: after an earlier event, only that of the page before is right.
        yield { event, cursor: index === events.length - 1 ? page.cursor : cursor };
      }
      cursor = page.cursor || cursor;
      if (!events.length) await this.api.clock.sleep(PAUSE);
    }
  }

  /** Returns the event of a message that a webhook has received. Throws `SignatureError`. */
  verify(body: string | Uint8Array, headers: MessageHeaders, secret: string): WebhookEvent {
    return verify(body, headers, secret, this.api.clock.now());
  }
}
