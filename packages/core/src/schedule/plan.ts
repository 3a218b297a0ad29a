import type { Occurrence } from "../delivery/occurrence.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import type { Rule } from "../rule/rule.js";
import { nextSlot, type SlotTime, slotsBetween } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";
import { newOccurrence } from "./new-occurrence.js";

const RULES_PER_PASS = 100;

/**
 * Writes the occurrence of every slot that has come due, for all tenants.
 *
 * A slot that is later than the rule's catch-up window becomes `skipped` with an alarm; nothing is passed over in silence.
 *
 * @returns occurrences written
 */
export async function planDue(context: EngineContext): Promise<number> {
  let planned = 0;
  for (;;) {
    const rules = await context.stores.rules.due(context.clock.now(), RULES_PER_PASS);
    for (const rule of rules) {
      const created = await context.stores.transaction(async (tx) => {
        // Read again under its lock: somebody may have edited or planned it meanwhile, or be about to.
        const current = await tx.rules.get(rule.tenantId, rule.id, "exclusive");
        return current ? planRule(tx, current, context.clock.now(), context.random) : [];
      });
      planned += created.length;
      for (const { tenantId, id, ruleId, state, reason } of created) {
        context.emit({ type: "occurrence", tenantId, occurrenceId: id, ruleId, state, reason });
        if (reason === "missed_catch_up") context.logger.warn("missed", { tenantId, ruleId, occurrenceId: id });
      }
    }
    if (rules.length < RULES_PER_PASS) return planned;
  }
}

/** Plans one rule up to `now` and moves its mark; inside a transaction that holds the rule. @returns the new occurrences */
export async function planRule(tx: Stores, rule: Rule, now: number, random: Random): Promise<readonly Occurrence[]> {
  if (rule.deletedAt !== null || now <= rule.plannedUntil) return [];
  const zone = await zoneOf(tx, rule);
  const created: Occurrence[] = [];
  for (const slot of slotsBetween(rule.definition, zone, rule.plannedUntil, now)) {
    const occurrence = await insertSlot(tx, rule, zone, slot, now, random);
    if (occurrence) created.push(occurrence);
  }
  await tx.rules.setPlanned(rule.tenantId, rule.id, now, nextSlot(rule.definition, zone, now));
  return created;
}

async function insertSlot(
  tx: Stores,
  rule: Rule,
  timeZone: string,
  slot: SlotTime,
  now: number,
  random: Random,
): Promise<Occurrence | undefined> {
  const missed = now - slot.dueAt > rule.definition.catchUpMs;
  const reason = rule.status === "paused" ? "paused" : missed ? "missed_catch_up" : null;
  const plan = { ...slot, kind: "slot", timeZone, createdAt: now, skipped: reason } as const;
  const { created, occurrence } = await tx.occurrences.insert(newOccurrence(rule, plan, random));
  if (!created) return undefined;
  if (reason === "missed_catch_up") {
    await tx.alarms.add({
      tenantId: rule.tenantId,
      code: "missed",
      entity: "occurrence",
      entityId: occurrence.id,
      detail: `slot ${slot.nominal} is ${Math.round((now - slot.dueAt) / 60_000)} min late`,
      at: now,
    });
  }
  return occurrence;
}
