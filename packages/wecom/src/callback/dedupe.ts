import { type Clock, systemClock } from "@recallkit/core";

/**
 * Remembers callbacks, since providers tell them again when an answer came late or was lost. Keys are needed for longer than
 * repeats can come; 7 days is what RecallKit keeps.
 */
export interface CallbackDedupe<Tx = undefined> {
  /**
   * Runs `work` unless it was done under this key, and remembers the key only if it did its work. With a database both belong
   * into one transaction, which `work` gets.
   *
   * @returns false when it was done before
   */
  once(key: string, work: (tx: Tx) => Promise<void>): Promise<boolean>;
}

/** Options of {@link memoryDedupe}. */
export interface MemoryDedupeOptions {
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** How long keys are kept, ms. @default 7 days */
  readonly keptMs?: number | undefined;
  /** Most keys; the oldest give way. @default 100000 */
  readonly limit?: number | undefined;
}

const WEEK_MS = 7 * 86_400_000;

/** Remembers callbacks in memory of this process: for one process, and for tests. */
export function memoryDedupe(options: MemoryDedupeOptions = {}): CallbackDedupe {
  const { clock = systemClock, keptMs = WEEK_MS, limit = 100_000 } = options;
  /** In the order of their times. */
  const seen = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

  return {
    async once(key, work) {
      const now = clock.now();
      for (const [old, { at }] of seen) {
        if (seen.size <= limit && at + keptMs > now) break;
        seen.delete(old);
      }
      const known = seen.get(key);
      if (known) {
        // Whoever is told again while the first work goes on must not be told that it was done if it fails.
        await known.done;
        return false;
      }
      const done = work(undefined);
      seen.set(key, { at: now, done });
      try {
        await done;
        return true;
      } catch (error) {
        seen.delete(key);
        throw error;
      }
    },
  };
}
