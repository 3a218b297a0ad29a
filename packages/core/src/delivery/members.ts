import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { moveDeliveries } from "./moves.js";

/** Moves all members of a batch that are in `from`. */
export function moveMembers(
  tx: Stores,
  batch: Pick<Batch, "tenantId" | "id">,
  from: "in_batch" | "unknown" | "needs_review",
  to: "failed" | "unknown" | "accepted" | "needs_review" | "in_batch" | "expired",
  reason: string | null,
  at: number,
): Promise<number> {
  const patch = to === "accepted" ? { reason, acceptedAt: at } : { reason };
  return moveDeliveries(tx, batch.tenantId, { batchId: batch.id }, from, to, at, patch);
}
