import type { Batch } from "../../delivery/batch.js";
import type { Occurrence } from "../../delivery/occurrence.js";
import type { NewBatch } from "../../ports/batch-store.js";
import type { NewOccurrence } from "../../ports/occurrence-store.js";
import type { Stores } from "../../ports/stores.js";
import { type Rule, type RuleDefinition, ruleDefinitionSchema } from "../../rule/rule.js";
import { sha256Hex } from "../../text.js";
import type { Scene } from "../conformance-case.js";
import { expectThat, present } from "../expect.js";

/** A definition for everybody without slots. */
export function newDefinition(name: string, definition: Partial<RuleDefinition> = {}): RuleDefinition {
  const input = {
    name: "r",
    segment: { everybody: true },
    validFrom: "2026-01-01",
    validTo: "2026-12-31",
    content: { text: "hello" },
  };
  return { ...ruleDefinitionSchema.parse({ channel: "wecom", ...input }), ...definition, name };
}

/** Adds an active rule. */
export function addRule(
  { stores, tenantId }: Pick<Scene, "stores" | "tenantId">,
  name: string,
  row: Partial<Omit<Parameters<Stores["rules"]["insert"]>[0], "tenantId">> = {},
): Promise<Rule> {
  return stores.rules.insert({
    tenantId,
    status: "active",
    definition: newDefinition(name),
    createdAt: 0,
    nextDueAt: null,
    ...row,
  });
}

/** A slot that is due now and expires a day later. */
export function newOccurrence(
  { tenantId, now }: Pick<Scene, "tenantId" | "now">,
  ruleId: number,
  row: Partial<NewOccurrence> = {},
): NewOccurrence {
  return {
    tenantId,
    ruleId,
    ruleVersion: 1,
    kind: "slot",
    nominal: "2026-01-05T10:00",
    timeZone: "Asia/Shanghai",
    customerIds: null,
    dueAt: now,
    expiresAt: now + 86_400_000,
    salt: "0123456789abcdef0123456789abcdef",
    createdAt: now,
    state: "planned",
    reason: null,
    ...row,
  };
}

/** Adds an occurrence. */
export async function addOccurrence(
  scene: Scene,
  ruleId: number,
  row: Partial<NewOccurrence> = {},
): Promise<Occurrence> {
  const { occurrence } = await scene.stores.occurrences.insert(newOccurrence(scene, ruleId, row));
  return occurrence;
}

/** Moves an occurrence along without a lease. @returns the row that was given, with its last state */
export async function moveOccurrence(
  { stores }: Pick<Scene, "stores">,
  occurrence: Occurrence,
  ...states: readonly Occurrence["state"][]
): Promise<Occurrence> {
  const { tenantId, id } = occurrence;
  let from = occurrence.state;
  for (const state of states) {
    expectThat(
      await stores.occurrences.transition({ tenantId, id, from: [from] }, state, {}),
      `${from} becomes ${state}`,
    );
    from = state;
  }
  return { ...occurrence, state: from };
}

/** Adds an occurrence that is running. */
export async function addRunning(scene: Scene, ruleId: number, row: Partial<NewOccurrence> = {}): Promise<Occurrence> {
  const occurrence = await addOccurrence(scene, ruleId, row);
  return moveOccurrence(scene, occurrence, "snapshotting", "running");
}

/** The first batch of an occurrence on `wecom`, due now. */
export function newBatch(
  occurrence: Pick<Occurrence, "tenantId" | "id" | "ruleId" | "dueAt">,
  row: Partial<NewBatch> = {},
): NewBatch {
  const number = row.number ?? 1;
  return {
    tenantId: occurrence.tenantId,
    occurrenceId: occurrence.id,
    ruleId: occurrence.ruleId,
    channel: "wecom",
    number,
    marker: sha256Hex(`${occurrence.id}/${number}`).slice(0, 12).toUpperCase(),
    capability: "lookup",
    createdAt: occurrence.dueAt,
    notBefore: occurrence.dueAt,
    handsOn: null,
    ...row,
  };
}

/** Adds a pending batch. @returns its row */
export async function addBatch(
  { stores }: Pick<Scene, "stores">,
  occurrence: Occurrence,
  row: Partial<NewBatch> = {},
): Promise<Batch> {
  const id = await stores.batches.insert(newBatch(occurrence, row));
  return present(await stores.batches.get(occurrence.tenantId, id), "the new batch");
}

/** Adds batches 1, 2, 3 … of an occurrence. */
export async function addBatches(
  { stores }: Pick<Scene, "stores">,
  occurrence: Occurrence,
  count: number,
): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for (let number = 1; number <= count; number += 1) batches.push(await addBatch({ stores }, occurrence, { number }));
  return batches;
}

/** Moves a batch along, keeping its lease. */
export async function moveBatch(
  { stores }: Pick<Scene, "stores">,
  batch: Batch,
  ...states: readonly Batch["state"][]
): Promise<void> {
  const { tenantId, id, leaseEpoch } = batch;
  let from = batch.state;
  for (const state of states) {
    expectThat(
      await stores.batches.transition({ tenantId, id, leaseEpoch, from: [from] }, state, {}),
      `${from} becomes ${state}`,
    );
    from = state;
  }
}
