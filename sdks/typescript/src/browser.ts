/** Renderiq in a browser: viewport captures in, rendered images out. */

import { BrowserHost } from "./browser/host.js";
import { Client, type ClientOptions } from "./client.js";

export { Database } from "./browser/database.js";
export { DatabaseTokenStore } from "./browser/tokens.js";
export * from "./exports.js";

/** A client of the Renderiq API. Session and queue are in a database of the page's origin. */
export class Renderiq extends Client {
  constructor(options: ClientOptions = {}) {
    super(new BrowserHost(), options);
  }
}
