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
  // Not by node:timers/promises, whose every interrupted wait makes an error with its stack: a server ends thousands a second.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener("abort", end, { once: true });
    }),
};
