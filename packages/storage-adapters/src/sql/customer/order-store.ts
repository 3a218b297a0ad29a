import { ConflictError } from "@recallkit/core";
import { type OrderStore, type OrderWrite, type StoredOrder, uncountedFrom } from "@recallkit/core/ports";
import { sql } from "kysely";
import { type BulkContext, insertNumbered, insertRows, updateRows } from "../bulk.js";
import type { SqlContext } from "../context.js";
import { byTenant } from "../tenant/tenant-groups.js";

/** Orders with their lines and labels in SQL. */
export function orderStore(context: SqlContext): OrderStore {
  const { db, dialect } = context;

  return {
    async findByExternalIds(tenantId, source, externalIds) {
      if (externalIds.length === 0) return [];
      return db
        .selectFrom("rk_orders")
        .select(["id", "external_id as externalId", "customer_id as customerId", "row_hash as rowHash"])
        .where("tenant_id", "=", tenantId)
        .where("source", "=", source)
        .where("external_id", "in", sql<string>`${dialect.list(externalIds)}`)
        .execute();
    },
    insertMany: (orders) =>
      context.atomic(async (tx) => {
        const inside = { db: tx, dialect };
        const told = await refusingTaken(context, () => insertNumbered(inside, "rk_orders", orders.map(toRow)));
        const ids = told ?? (await idsOf(inside, orders));
        await insertParts(inside, orders, ids);
        return ids;
      }),
    updateMany: (orders) =>
      context.atomic(async (tx) => {
        const inside = { db: tx, dialect };
        const rows = orders.map((order) => ({ id: order.id, ...toRow(order) }));
        await refusingTaken(context, () => updateRows(inside, "rk_orders", rows));
        for (const [tenantId, group] of byTenant(orders)) {
          await deleteParts(
            inside,
            tenantId,
            group.map(({ id }) => id),
          );
        }
        await insertParts(
          inside,
          orders,
          orders.map(({ id }) => id),
        );
      }),
    async count(tenantId) {
      const count = db
        .selectFrom("rk_orders")
        .select((eb) => eb.fn.countAll<number>().as("n"))
        .where("tenant_id", "=", tenantId);
      return (await context.heavy(count))[0]?.n ?? 0;
    },
  };
}

function toRow(order: OrderWrite) {
  return {
    tenant_id: order.tenantId,
    source: order.source,
    external_id: order.externalId,
    customer_id: order.customerId,
    ordered_at: order.orderedAt,
    amount_minor: order.amountMinor,
    refunded_minor: order.refundedMinor,
    refunded_at: order.refundedAt,
    uncounted_from: uncountedFrom(order),
    status: order.status,
    row_hash: order.rowHash,
  };
}

async function insertParts(inside: BulkContext, orders: readonly OrderWrite[], ids: readonly number[]): Promise<void> {
  const lines = orders.flatMap(({ tenantId, lines }, index) =>
    lines.map(({ sku, name, quantity, amountMinor }, number) => ({
      tenant_id: tenantId,
      order_id: ids[index] ?? 0,
      number,
      sku,
      name,
      quantity,
      amount_minor: amountMinor,
    })),
  );
  const labels = orders.flatMap(({ tenantId, labelIds }, index) =>
    labelIds.map((labelId) => ({ tenant_id: tenantId, order_id: ids[index] ?? 0, label_id: labelId })),
  );
  await insertRows(inside, "rk_order_lines", lines);
  await insertRows(inside, "rk_order_labels", labels);
}

async function deleteParts({ db, dialect }: BulkContext, tenantId: number, orderIds: readonly number[]): Promise<void> {
  const ids = sql<number>`${dialect.list(orderIds)}`;
  await db.deleteFrom("rk_order_lines").where("tenant_id", "=", tenantId).where("order_id", "in", ids).execute();
  await db.deleteFrom("rk_order_labels").where("tenant_id", "=", tenantId).where("order_id", "in", ids).execute();
}

/** Ids of rows that were just inserted, in the order given. */
async function idsOf({ db, dialect }: BulkContext, orders: readonly OrderWrite[]): Promise<readonly number[]> {
  const keys = orders.map(({ tenantId, source, externalId }) => [tenantId, source, externalId]);
  const wanted = dialect.rows({ tenant_id: "integer", source: "text", external_id: "text" }, keys);
  const found = await sql<Pick<StoredOrder, "id" | "externalId"> & { tenantId: number; source: string }>`
    select o.id, o.tenant_id as "tenantId", o.source, o.external_id as "externalId"
    from ${wanted} as r cross join rk_orders as o
    where o.tenant_id = r.tenant_id and o.source = r.source and o.external_id = r.external_id`.execute(db);
  const ids = new Map(found.rows.map((row) => [keyOf(row), row.id]));
  return orders.map((order) => ids.get(keyOf(order)) ?? 0);
}

function keyOf({ tenantId, source, externalId }: Pick<OrderWrite, "tenantId" | "source" | "externalId">): string {
  return JSON.stringify([tenantId, source, externalId]);
}

async function refusingTaken<T>({ dialect }: Pick<SqlContext, "dialect">, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!dialect.brokenKey(error)) throw error;
    throw new ConflictError("order.key-taken", "the source already has an order of this id", { cause: error });
  }
}
