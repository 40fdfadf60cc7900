/** The time, sleeping, and chance: one object, so that tests need not wait. */
export interface Clock {
  /** Returns the seconds since the Unix epoch. */
  now(): number;
  /** Waits. */
  sleep(seconds: number): Promise<void>;
  /** Returns a number in [0, 1), for jitter. */
  chance(): number;
}

/** The time of this machine. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now() / 1000;
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }

  chance(): number {
    return Math.random();
  }
}
