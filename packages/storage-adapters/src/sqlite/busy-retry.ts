import type { Clock, Random } from "@recallkit/core";
import { busyPause } from "../sql/busy-pause.js";
import { isBusy } from "../sql/constraint-error.js";

/** The ports that waiting needs. */
export interface Timing {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Repeats `attempt` while it throws `storage.busy`, with a jittered pause of 10 to 500 ms in between.
 *
 * Both drivers are synchronous: waiting inside SQLite would freeze the whole process.
 *
 * @param forMs how long to go on, measured by the monotonic clock. @default 5000
 * @throws the last `storage.busy`, or at once whatever else `attempt` throws
 */
export async function retryWhileBusy<T>(attempt: () => T, { clock, random }: Timing, forMs = 5_000): Promise<T> {
  const deadline = clock.monotonic() + forMs;
  for (let tries = 0; ; tries++) {
    try {
      return attempt();
    } catch (error) {
      const leftMs = deadline - clock.monotonic();
      if (!isBusy(error) || leftMs <= 0) throw error;
      await clock.sleep(Math.min(busyPause(tries, random), leftMs));
    }
  }
}
