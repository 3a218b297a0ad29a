import { setTimeout as delay } from "node:timers/promises";

/** Time as everything in RecallKit sees it; injected, so that tests can own it. */
export interface Clock {
  /** Wall clock, integer epoch milliseconds. May jump; never used to measure durations. */
  now(): number;
  /** Monotonic milliseconds with an arbitrary origin, for deadlines and durations. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when `signal` is aborted; it never rejects.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
