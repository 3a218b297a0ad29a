import type { Stores } from "../ports/stores.js";
import type { EngineContext } from "../schedule/engine-context.js";
import type { Occurrence } from "./occurrence.js";
import { LeaseLostError } from "./transition.js";

/** Prolongs the lease of an occurrence and moves its cursor. @throws {LeaseLostError} somebody else holds it */
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
}
