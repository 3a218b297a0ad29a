import { scheduler } from "node:timers/promises";
import type { Clock } from "@recallkit/core";

/**
 * Lets timers and sockets have a turn now and then; `undefined` while none is due.
 *
 * The drivers answer at once, so a long chain of awaited statements would otherwise be one single turn of the event loop.
 *
 * @param everyMs least time between two breaks. @default 10
 */
export function eventLoopBreaks(clock: Clock, everyMs = 10): () => Promise<void> | undefined {
  let lastAt = clock.monotonic();
  return () => {
    if (clock.monotonic() - lastAt < everyMs) return undefined;
    return scheduler.yield().then(() => {
      lastAt = clock.monotonic();
    });
  };
}
