import type { EngineContext } from "../engine/engine-context.js";
import type { Batch } from "./batch.js";

/** Keeps the lease of a batch alive while `work` runs. A lost lease is noticed by the fence of the next write. */
export async function withHeartbeat<T>(context: EngineContext, batch: Batch, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const beat = async () => {
    for (;;) {
      await context.clock.sleep(context.timings.heartbeatMs, stop.signal);
      if (stop.signal.aborted) return;
      const until = context.clock.now() + context.timings.leaseMs;
      const { tenantId, id, leaseEpoch } = batch;
      if (!(await context.stores.batches.renew({ tenantId, id, leaseEpoch }, until))) return;
    }
  };
  const beating = beat().catch((error: unknown) => {
    context.logger.warn("batch.heartbeat_failed", {
      batchId: batch.id,
      reason: error instanceof Error ? error.name : "unknown",
    });
  });
  try {
    return await work();
  } finally {
    stop.abort();
    await beating;
  }
}
