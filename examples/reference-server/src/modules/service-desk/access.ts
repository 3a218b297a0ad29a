import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { DeskAccess } from "./desk.js";
import { type DeskDatabase, deskTables } from "./tables.js";

/** What makes a row an employee's own beside its customer. */
const OWN = {
  rk_projects: (_: number, staffId: number) => sql`rk_projects.owner_id = ${staffId}`,
  rk_tickets: (_: number, staffId: number) => sql`rk_tickets.assignee_id = ${staffId}`,
  rk_equipment: (tenantId: number, staffId: number) => sql`exists (select 1 from rk_tickets as k
    where k.tenant_id = ${tenantId} and k.assignee_id = ${staffId} and k.equipment_id = rk_equipment.id)`,
} as const;

/**
 * That a row of the tenant is there for somebody: the only place that says who sees what. Customers see what is theirs; employees
 * what belongs to their customers, what they own or have; admins everything.
 */
export function visibleTo(tenantId: number, access: DeskAccess, table: keyof typeof OWN): RawBuilder<SqlBool> {
  const ofTenant = sql<SqlBool>`${sql.ref(`${table}.tenant_id`)} = ${tenantId}`;
  const customer = sql.ref(`${table}.customer_id`);
  switch (access.kind) {
    case "admin":
      return ofTenant;
    case "customer":
      return sql`(${ofTenant} and ${customer} = ${access.customerId})`;
    case "staff":
      return sql`(${ofTenant} and (${customer} in (select b.customer_id from rk_desk_bindings as b
        where b.tenant_id = ${tenantId} and b.staff_id = ${access.staffId} and b.ended_at = 0)
        or ${OWN[table](tenantId, access.staffId)}))`;
  }
}

/** Whether somebody may begin something for a customer: their own, a customer of theirs, or one who is nobody's yet. */
export async function mayServe(
  database: DeskDatabase,
  tenantId: number,
  access: DeskAccess,
  customerId: number,
): Promise<boolean> {
  if (access.kind === "customer" && access.customerId !== customerId) return false;
  const tables = deskTables(database);
  const exists = await tables
    .selectFrom("rk_customers")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", customerId)
    .executeTakeFirst();
  if (!exists) return false;
  if (access.kind !== "staff") return true;
  const bindings = await tables
    .selectFrom("rk_desk_bindings")
    .select("staff_id")
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .where("ended_at", "=", 0)
    .execute();
  return bindings.length === 0 || bindings.some(({ staff_id }) => staff_id === access.staffId);
}
