/** Renderiq in Node: viewport captures in, rendered images out. */

import { Client, type ClientOptions } from "./client.js";
import { NodeHost } from "./node/host.js";

export * from "./exports.js";
export { FileTokenStore } from "./node/tokens.js";

/** A client of the Renderiq API. Session and queue are in a folder. */
export class Renderiq extends Client {
  constructor(options: ClientOptions = {}) {
    super(new NodeHost(), options);
  }
}
