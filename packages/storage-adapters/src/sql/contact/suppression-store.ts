import {
  ALL_MARKETING,
  cursorToId,
  pageLimit,
  pageOf,
  type SuppressedReason,
  type SuppressionEntry,
  type SuppressionStore,
} from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import { insertRows } from "../bulk.js";
import { toColumns } from "../columns.js";
import { goneMeanwhile } from "../constraint-error.js";
import type { SqlContext, SqlDialect } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";

/** Suppressions in SQL. */
export function suppressionStore(context: SqlContext): SuppressionStore {
  const { db, dialect } = context;
  return {
    put: (entry) =>
      context.atomic(async (tx) => {
        const { tenantId, channel, reason } = entry;
        const row = { ...toColumns(entry), external_key: entry.externalKey ?? null };
        const created = await dialect.insertIfAbsent(tx, "rk_suppressions", row);
        if (!created) {
          await tx
            .updateTable("rk_suppressions")
            .set({ reason })
            .where("tenant_id", "=", tenantId)
            .where("channel", "=", channel)
            .where(isTarget(entry))
            .execute();
        }
        const suppression = await suppressionRows(tx)
          .where("s.tenant_id", "=", tenantId)
          .where("s.channel", "=", channel)
          .where(isTarget(entry, sql`s.`))
          .executeTakeFirstOrThrow(goneMeanwhile);
        return { created, suppression };
      }),
    putMany: (tenantId, entries) =>
      context.atomic(async (tx) => {
        if (entries.length === 0) return { added: 0, changed: 0 };
        const known = new Map((await entriesAbout(tx, dialect, tenantId, entries)).map((row) => [targetOf(row), row]));
        const rows = entries.map((entry) => ({ ...toColumns(entry), external_key: entry.externalKey ?? null }));
        const fresh = rows.filter((row) => !known.has(targetOf(row)));
        const added = await insertRows({ db: tx, dialect }, "rk_suppressions", fresh, { ignoreExisting: true });
        const changed = rows.flatMap(({ reason, ...row }) => {
          const before = known.get(targetOf(row));
          return before && before.reason !== reason ? [[tenantId, before.id, reason]] : [];
        });
        if (changed.length > 0) {
          const source = dialect.rows({ tenant_id: "integer", id: "integer", reason: "text" }, changed);
          await dialect.updateFrom("rk_suppressions", ["reason"], source).execute(tx);
        }
        return { added, changed: changed.length };
      }),
    async settle(tenantId, people) {
      if (people.length === 0) return 0;
      const owners = dialect.rows(
        { external_key: "text", customer_id: "integer" },
        people.map(({ externalKey, id }) => [externalKey, id]),
      );
      const { rows } = await sql<{ id: number; customerId: number }>`select s.id, r.customer_id as "customerId"
        from ${owners} as r cross join rk_suppressions as s
        where s.tenant_id = ${tenantId} and s.external_key = r.external_key`.execute(db);
      if (rows.length === 0) return 0;
      const source = dialect.tableRows(
        "rk_suppressions",
        ["tenant_id", "id", "customer_id", "external_key"],
        rows.map(({ id, customerId }) => [tenantId, id, customerId, null]),
      );
      await context.atomic((tx) =>
        dialect.updateFrom("rk_suppressions", ["customer_id", "external_key"], source).execute(tx),
      );
      return rows.length;
    },
    async matching(tenantId, channels, { addresses, customerIds }) {
      const find = async (column: "address" | "customer_id", values: readonly (string | number)[]) =>
        values.length === 0
          ? []
          : db
              .selectFrom("rk_suppressions")
              .select(["address", "customer_id as customerId", "reason"])
              .where("tenant_id", "=", tenantId)
              .where("channel", "in", channels)
              .where(column, "in", sql<never>`${dialect.list(values)}`)
              .execute();
      return [...(await find("address", addresses)), ...(await find("customer_id", customerIds))];
    },
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

interface TargetRow {
  readonly channel: string;
  readonly address: string | null;
  readonly customer_id: number | null;
  readonly external_key: string | null;
}

/** Whom an entry is about, on which channel, as one text. */
function targetOf({ channel, address, customer_id, external_key }: TargetRow): string {
  return JSON.stringify([channel, address, customer_id, external_key]);
}

/** Entries that exist about those whom new ones are about: three look-ups by key. */
async function entriesAbout(
  db: Kysely<Database>,
  dialect: SqlDialect,
  tenantId: number,
  entries: readonly SuppressionEntry[],
) {
  const found = async (column: "address" | "customer_id" | "external_key", values: readonly (string | number)[]) => {
    if (values.length === 0) return [];
    return db
      .selectFrom("rk_suppressions")
      .select(["id", "channel", "address", "customer_id", "external_key", "reason"])
      .where("tenant_id", "=", tenantId)
      .where("channel", "in", channels)
      .where(column, "in", sql<never>`${dialect.list(values)}`)
      .execute();
  };
  const channels = [...new Set(entries.map(({ channel }) => channel))];
  return [
    ...(await found(
      "address",
      entries.flatMap(({ address }) => address ?? []),
    )),
    ...(await found(
      "customer_id",
      entries.flatMap(({ customerId }) => customerId ?? []),
    )),
    ...(await found(
      "external_key",
      entries.flatMap(({ externalKey }) => externalKey ?? []),
    )),
  ];
}

/** That a row, of the table itself or behind an alias with its dot, is about whom an entry is about. */
function isTarget(
  { address, customerId, externalKey }: SuppressionEntry,
  alias: RawBuilder<unknown> = sql``,
): RawBuilder<SqlBool> {
  if (externalKey) return sql`${alias}external_key = ${externalKey}`;
  return address === null ? sql`${alias}customer_id = ${customerId}` : sql`${alias}address = ${address}`;
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
      sql<string | null>`coalesce(c.external_key, s.external_key)`.as("externalKey"),
      "s.reason",
      "s.created_at as createdAt",
    ]);
}

/** That a row of `rk_deliveries` has an entry whose reason becomes this one. Two look-ups by key per channel name. */
export function isSuppressed(tenantId: number, reason: SuppressedReason): RawBuilder<SqlBool> {
  const named =
    reason === "blocklist"
      ? sql`s.reason not in ('opt_out', 'not_a_friend', 'open_ticket')`
      : sql`s.reason = ${reason}`;
  const entry = (target: RawBuilder<unknown>) => sql`exists (select 1 from rk_suppressions as s
    where s.tenant_id = ${tenantId} and s.channel in (rk_deliveries.channel, '*', ${sql.lit(ALL_MARKETING)}) and ${target} and ${named})`;
  return sql`(${entry(sql`s.customer_id = rk_deliveries.customer_id`)}
    or ${entry(sql`s.address = rk_deliveries.address`)})`;
}
