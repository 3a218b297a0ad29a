import type { ConversionStore, RollUpStep } from "@recallkit/core/ports";
import { sql } from "kysely";
import { slicesOf } from "../bulk.js";
import type { SqlContext } from "../context.js";
import { tenantStore } from "../tenant/tenant-store.js";
import { customersOfOrders, findCredits, forgetCredits, isUncredited, rollUpNow } from "./roll-up-sql.js";

/** Rows that one statement names. */
const AT_ONCE = 500;

interface Step extends SqlContext {
  readonly tenantId: number;
  /** Changes, deliveries or credits that a step takes at most. */
  readonly limit: number;
  readonly at: number;
}

interface RollUp {
  readonly revision: number;
  /** Deliveries up to this id forgot what they were credited with; null: all. */
  readonly clearedTo: number | null;
}

/**
 * Credits kept beside the ledger.
 *
 * A step finds the credits of people anew whom the feed of changes names, or of whom a delivery has another touch than the one
 * that it was credited with. The revision is read before the people, and a touch is noted, and so held, before the orders are
 * read: whatever others commit in between is left to the next step, and finding credits twice gives the same rows.
 */
export function rollUpStore(context: SqlContext): Pick<ConversionStore, "rollUp" | "dropRollUp"> {
  return {
    async rollUp(tenantId, { begin, limit, at }) {
      const { rows } = await rollUpNow(tenantId, context.dialect).execute(context.db);
      const [now] = rows;
      if (now?.isCurrent === 1) return { revision: now.revision, isCurrent: true };
      if (!(now || begin)) return undefined;
      return context.atomic(async (db) => {
        const step: Step = { ...context, db, tenantId, limit, at };
        const rollUp = await heldRollUp(step, begin);
        if (!rollUp) return undefined;
        const revision = (await tenantStore(step).get(tenantId))?.revision ?? 0;
        if (rollUp.clearedTo !== null) return clearMore(step, rollUp.clearedTo, revision);
        return catchUp(step, rollUp.revision, revision);
      });
    },
    dropRollUp: (tenantId, limit) =>
      context.atomic(async (db) => {
        await db.deleteFrom("rk_roll_ups").where("tenant_id", "=", tenantId).execute();
        return removeCredits({ ...context, db, tenantId, limit });
      }),
  };
}

/** The roll-up, held until the transaction ends: steps of one tenant come one after the other. */
async function heldRollUp({ db, dialect, tenantId, at }: Step, begin: boolean): Promise<RollUp | undefined> {
  const held = async () => {
    const { rows } = await sql<RollUp>`select revision, cleared_to as "clearedTo" from rk_roll_ups
      where tenant_id = ${tenantId} ${dialect.holding?.exclusive ?? sql``}`.execute(db);
    return rows[0];
  };
  const known = await held();
  if (known || !begin) return known;
  // Whatever is left of an earlier one goes first.
  await dialect.insertIfAbsent(db, "rk_roll_ups", { tenant_id: tenantId, revision: 0, cleared_to: 0, updated_at: at });
  return held();
}

/** Forgets a part of what is kept; at the end every touch is one that no credit was found with. */
async function clearMore(step: Step, clearedTo: number, revision: number): Promise<RollUpStep> {
  const { db, tenantId, limit } = step;
  const { rows } = await sql<{ last: number | null }>`select max(id) as last from (select id from rk_deliveries
    where tenant_id = ${tenantId} and id > ${clearedTo} order by id limit ${limit}) as next`.execute(db);
  const last = rows[0]?.last ?? null;
  if (last !== null) {
    await sql`update rk_deliveries set credited_touch = null
      where tenant_id = ${tenantId} and id > ${clearedTo} and id <= ${last} and credited_touch is not null`.execute(db);
  }
  const removed = await removeCredits(step);
  const isDone = last === null && removed === 0;
  await write(step, { revision, clearedTo: isDone ? null : (last ?? clearedTo) });
  return { revision, isCurrent: false };
}

/** Finds credits anew of people whom the feed and the deliveries name. */
async function catchUp(step: Step, from: number, revision: number): Promise<RollUpStep> {
  const { db, dialect, tenantId, limit } = step;
  const changes = from < revision ? await tenantStore(step).changesSince(tenantId, from, limit) : [];
  // Each revision has its changes: where the next one is missing, it was removed before it was read.
  if (from > revision || (from < revision && changes[0]?.revision !== from + 1)) {
    await write(step, { revision: from, clearedTo: 0 });
    return { revision: from, isCurrent: false };
  }
  const idsOf = (kind: string) => changes.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const people = new Set(idsOf("customer"));
  for (const orders of slicesOf(idsOf("order"), AT_ONCE)) {
    const { rows } = await customersOfOrders(tenantId, orders, dialect).execute(db);
    for (const { id } of rows) people.add(id);
  }
  const { rows: touched } = await sql<{ id: number; customerId: number }>`select d.id, d.customer_id as "customerId"
    from rk_deliveries as d where d.tenant_id = ${tenantId} and ${isUncredited(dialect)}
    order by d.customer_id limit ${limit}`.execute(db);
  for (const slice of slicesOf(touched, AT_ONCE)) {
    const ids = dialect.list(slice.map(({ id }) => id));
    await sql`update rk_deliveries set credited_touch = touched_at
      where tenant_id = ${tenantId} and id in ${ids}`.execute(db);
    for (const { customerId } of slice) people.add(customerId);
  }
  const inOrder = [...people].sort((a, b) => a - b);
  for (const slice of slicesOf(inOrder, AT_ONCE)) {
    await forgetCredits(tenantId, slice, dialect).execute(db);
    await findCredits(tenantId, slice, dialect).execute(db);
  }
  const until = changes.at(-1)?.revision ?? from;
  await write(step, { revision: until, clearedTo: null });
  return { revision: until, isCurrent: until === revision && touched.length < limit };
}

async function write({ db, tenantId, at }: Step, { revision, clearedTo }: RollUp): Promise<void> {
  await db
    .updateTable("rk_roll_ups")
    .set({ revision, cleared_to: clearedTo, updated_at: at })
    .where("tenant_id", "=", tenantId)
    .execute();
}

async function removeCredits({ db, dialect, tenantId, limit }: Omit<Step, "at">): Promise<number> {
  const key = ["tenant_id", "occurrence_id", "order_id"];
  const some = sql`(select tenant_id, occurrence_id, order_id from rk_credited_orders
    where tenant_id = ${tenantId} limit ${limit})`;
  const { numAffectedRows } = await dialect.deleteFrom("rk_credited_orders", key, some).execute(db);
  return Number(numAffectedRows ?? 0);
}
