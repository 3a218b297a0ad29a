import type { DeliveryHistory } from "../../ports/delivery-store.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** What is kept about deliveries beside their rows. */
export function historiesOf(
  { deliveries, occurrences, batches, attemptsByBatch, ruleVersionsByNumber }: Database["tables"],
  tenantId: number,
  deliveryIds: readonly number[],
): readonly DeliveryHistory[] {
  return [...new Set(deliveryIds)].flatMap((id) => {
    const row = ofTenant(deliveries.get(id), tenantId);
    const occurrence = row && occurrences.get(row.occurrenceId);
    const version =
      occurrence && ruleVersionsByNumber.find(compositeKey(tenantId, occurrence.ruleId, occurrence.ruleVersion));
    if (!row || !occurrence || !version) return [];
    const { batchId, values } = row;
    return {
      deliveryId: id,
      occurrence,
      definition: version.definition,
      batch: batchId === null ? null : (batches.get(batchId) ?? null),
      attempts:
        batchId === null
          ? []
          : attemptsByBatch
              .rows(batchId)
              .filter(({ kind }) => kind === "send")
              .toSorted((a, b) => a.number - b.number || a.id - b.id),
      values,
    };
  });
}
