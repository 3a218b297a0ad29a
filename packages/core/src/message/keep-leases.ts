import type { EngineContext } from "../engine/engine-context.js";
import type { Message } from "./message.js";

interface Held {
  readonly members: readonly { readonly message: Message }[];
}

/**
 * Renews the leases of calls that are under way, all that were claimed together by one statement.
 *
 * @returns ends it for one of them
 */
export function keepLeases(context: EngineContext, calls: readonly Held[]): (index: number) => void {
  const open = new Map(calls.entries());
  const stop = new AbortController();
  const { clock, timings, stores, logger } = context;
  const beat = async () => {
    for (;;) {
      await clock.sleep(timings.heartbeatMs, stop.signal);
      if (stop.signal.aborted) return;
      const keys = [...open.values()].flatMap(({ members }) => members.map(({ message }) => message));
      if (keys.length > 0) await stores.messages.renew(keys, clock.now() + timings.leaseMs);
    }
  };
  if (open.size > 0) {
    beat().catch((error: unknown) => {
      // A lost lease is noticed by the fence of the next write.
      logger.warn("message.heartbeat_failed", { reason: error instanceof Error ? error.name : "unknown" });
    });
  }
  return (index) => {
    open.delete(index);
    if (open.size === 0) stop.abort();
  };
}
