/** What the tests use of the panel, in one bundle for Node. */

export * from "../src/host.js";
export * from "../src/mock/host.js";
export * from "../src/mock/scenarios.js";
export * from "../src/model.js";
export * from "../src/protocol.js";
export { Loopback } from "../src/transport.js";
export * from "../src/words.js";
