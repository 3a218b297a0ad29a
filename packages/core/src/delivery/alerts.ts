import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import type { Alarm } from "./delivery.js";
import type { Occurrence } from "./occurrence.js";
import type { DeliveryState } from "./states.js";

type Counts = Readonly<Partial<Record<DeliveryState, number>>>;

/**
 * Raises the alarms that an occurrence has earned, each once: too many people failed, or somebody has to decide.
 *
 * @returns codes of the alarms raised now
 */
export async function raiseAlerts(
  tx: Stores,
  { tenantId, id, kind }: Occurrence,
  { alert }: RuleDefinition,
  counts: Counts,
  at: number,
): Promise<readonly string[]> {
  if (!alert || kind === "test") return [];
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
