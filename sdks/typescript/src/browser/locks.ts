/**
 * A lock between tabs and workers. The browser lets go of it when its page ends, however it ends.
 *
 * Pages without TLS and older browsers have no Web Locks. There a lease in the database takes their place, which ends by
 * itself some seconds after its page.
 */

import { randomId } from "../ids.js";
import { type Database, done } from "./database.js";

const LEASE_SECONDS = 15;
const RENEWAL_SECONDS = 5;
const PAUSE = 250;

interface Lease {
  owner: string;
  /** In milliseconds since the Unix epoch. */
  until: number;
}

/** Does the work while nobody else holds the lock. Waits for another tab, client or call to let go of it. */
export async function withLock<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  if (globalThis.navigator?.locks) {
    const results: T[] = [];
    await navigator.locks.request(`${database.name}/${name}`, async () => void results.push(await work()));
    return results[0] as T;
  }
  for (;;) {
    const release = await takeLease(database, name);
    if (release) return releasing(release, work);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Does the work if nobody else holds the lock, and returns whether it did. Does not wait. */
export async function tryLock(database: Database, name: string, work: () => Promise<void>): Promise<boolean> {
  if (globalThis.navigator?.locks) {
    return navigator.locks.request(`${database.name}/${name}`, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return lock !== null;
    });
  }
  const release = await takeLease(database, name);
  if (release) await releasing(release, work);
  return release !== null;
}

async function releasing<T>(release: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Returns null if somebody else has it. A lease that ends later than any can was taken before the clock was set back. */
async function takeLease(database: Database, name: string): Promise<(() => Promise<void>) | null> {
  const owner = randomId();
  const extend = (isNew: boolean) =>
    database.write(["settings"], async (stores) => {
      const settings = stores("settings");
      const lease = (await done(settings.get(name))) as Lease | undefined;
      const now = Date.now();
      const isFree = !lease || lease.until < now || lease.until > now + LEASE_SECONDS * 1000;
      const isTaken = isNew ? isFree : lease?.owner === owner;
      if (isTaken) await done(settings.put({ owner, until: now + LEASE_SECONDS * 1000 }, name));
      return isTaken;
    });
  if (!(await extend(true))) return null;
  const renewal = setInterval(() => void extend(false).catch(() => {}), RENEWAL_SECONDS * 1000);
  return async () => {
    clearInterval(renewal);
    await database.write(["settings"], async (stores) => {
      const lease = (await done(stores("settings").get(name))) as Lease | undefined;
      if (lease?.owner === owner) await done(stores("settings").delete(name));
    });
  };
}
