import type { DeliveryState } from "@recallkit/core";
import { type MergedRows, standsBefore, strongerReason } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import { mergeConsents } from "../contact/consent-store.js";
import type { SqlDialect } from "../context.js";
import { rowsOfPerson } from "./person-rows.js";

interface Merge {
  readonly db: Kysely<Database>;
  readonly dialect: SqlDialect;
  readonly tenantId: number;
  readonly into: number;
  readonly from: number;
}

/** Gives the rows of one customer to another; inside a transaction. */
export async function mergeRows(merge: Merge, at: number): Promise<MergedRows> {
  const { db, dialect, tenantId, into, from } = merge;
  // Held in the order of ids, as a sender holds the people of a batch.
  const people = await db
    .selectFrom("rk_customers")
    .select(["id", "external_key"])
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [into, from])
    .orderBy("id")
    .$if(dialect.holding !== undefined, (query) => query.modifyEnd(dialect.holding?.exclusive ?? sql``))
    .execute();
  const key = people.find(({ id }) => id === from)?.external_key;
  if (key === undefined || people.length < 2)
    return { orderIds: [], deliveries: 0, apart: 0, suppressions: 0, labels: 0 };
  const orders = await db
    .selectFrom("rk_orders")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", from)
    .execute();
  await give(merge, "rk_orders");
  const deliveries = await mergeDeliveries(merge);
  await give(merge, "rk_cap_ledger");
  const suppressions = await mergeSuppressions(merge);
  await mergeConsents(merge, tenantId, into, from);
  const labels = await mergeLabels(merge);
  await give(merge, "rk_links");
  await give(merge, "rk_messages");
  await mergeClaims(merge);
  await mergeListValues(merge);
  await give(merge, "rk_merged_customers");
  const row = { tenant_id: tenantId, external_key: key, former_id: from, customer_id: into, merged_at: at };
  await db.insertInto("rk_merged_customers").values(row).execute();
  return { orderIds: orders.map(({ id }) => id), ...deliveries, suppressions, labels };
}

async function give(
  { db, tenantId, into, from }: Merge,
  table: "rk_orders" | "rk_cap_ledger" | "rk_links" | "rk_messages" | "rk_merged_customers",
) {
  await db
    .updateTable(table)
    .set({ customer_id: into })
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", from)
    .execute();
}

/** Claims of both stay, numbered on; nobody may claim anew by being two people first. */
async function mergeClaims({ db, tenantId, into, from }: Merge): Promise<void> {
  const claims = await db
    .selectFrom("rk_claims")
    .select(["id", "coupon_id", "customer_id", "number"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", [into, from])
    .orderBy("id")
    .execute();
  const last = new Map<number, number>();
  for (const { coupon_id, customer_id, number } of claims)
    if (customer_id === into) last.set(coupon_id, Math.max(number, last.get(coupon_id) ?? 0));
  for (const { id, coupon_id, customer_id } of claims) {
    if (customer_id === into) continue;
    const number = (last.get(coupon_id) ?? 0) + 1;
    last.set(coupon_id, number);
    await db.updateTable("rk_claims").set({ customer_id: into, number }).where("id", "=", id).execute();
  }
}

/** What a list says of a person goes on with them, unless it says something of both. */
async function mergeListValues({ db, dialect, tenantId, into, from }: Merge): Promise<void> {
  const rows = await db
    .selectFrom("rk_list_people")
    .select(["occurrence_id", "customer_id"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", [into, from])
    .execute();
  const own = new Set(rows.flatMap((row) => (row.customer_id === into ? [row.occurrence_id] : [])));
  const alone = rows.flatMap((row) => (own.has(row.occurrence_id) ? [] : [row.occurrence_id]));
  if (alone.length === 0) return;
  await db
    .updateTable("rk_list_people")
    .set({ customer_id: into })
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", from)
    .where("occurrence_id", "in", sql<number>`${dialect.list(alone)}`)
    .execute();
}

interface RivalRow {
  readonly id: number;
  readonly occurrenceId: number;
  readonly channel: string;
  readonly state: DeliveryState;
  readonly touchedAt: number | null;
  readonly batchState: string | null;
}

async function mergeDeliveries(merge: Merge): Promise<Pick<MergedRows, "deliveries" | "apart">> {
  const { db, tenantId, into, from } = merge;
  const rivalsOf = async (customerId: number) => {
    const { rows } = await sql<RivalRow>`select d.id, d.occurrence_id as "occurrenceId", d.channel, d.state,
        d.touched_at as "touchedAt", (select b.state from rk_batches as b
          where b.tenant_id = ${tenantId} and b.id = d.batch_id) as "batchState"
      ${rowsOfPerson(tenantId, customerId)}`.execute(db);
    return rows.map(({ batchState, ...row }) => {
      const isCalled = batchState !== null && batchState !== "pending" && batchState !== "leased";
      return { ...row, isCalled, push: `${row.occurrenceId} ${row.channel}` };
    });
  };
  const own = new Map((await rivalsOf(into)).map((row) => [row.push, row]));
  const theirs = await rivalsOf(from);
  const rivals = theirs.flatMap((row) => ({ row, rival: own.get(row.push) }));
  const swapped = rivals.flatMap(({ row, rival }) => (rival && standsBefore(row, rival) ? [{ row, rival }] : []));
  const alone = rivals.filter(({ rival }) => !rival).map(({ row }) => row.id);
  const losers = swapped.map(({ rival }) => rival.id);
  // By way of nobody: two rows of a push never have one customer, not even within a statement.
  await giveDeliveries(merge, losers, -from);
  await giveDeliveries(merge, [...alone, ...swapped.map(({ row }) => row.id)], into);
  await giveDeliveries(merge, losers, from);
  return { deliveries: alone.length, apart: theirs.length - alone.length };
}

async function giveDeliveries(
  { db, dialect, tenantId }: Merge,
  ids: readonly number[],
  customerId: number,
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("rk_deliveries")
    .set({ customer_id: customerId })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", sql<number>`${dialect.list(ids)}`)
    .execute();
}

async function mergeSuppressions({ db, tenantId, into, from }: Merge): Promise<number> {
  const rows = await db
    .selectFrom("rk_suppressions")
    .select(["id", "channel", "customer_id", "reason"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", [into, from])
    .execute();
  let moved = 0;
  for (const row of rows.filter(({ customer_id }) => customer_id === from)) {
    const known = rows.find(({ channel, customer_id }) => channel === row.channel && customer_id === into);
    moved += known ? 0 : 1;
    if (known) {
      const reason = strongerReason(known.reason, row.reason);
      await db.updateTable("rk_suppressions").set({ reason }).where("id", "=", known.id).execute();
      await db.deleteFrom("rk_suppressions").where("id", "=", row.id).execute();
    } else await db.updateTable("rk_suppressions").set({ customer_id: into }).where("id", "=", row.id).execute();
  }
  return moved;
}

async function mergeLabels({ db, dialect, tenantId, into, from }: Merge): Promise<number> {
  const theirs = await db
    .selectFrom("rk_customer_labels")
    .select("label_id")
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", from)
    .execute();
  const rows = theirs.map(({ label_id }) => ({ tenant_id: tenantId, customer_id: into, label_id }));
  const added = await insertRows({ db, dialect }, "rk_customer_labels", rows, { ignoreExisting: true });
  await db.deleteFrom("rk_customer_labels").where("tenant_id", "=", tenantId).where("customer_id", "=", from).execute();
  return added;
}
