import type { AudienceOrder, AudienceRow, AudienceStore } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlContext } from "../context.js";

type Which = Parameters<AudienceStore["rows"]>[1];

/** What an index holds of people, by ascending id: four statements, whatever their number. */
export async function indexRows(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  which: Which,
): Promise<readonly AudienceRow[]> {
  const ids = "afterId" in which ? undefined : await namedIds({ db, dialect }, tenantId, which);
  if (ids?.length === 0) return [];
  let people = db
    .selectFrom("rk_customers")
    .select(["id as customerId", "born_on as bornOn"])
    .where("tenant_id", "=", tenantId);
  if ("afterId" in which) people = people.where("id", ">", which.afterId).limit(which.limit);
  else people = people.where(sql<SqlBool>`id in ${dialect.list(ids ?? [])}`);
  const rows = await people.orderBy("id").execute();
  const [first, last] = [rows.at(0)?.customerId, rows.at(-1)?.customerId];
  if (first === undefined || last === undefined) return [];
  // A page is all the people of a range of ids; people who are named are not.
  const isTheirs = (column: RawBuilder<unknown>): RawBuilder<SqlBool> =>
    ids ? sql`${column} in ${dialect.list(ids)}` : sql`${column} >= ${first} and ${column} <= ${last}`;
  const labels = await labelsOf(db, tenantId, isTheirs(sql`l.customer_id`));
  const orders = await ordersOf(db, tenantId, isTheirs(sql`o.customer_id`));
  return rows.map((row) => ({
    ...row,
    labelIds: labels.get(row.customerId) ?? [],
    orders: orders.get(row.customerId) ?? [],
  }));
}

async function namedIds(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  { customerIds, orderIds }: { readonly customerIds: readonly number[]; readonly orderIds: readonly number[] },
): Promise<readonly number[]> {
  if (orderIds.length === 0) return customerIds;
  const { rows } = await sql<{ customerId: number }>`select distinct customer_id as "customerId" from rk_orders
    where tenant_id = ${tenantId} and id in ${dialect.list(orderIds)}`.execute(db);
  return [...new Set([...customerIds, ...rows.map(({ customerId }) => customerId)])];
}

async function labelsOf(
  db: Kysely<Database>,
  tenantId: number,
  isTheirs: RawBuilder<SqlBool>,
): Promise<ReadonlyMap<number, number[]>> {
  const { rows } = await sql<{ customerId: number; labelId: number }>`
    select l.customer_id as "customerId", l.label_id as "labelId" from rk_customer_labels as l
    where l.tenant_id = ${tenantId} and ${isTheirs}`.execute(db);
  const found = new Map<number, number[]>();
  for (const { customerId, labelId } of rows) listIn(found, customerId).push(labelId);
  return found;
}

async function ordersOf(
  db: Kysely<Database>,
  tenantId: number,
  isTheirs: RawBuilder<SqlBool>,
): Promise<ReadonlyMap<number, AudienceOrder[]>> {
  const { rows } = await sql<Omit<AudienceOrder, "labelIds"> & { id: number; customerId: number }>`
    select o.id, o.customer_id as "customerId", o.ordered_at as "orderedAt", o.status, o.amount_minor as "amountMinor",
      o.refunded_minor as "refundedMinor", o.refunded_at as "refundedAt"
    from rk_orders as o where o.tenant_id = ${tenantId} and ${isTheirs}`.execute(db);
  const { rows: labels } = await sql<{ orderId: number; labelId: number }>`
    select l.order_id as "orderId", l.label_id as "labelId" from rk_orders as o cross join rk_order_labels as l
    where o.tenant_id = ${tenantId} and ${isTheirs} and l.tenant_id = ${tenantId} and l.order_id = o.id`.execute(db);
  const labelsOfOrder = new Map<number, number[]>();
  for (const { orderId, labelId } of labels) listIn(labelsOfOrder, orderId).push(labelId);
  const found = new Map<number, AudienceOrder[]>();
  for (const { id, customerId, ...order } of rows)
    listIn(found, customerId).push({ ...order, labelIds: labelsOfOrder.get(id) ?? [] });
  return found;
}

function listIn<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
