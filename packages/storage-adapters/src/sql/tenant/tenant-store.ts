import { NotFoundError } from "@recallkit/core";
import type { StoredTenant, TenantStore } from "@recallkit/core/ports";
import { sql } from "kysely";
import { insertCells } from "../bulk.js";
import { toColumns } from "../columns.js";
import { compiledOnce } from "../compiled-once.js";
import type { SqlContext } from "../context.js";
import { holdRow } from "../row-lock.js";

const TENANT = [
  "id",
  "name",
  "time_zone as timeZone",
  "currency",
  "counted_statuses as countedStatuses",
  "revision",
  "max_order_at as maxOrderAt",
  "created_at as createdAt",
] as const;

const CHANGE = ["tenant_id", "revision", "kind", "row_id", "at"] as const;

/** Tenants and the change feed in SQL. */
export function tenantStore(context: SqlContext): TenantStore {
  const { db, dialect } = context;
  const byId = compiledOnce(db, (id: number) => db.selectFrom("rk_tenants").select(TENANT).where("id", "=", id));
  return {
    async get(tenantId, lock) {
      await holdRow(context, "rk_tenants", { tenantId, id: tenantId }, lock);
      const [row] = await byId(tenantId);
      return row && toTenant(row);
    },
    async list() {
      return (await db.selectFrom("rk_tenants").select(TENANT).orderBy("id").execute()).map(toTenant);
    },
    async insert(tenant) {
      const fresh = { countedStatuses: null, ...tenant, revision: 0, maxOrderAt: null };
      return { id: await dialect.insertRow(db, "rk_tenants", toColumns(fresh)), ...fresh };
    },
    async update(tenantId, patch) {
      const columns = toColumns(patch);
      if (Object.keys(columns).length === 0) return;
      await db.updateTable("rk_tenants").set(columns).where("id", "=", tenantId).execute();
    },
    recordChanges: (tenantId, changes, { at, maxOrderAt }) =>
      context.atomic(async (tx) => {
        const lifted = maxOrderAt ?? null;
        // Update first: it takes the row's lock, so that two transactions never hand out the same revision.
        await sql`update rk_tenants set revision = revision + 1,
          max_order_at = case when max_order_at is null or max_order_at < ${lifted} then ${lifted} else max_order_at end
          where id = ${tenantId}`.execute(tx);
        const tenant = await tx
          .selectFrom("rk_tenants")
          .select("revision")
          .where("id", "=", tenantId)
          .executeTakeFirst();
        if (!tenant) throw new NotFoundError("tenant.not-found", `there is no tenant ${tenantId}`);
        const { revision } = tenant;
        const rows = changes.map(({ kind, id }) => [tenantId, revision, kind, id, at]);
        await insertCells({ ...context, db: tx }, "rk_changes", CHANGE, rows, true);
        return revision;
      }),
    changesSince: (tenantId, revision, limit) =>
      db
        .selectFrom("rk_changes")
        .select(["revision", "kind", "row_id as id"])
        .where("tenant_id", "=", tenantId)
        .where("revision", ">", revision)
        // Whole revisions: a reader goes on from the last revision that it has seen.
        .where("revision", "<=", ({ selectFrom }) =>
          selectFrom(
            selectFrom("rk_changes")
              .select("revision")
              .where("tenant_id", "=", tenantId)
              .where("revision", ">", revision)
              .orderBy("revision")
              .limit(limit)
              .as("first"),
          ).select(({ fn }) => fn.max("first.revision").as("last")),
        )
        .orderBy("revision")
        .orderBy("kind")
        .orderBy("row_id")
        .execute(),
  };
}

function toTenant<T extends { readonly countedStatuses: string | null }>({ countedStatuses, ...tenant }: T) {
  // The column holds what the store wrote: a list of texts, or null.
  return { ...tenant, countedStatuses: JSON.parse(countedStatuses ?? "null") as StoredTenant["countedStatuses"] };
}
