/** What belongs to the account: its credits, and the styles that it can order. */

import type { Api } from "./api.js";
import type { CreditsOut, StyleList, TransactionOut } from "./models.js";
import { pages, type Query } from "./pages.js";

/** `client.credits`. */
export class Credits {
  constructor(private readonly api: Api) {}

  /** Returns the balance. */
  async get(): Promise<CreditsOut> {
    return (await this.api.call("GET", "/credits")).data as CreditsOut;
  }

  /** Yields every movement of credits, from new to old. */
  transactions(query: Query = {}): AsyncGenerator<TransactionOut, void, void> {
    return pages(this.api, "/credits/transactions", "transactions", query);
  }
}

/** `client.styles`. */
export class Styles {
  constructor(private readonly api: Api) {}

  /** Returns all styles and their categories. It needs no sign-in. */
  async list(): Promise<StyleList> {
    return (await this.api.call("GET", "/styles", { signedIn: false })).data as StyleList;
  }
}
