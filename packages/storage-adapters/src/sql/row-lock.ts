import type { RowLock } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { Database } from "../schema/database.js";
import type { SqlContext } from "./context.js";
import { isOfTenant } from "./is-of-tenant.js";

/**
 * Waits for a row and holds it until the transaction ends; does nothing without a lock or on an engine with one writer.
 *
 * A statement of its own: what is read by a further one is what those left who were in the way, also where a join follows.
 */
export async function holdRow(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  table: keyof Database,
  { tenantId, id }: { readonly tenantId: number; readonly id: number },
  lock: RowLock | undefined,
): Promise<void> {
  const end = lock && dialect.holding?.[lock];
  if (!end) return;
  const isMeant = table === "rk_tenants" ? sql`id = ${tenantId}` : sql`id = ${id} and ${isOfTenant(tenantId)}`;
  await sql`select id from ${sql.table(table)} where ${isMeant} ${end}`.execute(db);
}
