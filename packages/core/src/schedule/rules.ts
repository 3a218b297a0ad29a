import { holdReferences } from "../audience/saved-segment-calls.js";
import type { Clock } from "../clock.js";
import { clearCancelled } from "../delivery/cancel.js";
import { moveOccurrence } from "../delivery/moves.js";
import type { Occurrence } from "../delivery/occurrence.js";
import { type OccurrenceState, RUNNING_OCCURRENCE_STATES } from "../delivery/states.js";
import { ConflictError, NotFoundError } from "../errors.js";
import type { LinkPlace } from "../link/link-place.js";
import type { LocalDate } from "../local-time.js";
import type { Channel } from "../ports/channel.js";
import type { RowLock } from "../ports/row-lock.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import type { Rule, RuleStatus } from "../rule/rule.js";
import type { RuleInput } from "../rule/rule-input.js";
import { nextSlot } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";
import { planRule } from "./plan.js";
import { ruleFor } from "./rule-channel.js";

export interface RuleContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: number;
  readonly links: LinkPlace | undefined;
  channels(tenantId: number): Promise<readonly Channel[]>;
}

export async function createRule(context: RuleContext, input: RuleInput, status: RuleStatus = "active"): Promise<Rule> {
  const { stores, clock, tenantId } = context;
  const definition = await ruleFor(context, tenantId, input);
  return stores.transaction(async (tx) => {
    await keepZone(tx, tenantId);
    await holdReferences(tx.segments, tenantId, definition.segment);
    const createdAt = clock.now();
    const zone = await zoneOf(tx, { tenantId, definition });
    return tx.rules.insert({
      tenantId,
      status,
      definition,
      createdAt,
      nextDueAt: nextSlot(definition, zone, createdAt),
    });
  });
}

/** Slots that came due before the edit are planned from the old version first: none is lost, none fires twice. */
export async function editRule(
  context: RuleContext,
  ruleId: number,
  input: RuleInput,
  status?: RuleStatus,
): Promise<Rule> {
  const { stores, clock, random, tenantId } = context;
  const definition = await ruleFor(context, tenantId, input);
  return stores.transaction(async (tx) => {
    await keepZone(tx, tenantId);
    await holdReferences(tx.segments, tenantId, definition.segment);
    const rule = await getRule(tx, tenantId, ruleId, "exclusive");
    const now = clock.now();
    await planRule(tx, rule, now, random);
    await tx.rules.addVersion({ tenantId, id: ruleId, version: rule.version + 1, definition, updatedAt: now });
    const mark = Math.max(now, rule.plannedUntil);
    await tx.rules.setPlanned(
      tenantId,
      ruleId,
      mark,
      nextSlot(definition, await zoneOf(tx, { tenantId, definition }), mark),
    );
    if (status) await changeStatus(tx, rule, status, now);
    return getRule(tx, tenantId, ruleId);
  });
}

export async function setRuleStatus(context: RuleContext, ruleId: number, status: RuleStatus): Promise<Rule> {
  const { stores, clock, random, tenantId } = context;
  return stores.transaction(async (tx) => {
    const rule = await getRule(tx, tenantId, ruleId, "exclusive");
    const now = clock.now();
    await planRule(tx, rule, now, random);
    await changeStatus(tx, rule, status, now);
    return getRule(tx, tenantId, ruleId);
  });
}

/** What runs is held before its next batch, or goes on. */
async function changeStatus(tx: Stores, rule: Rule, status: RuleStatus, now: number): Promise<void> {
  if (rule.status === status) return;
  const { tenantId, id } = rule;
  await tx.rules.setStatus(tenantId, id, status, now);
  const [from, to] = status === "paused" ? (["running", "paused"] as const) : (["paused", "running"] as const);
  for (let cursor: string | null = null; ; ) {
    const page = await tx.occurrences.list(tenantId, { ruleId: id, states: [from], limit: 200, cursor });
    for (const { id: occurrenceId, kind } of page.items) {
      if (kind !== "test" && (await isStill(tx, tenantId, occurrenceId, from)))
        await moveOccurrence(tx, { tenantId, id: occurrenceId }, from, to, now);
    }
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

/**
 * Ends a rule: what is planned is skipped, what is under way is cancelled as by an operator. The provider is not called:
 * tasks that wait for staff stay, and may be called off by cancelling their occurrence.
 */
export async function deleteRule(context: RuleContext, ruleId: number): Promise<void> {
  const { stores, clock, random, tenantId } = context;
  const cancelled = await stores.transaction(async (tx) => {
    const rule = await getRule(tx, tenantId, ruleId, "exclusive");
    const now = clock.now();
    await planRule(tx, rule, now, random);
    await tx.rules.softDelete(tenantId, ruleId, now);
    const reason = "rule_deleted";
    const ended: Occurrence[] = [];
    for (let cursor: string | null = null; ; ) {
      const states = ["planned", "snapshotting", ...RUNNING_OCCURRENCE_STATES] as const;
      const page = await tx.occurrences.list(tenantId, { ruleId, states, limit: 200, cursor });
      for (const { id } of page.items) {
        // It may have moved on since it was listed; held, it stays as it is.
        const occurrence = await tx.occurrences.get(tenantId, id, "exclusive");
        if (!occurrence || !states.includes(occurrence.state)) continue;
        const { state } = occurrence;
        if (state === "planned") {
          await moveOccurrence(tx, { tenantId, id }, state, "skipped", now, { reason, finishedAt: now });
        } else {
          await moveOccurrence(tx, { tenantId, id }, state, "cancelled", now, { reason, blockedOnReview: false });
          ended.push({ ...occurrence, reason });
        }
      }
      if (page.nextCursor === null) return ended;
      cursor = page.nextCursor;
    }
  });
  for (const occurrence of cancelled) await clearCancelled(context, occurrence);
}

/** Slots are reckoned in the tenant's zone: it stays as it is until the transaction ends. */
async function keepZone(tx: Stores, tenantId: number): Promise<void> {
  await tx.tenants.get(tenantId, "shared");
}

/** Whether an occurrence has not moved on since it was listed; it stays in its state until the transaction ends. */
async function isStill(tx: Stores, tenantId: number, id: number, state: OccurrenceState): Promise<boolean> {
  return (await tx.occurrences.get(tenantId, id, "exclusive"))?.state === state;
}

/** @throws {NotFoundError} `rule.not-found`, also for a deleted rule */
export async function getRule(stores: Stores, tenantId: number, ruleId: number, lock?: RowLock): Promise<Rule> {
  const rule = await stores.rules.get(tenantId, ruleId, lock);
  if (!rule || rule.deletedAt !== null) throw new NotFoundError("rule.not-found", `no rule ${ruleId}`);
  return rule;
}

/** @throws {ConflictError} `rule.paused` */
export function assertActive(rule: Rule): void {
  if (rule.status === "paused") throw new ConflictError("rule.paused", `rule ${rule.id} is paused`);
}

/** @throws {ConflictError} `rule.outside-validity` */
export function assertValid({ id, definition: { validFrom, validTo } }: Rule, day: LocalDate): void {
  if (validFrom <= day && day <= validTo) return;
  throw new ConflictError("rule.outside-validity", `rule ${id} is valid from ${validFrom} to ${validTo}`);
}
