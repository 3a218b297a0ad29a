import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import type { Occurrence } from "./occurrence.js";
import { LeaseLostError } from "./transition.js";

/** Prolongs the lease of a snapshot and moves its cursor. @throws {LeaseLostError} somebody else holds it, or it was cancelled */
export async function keepLease(
  context: EngineContext,
  tx: Stores,
  occurrence: Occurrence,
  patch: { snapshotCursor?: number },
): Promise<void> {
  const { tenantId, id, leaseEpoch } = occurrence;
  const until = context.clock.now() + context.timings.leaseMs;
  if (!(await tx.occurrences.advance({ tenantId, id, leaseEpoch }, patch, until)))
    throw new LeaseLostError("occurrence", id);
  // After the write, which waits for a cancellation under way.
  if ((await tx.occurrences.get(tenantId, id))?.state !== "snapshotting") throw new LeaseLostError("occurrence", id);
}
