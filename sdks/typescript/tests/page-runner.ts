/** The conformance runner in a page: whoever serves the page reads and writes its files, and calls `play`. */

import { Database, DatabaseTokenStore } from "@renderiq/plugin/browser";
import { Runner } from "./runner.js";

const runner = new Runner({
  tokenStore: (directory, baseUrl) => new DatabaseTokenStore(new Database(directory), baseUrl),
  open: async (path) => {
    const answer = await fetch(`/files${path}`);
    return new File([await answer.blob()], path.slice(path.lastIndexOf("/") + 1));
  },
  download: async (client, renderId, path) => save(path, await client.renders.picture(renderId)),
  result: async (client, item, directory) => save(`${directory}/${item.result}`, await client.queue.picture(item.id)),
  tell: () => {},
});

async function save(path: string, picture: Blob): Promise<string> {
  await fetch(`/files${path}`, { method: "POST", body: picture });
  return path;
}

Object.assign(globalThis, { play: (step: Parameters<Runner["play"]>[0]) => runner.play(step) });
