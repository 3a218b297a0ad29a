import type { Clock } from "../clock.js";
import { moveOccurrence } from "../delivery/moves.js";
import type { OccurrenceState } from "../delivery/states.js";
import { ConflictError, NotFoundError } from "../errors.js";
import type { RowLock } from "../ports/row-lock.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { parseRule } from "../rule/parse-rule.js";
import type { Rule, RuleInput, RuleStatus } from "../rule/rule.js";
import { nextSlot } from "../rule/slots.js";
import { zoneOf } from "../rule/zone.js";
import { planRule } from "./plan.js";

export interface RuleContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenantId: number;
}

export async function createRule(context: RuleContext, input: RuleInput, status: RuleStatus = "active"): Promise<Rule> {
  const { stores, clock, tenantId } = context;
  const definition = parseRule(input);
  return stores.transaction(async (tx) => {
    await keepZone(tx, tenantId);
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
  const definition = parseRule(input);
  return stores.transaction(async (tx) => {
    await keepZone(tx, tenantId);
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

export async function deleteRule(context: RuleContext, ruleId: number): Promise<void> {
  const { stores, clock, random, tenantId } = context;
  await stores.transaction(async (tx) => {
    const rule = await getRule(tx, tenantId, ruleId, "exclusive");
    const now = clock.now();
    await planRule(tx, rule, now, random);
    await tx.rules.softDelete(tenantId, ruleId, now);
    for (let cursor: string | null = null; ; ) {
      const page = await tx.occurrences.list(tenantId, { ruleId, states: ["planned"], limit: 200, cursor });
      for (const { id } of page.items) {
        if (!(await isStill(tx, tenantId, id, "planned"))) continue;
        const patch = { reason: "rule_deleted", finishedAt: now };
        await moveOccurrence(tx, { tenantId, id }, "planned", "skipped", now, patch);
      }
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  });
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
