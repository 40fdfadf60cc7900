/** Tokens in the database of a page. Every script of the page's origin can read them. */

import { parseTokens, type TokenStore, type Tokens } from "../tokens.js";
import { type Database, done } from "./database.js";
import { withLock } from "./locks.js";

/** Keeps the tokens of one session, for an API. */
export class DatabaseTokenStore implements TokenStore {
  private readonly key: string;

  constructor(
    private readonly database: Database,
    baseUrl: string,
  ) {
    this.key = `session ${baseUrl}`;
  }

  load(): Promise<Tokens | null> {
    return this.database.read(["settings"], async (stores) =>
      parseTokens(await done(stores("settings").get(this.key))),
    );
  }

  async save(tokens: Tokens): Promise<void> {
    await this.database.write(["settings"], (stores) => done(stores("settings").put(tokens, this.key)));
  }

  async clear(): Promise<void> {
    await this.database.write(["settings"], (stores) => done(stores("settings").delete(this.key)));
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return withLock(this.database, `refresh ${this.key}`, work);
  }
}
