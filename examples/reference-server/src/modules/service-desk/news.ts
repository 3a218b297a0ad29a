import { sql } from "kysely";
import type { DeskStaff } from "./desk.js";
import { staffByWecomUser } from "./staff/store.js";
import { type DeskDatabase, deskTables } from "./tables.js";

/** Tenants of whose tickets something happened that nobody was told of, at most some. */
export async function tenantsWithNews(database: DeskDatabase, limit: number): Promise<readonly number[]> {
  const rows = await deskTables(database)
    .selectFrom("rk_tenants as t")
    .select("t.id")
    .where(
      sql<boolean>`exists (select 1 from rk_ticket_events as e where e.tenant_id = t.id and e.announced_at is null)`,
    )
    .orderBy("t.id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Employees of a name who work here, at most two: more than one is a question to whoever asked. */
export async function staffNamed(
  database: DeskDatabase,
  tenantId: number,
  name: string,
): Promise<readonly DeskStaff[]> {
  const rows = await deskTables(database)
    .selectFrom("rk_desk_staff")
    .select("wecom_user_id")
    .where("tenant_id", "=", tenantId)
    .where("name", "=", name)
    .where("role", "!=", "customer")
    .where("left_at", "is", null)
    .where("wecom_user_id", "is not", null)
    .limit(2)
    .execute();
  const found = await Promise.all(rows.map((row) => staffByWecomUser(database, tenantId, row.wecom_user_id ?? "")));
  return found.flatMap((staff) => staff ?? []);
}
