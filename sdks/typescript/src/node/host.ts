/** The SDK in Node. */

import { spawn } from "node:child_process";
import { createHash as createNodeHash, webcrypto } from "node:crypto";
import { join } from "node:path";
import type { Bytes } from "../bytes.js";
import { type Content, contentOfBlob, contentOfBytes, type Picture } from "../contents.js";
import type { Hash, HashName } from "../hashes.js";
import type { Host } from "../host.js";
import { useRandomSource } from "../ids.js";
import type { DeviceCode } from "../sign-in.js";
import type { Sink } from "../transport.js";
import { contentOfFile, dataDirectory, replaceFile } from "./files.js";
import { DirectoryOrderStore } from "./orders.js";
import { FileTokenStore } from "./tokens.js";

const SYSTEMS: Record<string, string> = { win32: "windows", darwin: "macos" };
const OPENERS: Record<string, string[]> = { win32: ["explorer.exe"], darwin: ["open"] };

export class NodeHost implements Host {
  readonly runtime = `node/${process.versions.node} ${SYSTEMS[process.platform] ?? process.platform}`;

  constructor() {
    useRandomSource(webcrypto as unknown as Crypto);
  }

  variable(name: string): string | undefined {
    return process.env[name];
  }

  async open(picture: Picture, name: string): Promise<Content> {
    if (typeof picture === "string") return contentOfFile(picture);
    return picture instanceof Blob ? contentOfBlob(name, picture) : contentOfBytes(name, picture);
  }

  createHash(name: HashName): Hash {
    const hash = createNodeHash(name);
    return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) as Bytes };
  }

  save(path: string, write: (sink: Sink) => Promise<void>): Promise<void> {
    return replaceFile(path, write);
  }

  tokenStore(directory: string = dataDirectory()): FileTokenStore {
    return new FileTokenStore(join(directory, "session.json"));
  }

  orderStore(directory: string = dataDirectory()): DirectoryOrderStore {
    return new DirectoryOrderStore(join(directory, "queue-typescript"));
  }

  /** Prints the code and opens its page in the browser. */
  show({ userCode, url, completeUrl }: DeviceCode): void {
    console.log(`Approve the code ${userCode} at ${url}`);
    if (!/^https?:/.test(completeUrl)) return;
    const [opener = "xdg-open"] = OPENERS[process.platform] ?? [];
    const opened = spawn(opener, [completeUrl], { stdio: "ignore", detached: true });
    opened.on("error", () => {}); // without a browser, the printed address is enough
    opened.unref();
  }

  /** Node does not say when the network is back: the queue's worker asks. */
  whenOnline(): () => void {
    return () => {};
  }
}
