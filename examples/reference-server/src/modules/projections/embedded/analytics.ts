import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import type { AnalyticsStore, FiguresQuery } from "../ports.js";

/** Figures of orders, from the ledger itself: always current, with nothing to project. */
export function ledgerAnalytics(stores: Pick<SqlStores, "sql">): AnalyticsStore {
  const none = ({ tenantIds }: FiguresQuery) => tenantIds.length === 0;
  return {
    async figures(query) {
      if (none(query)) return [];
      const { tenantIds, from, to } = query;
      const rows = await stores.sql
        .selectFrom("rk_orders")
        .select(({ fn }) => [
          "tenant_id as tenantId",
          fn.countAll<number>().as("orders"),
          fn.count<number>("customer_id").distinct().as("buyers"),
          fn.sum<number>("amount_minor").as("amountMinor"),
          fn.sum<number>("refunded_minor").as("refundedMinor"),
        ])
        .where("tenant_id", "in", [...tenantIds])
        .where("ordered_at", ">=", from)
        .where("ordered_at", "<", to)
        .groupBy("tenant_id")
        .orderBy("tenant_id")
        .execute();
      // Sums come as text from engines whose sums are wider than their columns.
      return rows.map(({ tenantId, orders, buyers, amountMinor, refundedMinor }) => ({
        tenantId,
        orders: Number(orders),
        buyers: Number(buyers),
        amountMinor: Number(amountMinor),
        refundedMinor: Number(refundedMinor),
      }));
    },
    async topItems(query, limit) {
      if (none(query)) return [];
      const { tenantIds, from, to } = query;
      const rows = await stores.sql
        .selectFrom("rk_orders as placed")
        .innerJoin("rk_order_lines as line", (join) =>
          join.onRef("line.tenant_id", "=", "placed.tenant_id").onRef("line.order_id", "=", "placed.id"),
        )
        .select(({ fn }) => [
          "placed.tenant_id as tenantId",
          "line.sku as code",
          fn.sum<number>("line.quantity").as("quantity"),
          fn.sum<number>("line.amount_minor").as("amount"),
        ])
        .where("placed.tenant_id", "in", [...tenantIds])
        .where("placed.ordered_at", ">=", from)
        .where("placed.ordered_at", "<", to)
        .where("line.sku", "is not", null)
        .groupBy(["placed.tenant_id", "line.sku"])
        .orderBy(sql`amount`, "desc")
        .orderBy("placed.tenant_id")
        .orderBy("line.sku")
        .limit(limit)
        .execute();
      return rows.map(({ tenantId, code, quantity, amount }) => {
        return { tenantId, code: code ?? "", quantity: Number(quantity), amountMinor: Number(amount) };
      });
    },
  };
}
