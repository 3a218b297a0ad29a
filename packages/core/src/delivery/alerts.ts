import type { Stores } from "../ports/stores.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Alarm } from "./delivery.js";
import type { Occurrence } from "./occurrence.js";

/**
 * Counts an occurrence's people and raises the alarms that they are reason for, each once: too many failed, or somebody has
 * to decide. Inside a transaction.
 *
 * @returns codes of the alarms raised now
 */
export async function raiseAlerts(tx: Stores, occurrence: Occurrence, at: number): Promise<readonly string[]> {
  const { tenantId, id, kind } = occurrence;
  const { alert } = await definitionOf(tx, occurrence);
  if (!alert || kind === "test") return [];
  const counts = await tx.deliveries.countByState(tenantId, { occurrenceId: id });
  const raised: string[] = [];
  const raise = async (code: string, detail: string) => {
    const alarm: Omit<Alarm, "id"> = { tenantId, code, entity: "occurrence", entityId: id, detail, at };
    if (await tx.alarms.addOnce(alarm)) raised.push(code);
  };
  const {
    failed = 0,
    accepted = 0,
    delivered = 0,
    not_delivered: notDelivered = 0,
    needs_review: inReview = 0,
  } = counts;
  const pushed = failed + accepted + delivered + notDelivered;
  if (pushed >= alert.minPeople && failed / pushed > alert.failureRate) {
    await raise("push.failure-rate", `${failed} of ${pushed} people failed`);
  }
  if (inReview > 0) await raise("push.blocked-on-review", `${inReview} people wait for a decision`);
  return raised;
}
