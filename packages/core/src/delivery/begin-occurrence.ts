import type { EngineContext } from "../engine/engine-context.js";
import type { Rule } from "../rule/rule.js";
import { moveOccurrence } from "./moves.js";
import type { Occurrence } from "./occurrence.js";

/**
 * First step of a claimed `planned` occurrence: takes its instant and starts the snapshot, or skips it with a reason.
 *
 * @returns the occurrence as it stands now
 */
export async function beginOccurrence(context: EngineContext, occurrence: Occurrence): Promise<Occurrence> {
  const now = context.clock.now();
  const key = { tenantId: occurrence.tenantId, id: occurrence.id, leaseEpoch: occurrence.leaseEpoch };
  const begun = await context.stores.transaction(async (tx): Promise<Occurrence> => {
    // Held, so that of two occurrences of a rule that begin together one sees the other, and no pause comes between.
    const rule = await tx.rules.get(occurrence.tenantId, occurrence.ruleId, "exclusive");
    const busy = await tx.occurrences.hasSending(occurrence.tenantId, occurrence.ruleId, occurrence.id);
    const reason = skipReason(occurrence, rule, busy, now);
    const change = reason
      ? { state: "skipped" as const, reason, finishedAt: now }
      : { state: "snapshotting" as const, asOf: now, startedAt: now };
    const { state, ...patch } = change;
    await moveOccurrence(tx, key, "planned", state, now, patch);
    if (reason === "missed_catch_up") {
      const alarm = {
        code: "missed",
        entity: "occurrence" as const,
        entityId: occurrence.id,
        detail: `slot ${occurrence.nominal} began too late`,
      };
      await tx.alarms.add({ tenantId: occurrence.tenantId, ...alarm, at: now });
    }
    return { ...occurrence, ...change };
  });
  const { tenantId, id, ruleId, state, reason } = begun;
  context.emit({ type: "occurrence", tenantId, occurrenceId: id, ruleId, state, reason });
  if (reason === "missed_catch_up") context.logger.warn("missed", { tenantId, ruleId, occurrenceId: id });
  return begun;
}

function skipReason(occurrence: Occurrence, rule: Rule | undefined, busy: boolean, now: number): string | null {
  if (!rule || rule.deletedAt !== null) return "rule_deleted";
  if (occurrence.kind !== "slot") return null;
  if (rule.status === "paused") return "paused";
  if (now - occurrence.dueAt > rule.definition.catchUpMs) return "missed_catch_up";
  return busy && rule.definition.overlap === "skip" ? "overlap" : null;
}
