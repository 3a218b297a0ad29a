import { RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ImportDatabase, ImportTables } from "./store.js";

/** A tenant's turn, held by one process. Whoever holds it later has a greater fence. */
export interface Turn {
  readonly tenantId: number;
  readonly fence: number;
}

/** Takes a tenant's turn. @returns undefined while another process has it */
export async function takeTurn(
  stores: SqlStores,
  tenantId: number,
  { now, forMs }: { readonly now: number; readonly forMs: number },
): Promise<Turn | undefined> {
  return stores
    .transaction(async (tx) => {
      const db = tx.sql.withTables<ImportTables>();
      const { numUpdatedRows } = await db
        .updateTable("rk_import_turns")
        .set((set) => ({ fence: set("fence", "+", 1), held_until: now + forMs }))
        .where("tenant_id", "=", tenantId)
        .where("held_until", "<=", now)
        .executeTakeFirst();
      const row = await db
        .selectFrom("rk_import_turns")
        .select("fence")
        .where("tenant_id", "=", tenantId)
        .executeTakeFirst();
      if (row) return numUpdatedRows > 0n ? { tenantId, fence: row.fence } : undefined;
      const first = { tenant_id: tenantId, fence: 1, held_until: now + forMs };
      await db.insertInto("rk_import_turns").values(first).execute();
      return { tenantId, fence: 1 };
    })
    .catch((error: unknown) => {
      // Another process wrote the tenant's first row a moment earlier.
      if (RecallKitError.is(error) && error.code === "storage.constraint") return undefined;
      throw error;
    });
}

/** Moves the end of a turn. @returns false when it was lost to another process */
export async function keepTurn(database: ImportDatabase, { tenantId, fence }: Turn, until: number): Promise<boolean> {
  const { numUpdatedRows } = await database.sql
    .withTables<ImportTables>()
    .updateTable("rk_import_turns")
    .set({ held_until: until })
    .where("tenant_id", "=", tenantId)
    .where("fence", "=", fence)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
