import type { EngineContext } from "../engine/engine-context.js";
import { StorageError } from "../errors.js";

const PAUSE_MS = 250;

/**
 * Writes down what is known of a call. While the store is busy or away it is tried again until a lease would be over: what
 * the provider said is worth more than what a look-up can find out later.
 */
export async function insist<T>({ clock, timings, callSignal }: EngineContext, write: () => Promise<T>): Promise<T> {
  for (const until = clock.monotonic() + timings.leaseMs; ; ) {
    try {
      return await write();
    } catch (error) {
      const isWorthIt = StorageError.is(error) && error.retryable;
      if (!isWorthIt || callSignal.aborted || clock.monotonic() >= until) throw error;
      await clock.sleep(PAUSE_MS, callSignal);
    }
  }
}
