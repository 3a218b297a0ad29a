import type { RetentionStore } from "@recallkit/core";
import { sql } from "kysely";
import type { SqlContext } from "./context.js";

/** Removal of what has outlived its time in SQL. Rows are written in the order of time, so the oldest come first. */
export function retentionStore({ db }: SqlContext): RetentionStore {
  async function purgeNumbered(table: "rk_transitions" | "rk_alarms", before: number, limit: number): Promise<number> {
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where id in (select id from (
      select id, at from ${sql.table(table)} order by id limit ${limit}) as oldest where at < ${before})`.execute(db);
    return Number(numAffectedRows ?? 0);
  }

  async function purgeChanges(before: number, limit: number): Promise<number> {
    let removed = 0;
    for (const { id } of await db.selectFrom("rk_tenants").select("id").execute()) {
      const { numAffectedRows } = await sql`delete from rk_changes where tenant_id = ${id} and revision in (
        select revision from (select revision, at from rk_changes where tenant_id = ${id}
          order by revision limit ${limit}) as oldest where at < ${before})`.execute(db);
      removed += Number(numAffectedRows ?? 0);
    }
    return removed;
  }

  return {
    purge(kind, before, limit) {
      if (kind === "changes") return purgeChanges(before, limit);
      return purgeNumbered(kind === "alarms" ? "rk_alarms" : "rk_transitions", before, limit);
    },
  };
}
