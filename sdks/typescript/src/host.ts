/** What the SDK needs of where it runs: Node or a browser. */

import type { Content, Picture } from "./contents.js";
import type { Hash, HashName } from "./hashes.js";
import type { OrderStore } from "./queue/store.js";
import type { DeviceCode } from "./sign-in.js";
import type { TokenStore } from "./tokens.js";
import type { Sink } from "./transport.js";

export interface Host {
  /** Language and system, such as `node/20.1.0 linux`. Null if the server of another origin must not be told. */
  readonly runtime: string | null;
  /** Returns a variable of the environment, if there is such a thing. */
  variable(name: string): string | undefined;
  /** Opens a picture. `name` is that of the file if only its bytes are known. Throws `DiskError`. */
  open(picture: Picture, name: string): Promise<Content>;
  createHash(name: HashName): Hash;
  /** Gives a file that is there whole when `write` has succeeded, and not at all if it failed. Throws `DiskError`. */
  save(path: string, write: (sink: Sink) => Promise<void>): Promise<void>;
  /** `directory` is that of the client's options. The store is only opened when it is used. */
  tokenStore(directory: string | undefined, baseUrl: string): TokenStore;
  orderStore(directory: string | undefined): OrderStore;
  /** Shows the code of a sign-in, and opens its page. */
  show(code: DeviceCode): void;
  /** Calls back when the system says that the network is back, until the returned function is called. */
  whenOnline(callback: () => void): () => void;
}
