import type { Suppression } from "@recallkit/core";
import { cursorToId, pageLimit, pageOf, type SuppressedReason, type SuppressionStore } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { toColumns } from "../columns.js";
import { goneMeanwhile } from "../constraint-error.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";

/** Suppressions in SQL. */
export function suppressionStore(context: SqlContext): SuppressionStore {
  const { db, dialect } = context;
  return {
    put: (entry) =>
      context.atomic(async (tx) => {
        const { tenantId, channel, address, customerId, reason } = entry;
        const created = await dialect.insertIfAbsent(tx, "rk_suppressions", toColumns(entry));
        if (!created) {
          await tx
            .updateTable("rk_suppressions")
            .set({ reason })
            .where("tenant_id", "=", tenantId)
            .where("channel", "=", channel)
            .where(isTarget({ address, customerId }))
            .execute();
        }
        const suppression = await suppressionRows(tx)
          .where("s.tenant_id", "=", tenantId)
          .where("s.channel", "=", channel)
          .where(isTarget({ address, customerId }))
          .executeTakeFirstOrThrow(goneMeanwhile);
        return { created, suppression };
      }),
    async remove(tenantId, id) {
      const { numDeletedRows } = await db
        .deleteFrom("rk_suppressions")
        .where(isOfTenant(tenantId))
        .where("id", "=", id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async list(tenantId, filter) {
      const limit = pageLimit(filter);
      let rows = suppressionRows(db).where("s.tenant_id", "=", tenantId).where("s.id", ">", cursorToId(filter.cursor));
      if (filter.channel !== undefined) rows = rows.where("s.channel", "=", filter.channel);
      return pageOf(
        await rows
          .orderBy("s.id")
          .limit(limit + 1)
          .execute(),
        limit,
      );
    },
  };
}

function isTarget({ address, customerId }: Pick<Suppression, "address" | "customerId">): RawBuilder<SqlBool> {
  return address === null ? sql`customer_id = ${customerId}` : sql`address = ${address}`;
}

/** Suppressions as `s`, with the names that the domain uses. */
export function suppressionRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_suppressions as s")
    .leftJoin("rk_customers as c", (join) =>
      join.onRef("c.tenant_id", "=", "s.tenant_id").onRef("c.id", "=", "s.customer_id"),
    )
    .select([
      "s.id",
      "s.tenant_id as tenantId",
      "s.channel",
      "s.address",
      "s.customer_id as customerId",
      "c.external_key as externalKey",
      "s.reason",
      "s.created_at as createdAt",
    ]);
}

/** That a row of `rk_deliveries` has an entry whose reason becomes this one. Two look-ups by key per channel name. */
export function isSuppressed(tenantId: number, reason: SuppressedReason): RawBuilder<SqlBool> {
  const named = reason === "blocklist" ? sql`s.reason not in ('opt_out', 'not_a_friend')` : sql`s.reason = ${reason}`;
  const entry = (target: RawBuilder<unknown>) => sql`exists (select 1 from rk_suppressions as s
    where s.tenant_id = ${tenantId} and s.channel in (rk_deliveries.channel, '*') and ${target} and ${named})`;
  return sql`(${entry(sql`s.customer_id = rk_deliveries.customer_id`)}
    or ${entry(sql`s.address = rk_deliveries.address`)})`;
}
