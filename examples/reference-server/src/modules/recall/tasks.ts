import { ConflictError, type TenantKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { TaskDesk, TaskMade } from "./create-task.js";
import {
  countTask,
  getTask,
  insertPart,
  insertTask,
  type LinkFigures,
  linkFigures,
  partsOf,
  type RecallPart,
  type RecallTask,
} from "./store.js";

type Counts = Readonly<Partial<Record<string, number>>>;

/** A task with how far it is. */
export interface TaskStatus {
  readonly task: RecallTask;
  readonly state: "planned" | "running" | "completed" | "cancelled";
  readonly parts: readonly (RecallPart & { readonly state: string; readonly deliveries: Counts })[];
  /** People by state, of all parts. */
  readonly deliveries: Counts;
}

type Place = { readonly stores: SqlStores; readonly kit: TenantKit };

/** @throws {NotFoundError} `recall-task.not-found` */
export async function taskStatus({ stores, kit }: Place, id: number): Promise<TaskStatus> {
  const task = await getTask(stores, kit.tenantId, id);
  const parts = [];
  for (const part of await partsOf(stores, task)) {
    const { state, deliveries } = await kit.occurrences.status(part.occurrenceId);
    parts.push({ ...part, state, deliveries });
  }
  const sum: Record<string, number> = {};
  for (const { deliveries } of parts) {
    for (const [state, count = 0] of Object.entries(deliveries)) sum[state] = (sum[state] ?? 0) + count;
  }
  return { task, state: stateOf(parts.map(({ state }) => state)), parts, deliveries: sum };
}

function stateOf(states: readonly string[]): TaskStatus["state"] {
  const isOver = (state: string) => /^(completed|cancelled|expired|skipped)/.test(state);
  if (states.length > 0 && states.every((state) => state === "cancelled")) return "cancelled";
  if (states.every(isOver)) return "completed";
  return states.every((state) => state === "planned") ? "planned" : "running";
}

/** Figures of a task, from sending to buying. */
export interface TaskReport extends LinkFigures {
  readonly task: RecallTask;
  /** People of the task. */
  readonly people: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly unknown: number;
  readonly waiting: number;
  readonly orders: number;
  readonly buyers: number;
  readonly revenueMinor: number;
}

/** @throws {NotFoundError} `recall-task.not-found` */
export async function taskReport(place: Place, id: number): Promise<TaskReport> {
  const { task, parts, deliveries } = await taskStatus(place, id);
  const occurrences = parts.map(({ occurrenceId }) => occurrenceId);
  const links = await linkFigures(place.stores, task.tenantId, occurrences);
  const came = { orders: 0, buyers: 0, revenueMinor: 0 };
  for (const { ruleId, occurrenceId } of parts) {
    const { orders, buyers, revenueMinor } = await place.kit.report(ruleId, { occurrenceId });
    came.orders += orders;
    came.buyers += buyers;
    came.revenueMinor += revenueMinor;
  }
  const of = (...states: readonly string[]) => states.reduce((sum, state) => sum + (deliveries[state] ?? 0), 0);
  return {
    task,
    people: task.accepted,
    // What was delivered, or not, was accepted before.
    accepted: of("accepted", "delivered", "not_delivered"),
    delivered: of("delivered"),
    failed: of("failed", "not_delivered", "expired", "cancelled"),
    suppressed: of("suppressed"),
    unknown: of("unknown", "needs_review"),
    waiting: Math.max(0, task.accepted - of(...SETTLED)),
    ...links,
    ...came,
  };
}

const SETTLED = [
  "accepted",
  "delivered",
  "not_delivered",
  "failed",
  "expired",
  "cancelled",
  "suppressed",
  "unknown",
  "needs_review",
];

/** Stops what has not been sent yet. @returns the task as it stands then. @throws {NotFoundError} */
export async function cancelTask(place: Place, id: number): Promise<TaskStatus> {
  const task = await getTask(place.stores, place.kit.tenantId, id);
  let cancelled = 0;
  let failure: unknown;
  for (const { occurrenceId } of await partsOf(place.stores, task)) {
    try {
      await place.kit.occurrences.cancel(occurrenceId);
      cancelled += 1;
    } catch (error) {
      // A part that is over has nothing left to cancel; others may.
      if (!ConflictError.is(error)) throw error;
      failure = error;
    }
  }
  if (cancelled === 0 && failure !== undefined) throw failure;
  return taskStatus(place, id);
}

/** States of people who certainly got nothing, and may be tried again. */
const GOT_NOTHING = ["failed", "expired", "cancelled", "suppressed"] as const;
const PAGE = 200;

/**
 * Makes a task of those people of another one who certainly got nothing, with the same texts. Whoever must not be contacted
 * is held back again.
 *
 * @throws {NotFoundError} `recall-task.not-found`. @throws {ConflictError} `recall-task.nobody-left`
 */
export async function resendTask(desk: TaskDesk, id: number): Promise<TaskMade> {
  const { stores, kit, clock, ids, actor } = desk;
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const { tenantId, name } = await getTask(tx, kit.tenantId, id);
    const parts = [];
    for (const part of await partsOf(tx, { tenantId, id })) {
      const people = await unreached(tx, kit, part.occurrenceId);
      if (people.length > 0) parts.push({ part, people });
    }
    if (parts.length === 0) throw new ConflictError("recall-task.nobody-left", "nobody is left to send to again");
    const task = { tenantId, name, dueAt: now, resendOf: id, createdBy: actor, createdAt: now };
    const made = await insertTask(tx, ids.next(), task);
    let accepted = 0;
    for (const [number, { part, people }] of parts.entries()) {
      const { ruleId, channel, couponId } = part;
      const sent = await kit.occurrences.sendList({ ruleId, requestId: `recall-${made}-${number}`, people });
      const taken = people.length - new Set(sent.rejected.map(({ index }) => index)).size;
      accepted += taken;
      const occurrenceId = sent.occurrence.id;
      await insertPart(tx, { tenantId, id: made }, { number, channel, couponId, ruleId, occurrenceId, people: taken });
    }
    await countTask(tx, { tenantId, id: made }, { accepted, rejected: 0 });
    return { id: made, accepted, rejected: [] };
  });
}

/** People of a firing who got nothing, with the values of their texts. */
async function unreached(tx: SqlStores, kit: TenantKit, occurrenceId: number) {
  const people: { externalKey: string; values: Record<string, string> }[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const states = [...GOT_NOTHING];
    const page = await kit.deliveries.list({ occurrenceId, states, limit: PAGE, ...(cursor && { cursor }) });
    // Whoever was handed to the next channel is reached, or left over, there.
    const here = page.items.filter(({ handedTo }) => handedTo === null);
    const of = here.map(({ customerId }) => customerId);
    const known = of.length > 0 ? await tx.occurrences.valuesOf(kit.tenantId, occurrenceId, of) : [];
    const values = new Map(known.map((one) => [one.customerId, one.values]));
    for (const { customerId, externalKey } of here) {
      people.push({ externalKey, values: { ...values.get(customerId) } });
    }
    cursor = page.nextCursor;
  }
  return people;
}
