import { FINAL_MESSAGE_STATES, type RetentionStore } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { SqlContext } from "../context.js";

/** Removal of what has outlived its time in SQL. Rows are written in the order of time, so the oldest come first. */
export function retentionStore({ db, dialect }: SqlContext): RetentionStore {
  async function purgeNumbered(table: "rk_transitions" | "rk_alarms", before: number, limit: number): Promise<number> {
    const oldest = sql`(select id from (select id, at from ${sql.table(table)} order by id limit ${limit}) as o
      where at < ${before})`;
    const { numAffectedRows } = await dialect.deleteFrom(table, ["id"], oldest).execute(db);
    return Number(numAffectedRows ?? 0);
  }

  async function purgeChanges(before: number, limit: number): Promise<number> {
    let removed = 0;
    for (const { id } of await db.selectFrom("rk_tenants").select("id").execute()) {
      const oldest = sql`(select tenant_id, revision from (select tenant_id, revision, at from rk_changes
        where tenant_id = ${id} order by revision limit ${limit}) as o where at < ${before})`;
      const { numAffectedRows } = await dialect.deleteFrom("rk_changes", ["tenant_id", "revision"], oldest).execute(db);
      removed += Number(numAffectedRows ?? 0);
    }
    return removed;
  }

  async function purgeLinks(before: number, limit: number): Promise<number> {
    const over = sql`(select id from (select id from rk_links where expires_at < ${before}
      order by expires_at limit ${limit}) as o)`;
    const { numAffectedRows } = await dialect.deleteFrom("rk_links", ["id"], over).execute(db);
    return Number(numAffectedRows ?? 0);
  }

  /** Events of messages that are no errors; the oldest come first. */
  async function purgeTraces(before: number, limit: number): Promise<number> {
    const old = sql`(select id from (select id from rk_message_events where at < ${before} and error_class is null
      order by id limit ${limit}) as o)`;
    const { numAffectedRows } = await dialect.deleteFrom("rk_message_events", ["id"], old).execute(db);
    return Number(numAffectedRows ?? 0);
  }

  /** Of the oldest messages those that are over, with all their events. */
  async function purgeMessages(before: number, limit: number): Promise<number> {
    const { rows } = await sql<{
      id: number;
      tenant_id: number;
    }>`select id, tenant_id from (select id, tenant_id, state,
        updated_at from rk_messages order by id limit ${limit}) as o
      where state in (${sql.join(FINAL_MESSAGE_STATES)}) and updated_at < ${before}`.execute(db);
    if (rows.length === 0) return 0;
    const tenants = new Map<number, number[]>();
    for (const { id, tenant_id } of rows) tenants.set(tenant_id, [...(tenants.get(tenant_id) ?? []), id]);
    for (const [tenantId, ids] of tenants) {
      const isMeant = sql<number>`${dialect.list(ids)}`;
      await db
        .deleteFrom("rk_message_events")
        .where("tenant_id", "=", tenantId)
        .where("message_id", "in", isMeant)
        .execute();
      await db.deleteFrom("rk_messages").where("id", "in", isMeant).execute();
    }
    return rows.length;
  }

  return {
    purge(kind, before, limit) {
      if (kind === "traces") return purgeTraces(before, limit);
      if (kind === "messages") return purgeMessages(before, limit);
      if (kind === "links") return purgeLinks(before, limit);
      if (kind === "changes") return purgeChanges(before, limit);
      return purgeNumbered(kind === "alarms" ? "rk_alarms" : "rk_transitions", before, limit);
    },
  };
}
