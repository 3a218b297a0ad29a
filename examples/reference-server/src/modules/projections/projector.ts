import { type Clock, RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import {
  type Checkpoint,
  checkpointsOf,
  insertCheckpoint,
  isCleared,
  moveCheckpoint,
  noteTurn,
} from "./checkpoints.js";
import { readFacts } from "./facts.js";
import type { ProjectionTarget } from "./ports.js";

/** What a projector works with. */
export interface ProjectorParts {
  readonly stores: SqlStores;
  readonly clock: Pick<Clock, "now">;
}

/** What one turn did. */
export interface TurnResult {
  /** Facts that were handed over. */
  readonly facts: number;
  /** Code of what ended the turn; null: the target has everything. */
  readonly error: string | null;
}

export interface TurnOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly facts: number }) => void;
  /** Facts of one hand-over, 1 … 1000. @default 1000 */
  readonly pageSize?: number;
}

const PAGE = 1_000;

/**
 * Brings a target up to the ledger: a tenant that it does not know is walked from its first person, the others are followed by
 * their feed of changes. Facts are handed over before the checkpoint moves, so that a process that dies hands some over twice,
 * which changes nothing. A target that is away ends the turn and is told of; the ledger does not wait for it.
 */
export async function projectOnce(
  parts: ProjectorParts,
  target: ProjectionTarget,
  { signal, onProgress, pageSize = PAGE }: TurnOptions = {},
): Promise<TurnResult> {
  const { stores, clock } = parts;
  let facts = 0;
  const tell = (more: number) => {
    facts += more;
    onProgress?.({ facts });
  };
  try {
    await target.prepare();
    if (!(await isCleared(stores, target.name))) {
      await target.clear();
      await noteTurn(stores, target.name, { error: null, cleared: true, now: clock.now() });
    }
    const known = new Map((await checkpointsOf(stores, target.name)).map((one) => [one.tenantId, one]));
    for (const tenant of await stores.tenants.list()) {
      const start = { tenantId: tenant.id, target: target.name, phase: "people", afterId: 0, facts: 0 } as const;
      const begun = known.get(tenant.id);
      let at: Checkpoint = begun ?? { ...start, revision: tenant.revision };
      if (!begun) await insertCheckpoint(stores, at, clock.now());
      if (at.phase === "feed" && at.revision === tenant.revision) continue;
      for (;;) {
        signal?.throwIfAborted();
        const step = await nextStep(stores, at, pageSize);
        if (step === "done") break;
        if (step.batch) await target.apply(step.batch);
        const size = step.batch ? step.batch.people.length + step.batch.orders.length : 0;
        const next: Checkpoint = { ...step.next, facts: step.isRestart ? 0 : at.facts + size };
        if (!(await moveCheckpoint(stores, at, next, clock.now()))) {
          throw new RecallKitError("projection.turn-lost", "another process goes on with this target");
        }
        at = next;
        tell(size);
      }
    }
    await noteTurn(stores, target.name, { error: null, now: clock.now() });
    return { facts, error: null };
  } catch (error) {
    if (signal?.aborted) throw error;
    // What is not ours may hold anything: an address, a statement with its values.
    const code = RecallKitError.is(error) ? error.code : "projection.unavailable";
    // Both began the same tenant, or wrote the same rows: the other one goes on.
    if (code === "projection.turn-lost" || code === "storage.constraint")
      return { facts, error: "projection.turn-lost" };
    if (RecallKitError.is(error) && code.startsWith("storage.")) throw error;
    await noteTurn(stores, target.name, { error: code, now: clock.now() });
    return { facts, error: code };
  }
}

type Step =
  | "done"
  | {
      readonly batch?: Awaited<ReturnType<typeof readFacts>>;
      readonly next: Omit<Checkpoint, "facts">;
      readonly isRestart?: boolean;
    };

/** What is to be handed over next, and where the checkpoint stands after it. */
async function nextStep(stores: SqlStores, at: Checkpoint, pageSize: number): Promise<Step> {
  const { tenantId } = at;
  const tenant = await stores.tenants.get(tenantId);
  if (!tenant) return "done";
  // Before the rows are read: what changes meanwhile comes again, under a later revision.
  const { revision } = tenant;
  if (at.phase === "people" || at.phase === "orders") {
    const table = at.phase === "people" ? "rk_customers" : "rk_orders";
    const rows = await stores.sql
      .selectFrom(table)
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("id", ">", at.afterId)
      .orderBy("id")
      .limit(pageSize)
      .execute();
    const ids = rows.map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return { next: { ...at, phase: at.phase === "people" ? "orders" : "feed", afterId: 0 } };
    const asked = { customerIds: at.phase === "people" ? ids : [], orderIds: at.phase === "orders" ? ids : [] };
    return { batch: await readFacts(stores, { tenantId, revision, ...asked }), next: { ...at, afterId: last } };
  }
  if (at.revision >= revision) return "done";
  const changes = await stores.tenants.changesSince(tenantId, at.revision, pageSize);
  const [first] = changes;
  // Changes are kept for a while only: whoever comes later begins anew.
  if (!first || first.revision > at.revision + 1) {
    if (await hasGap(stores, tenantId, at.revision)) {
      return { next: { ...at, phase: "people", afterId: 0, revision }, isRestart: true };
    }
    if (!first) return { next: { ...at, revision } };
  }
  // One revision may name more rows than a hand-over takes: then the whole of it is handed over piece by piece.
  const until = changes.at(-1)?.revision ?? revision;
  const idsOf = (kind: string) => [...new Set(changes.filter((one) => one.kind === kind).map(({ id }) => id))];
  const batch = await readInPieces(stores, {
    tenantId,
    revision,
    customerIds: idsOf("customer"),
    orderIds: idsOf("order"),
  });
  return { batch, next: { ...at, revision: until } };
}

async function readInPieces(stores: SqlStores, asked: Parameters<typeof readFacts>[1]) {
  const { customerIds, orderIds } = asked;
  let all = await readFacts(stores, {
    ...asked,
    customerIds: customerIds.slice(0, PAGE),
    orderIds: orderIds.slice(0, PAGE),
  });
  for (let at = PAGE; at < Math.max(customerIds.length, orderIds.length); at += PAGE) {
    const more = await readFacts(stores, {
      ...asked,
      customerIds: customerIds.slice(at, at + PAGE),
      orderIds: orderIds.slice(at, at + PAGE),
    });
    all = {
      ...all,
      people: [...all.people, ...more.people],
      orders: [...all.orders, ...more.orders],
      gonePeople: [...all.gonePeople, ...more.gonePeople],
      goneOrders: [...all.goneOrders, ...more.goneOrders],
    };
  }
  return all;
}

/** Whether changes after a revision were removed before they were read: no revision of a change is kept from before them. */
async function hasGap({ sql }: Pick<SqlStores, "sql">, tenantId: number, revision: number): Promise<boolean> {
  const row = await sql
    .selectFrom("rk_changes")
    .select("revision")
    .where("tenant_id", "=", tenantId)
    .where("revision", "<=", revision)
    .limit(1)
    .executeTakeFirst();
  // Revisions without changes leave holes; while an older one is kept, nothing in between was removed.
  return row === undefined;
}
