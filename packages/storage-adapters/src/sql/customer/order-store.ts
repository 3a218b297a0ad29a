import { ConflictError } from "@recallkit/core";
import { type OrderStore, type OrderWrite, type StoredOrder, uncountedFrom } from "@recallkit/core/ports";
import { sql } from "kysely";
import { type BulkContext, insertCells, insertNumberedCells, updateCells } from "../bulk.js";
import type { CellValue, SqlContext } from "../context.js";
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
        .where(dialect.isAmong("external_id", externalIds))
        .execute();
    },
    insertMany: (orders) =>
      context.atomic(async (tx) => {
        const inside = { db: tx, dialect };
        const told = await refusingTaken(context, () =>
          insertNumberedCells(inside, "rk_orders", ORDER, orders.map(cellsOf)),
        );
        const ids = told ?? (await idsOf(inside, orders));
        await insertParts(inside, orders, ids);
        return ids;
      }),
    updateMany: (orders) =>
      context.atomic(async (tx) => {
        const inside = { db: tx, dialect };
        const rows = orders.map((order) => [order.id, ...cellsOf(order)]);
        await refusingTaken(context, () => updateCells(inside, "rk_orders", ["id", ...ORDER], rows));
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

const ORDER = [
  "tenant_id",
  "source",
  "external_id",
  "customer_id",
  "ordered_at",
  "amount_minor",
  "refunded_minor",
  "refunded_at",
  "uncounted_from",
  "status",
  "row_hash",
] as const;

/** In the order of `ORDER`. */
function cellsOf(order: OrderWrite): CellValue[] {
  return [
    order.tenantId,
    order.source,
    order.externalId,
    order.customerId,
    order.orderedAt,
    order.amountMinor,
    order.refundedMinor,
    order.refundedAt,
    uncountedFrom(order),
    order.status,
    order.rowHash,
  ];
}

const LINE = ["tenant_id", "order_id", "number", "sku", "name", "quantity", "amount_minor"] as const;
const ORDER_LABEL = ["tenant_id", "order_id", "label_id"] as const;

async function insertParts(inside: BulkContext, orders: readonly OrderWrite[], ids: readonly number[]): Promise<void> {
  const lines: CellValue[][] = [];
  const labels: CellValue[][] = [];
  orders.forEach((order, index) => {
    const id = ids[index] ?? 0;
    order.lines.forEach(({ sku, name, quantity, amountMinor }, number) => {
      lines.push([order.tenantId, id, number, sku, name, quantity, amountMinor]);
    });
    for (const labelId of order.labelIds) labels.push([order.tenantId, id, labelId]);
  });
  await insertCells(inside, "rk_order_lines", LINE, lines);
  await insertCells(inside, "rk_order_labels", ORDER_LABEL, labels);
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
