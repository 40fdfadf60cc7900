/** The conformance runner in Node: one step a line, one answer a line. */

import { createInterface } from "node:readline";
import { FileTokenStore } from "@renderiq/plugin/node";
import { Runner } from "./runner.js";

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const runner = new Runner({
  tokenStore: (directory) => new FileTokenStore(`${directory}/session.json`),
  open: async (path) => path,
  download: (client, renderId, path) => client.renders.download(renderId, path),
  result: async (_client, item) => item.result ?? "",
  tell: write,
});
for await (const line of createInterface({ input: process.stdin })) write(await runner.play(JSON.parse(line)));
