/** Tokens in a file that only its owner can read. */

import { readFile, rm } from "node:fs/promises";
import { parseTokens, type TokenStore, type Tokens } from "../tokens.js";
import { onDisk, writeDurably } from "./files.js";
import { withLock } from "./locks.js";

/** Keeps the tokens of one session in a file. */
export class FileTokenStore implements TokenStore {
  constructor(private readonly path: string) {}

  async load(): Promise<Tokens | null> {
    try {
      return parseTokens(JSON.parse(await readFile(this.path, "utf8")));
    } catch {
      return null;
    }
  }

  save(tokens: Tokens): Promise<void> {
    return writeDurably(this.path, JSON.stringify(tokens), { mode: 0o600 });
  }

  clear(): Promise<void> {
    return onDisk(() => rm(this.path, { force: true }));
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return withLock(`${this.path}.lock`, work);
  }
}
