import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Session } from "../../frame/session.js";
import type { DeskAccess } from "../service-desk/service.js";
import type { Inbox } from "./inbox.js";

/** Whoever may work at the desk and is nobody of it sees nothing. */
const NOBODY = { kind: "staff", staffId: 0 } as const;

/** What a caller may see: API keys and those who manage a tenant everything of it, employees what is theirs. */
export async function accessOf(
  { desk }: Pick<Inbox, "desk">,
  { kind, role, userId }: Pick<Session, "kind" | "role" | "userId">,
): Promise<DeskAccess> {
  if (kind === "api-key" || role === "admin" || role === "platform") return { kind: "admin" };
  const access = userId === null ? undefined : await desk.accessOfUser(userId);
  return access && access.kind !== "customer" ? access : NOBODY;
}

/** Whether somebody may look at what belongs to a customer: employees at what is their customers' and nobody's. */
export async function seesCustomer(
  { desk }: Pick<Inbox, "desk">,
  access: DeskAccess,
  customerId: number,
): Promise<boolean> {
  if (access.kind === "admin") return true;
  if (access.kind === "customer" || access.staffId === NOBODY.staffId) return false;
  const bound = await desk.staffOfCustomer(customerId);
  return bound.length === 0 || bound.some(({ id }) => id === access.staffId);
}

/**
 * That a decision or a binding is there for somebody: employees see those of their customers and of people whom nobody knows yet,
 * and decisions about tickets that they have.
 */
export function visibleRows(
  tenantId: number,
  access: DeskAccess,
  table: "rk_router_decisions" | "rk_wechat_bindings",
): RawBuilder<SqlBool> {
  const ofTenant = sql<SqlBool>`${sql.ref(`${table}.tenant_id`)} = ${tenantId}`;
  if (access.kind === "admin") return ofTenant;
  if (access.kind === "customer" || access.staffId === NOBODY.staffId) return sql`1 = 0`;
  const isTheirs = (column: string) => {
    const customer = sql.ref(`${table}.${column}`);
    return sql`(${customer} is null or exists (select 1 from rk_desk_bindings as b where b.tenant_id = ${tenantId}
      and b.staff_id = ${access.staffId} and b.ended_at = 0 and b.customer_id = ${customer}))`;
  };
  if (table === "rk_wechat_bindings") {
    return sql`(${ofTenant} and ${isTheirs("customer_id")} and ${isTheirs("other_customer_id")})`;
  }
  return sql`(${ofTenant} and (${isTheirs("customer_id")} or exists (select 1 from rk_tickets as k
    where k.tenant_id = ${tenantId} and k.assignee_id = ${access.staffId} and k.id = rk_router_decisions.ticket_id)))`;
}

/**
 * That a conversation is there for somebody: the only place that says who sees which. Employees see those of their customers,
 * of tickets that they have, and of people whom nobody knows yet.
 */
export function visibleSessions(tenantId: number, access: DeskAccess): RawBuilder<SqlBool> {
  const ofTenant = sql<SqlBool>`rk_wechat_sessions.tenant_id = ${tenantId}`;
  if (access.kind === "admin") return ofTenant;
  if (access.kind === "customer" || access.staffId === NOBODY.staffId) return sql`1 = 0`;
  return sql`(${ofTenant} and rk_wechat_sessions.entrance <> 'wecom_staff' and (rk_wechat_sessions.customer_id is null
    or exists (select 1 from rk_desk_bindings as b where b.tenant_id = ${tenantId} and b.staff_id = ${access.staffId}
      and b.ended_at = 0 and b.customer_id = rk_wechat_sessions.customer_id)
    or exists (select 1 from rk_tickets as k where k.tenant_id = ${tenantId} and k.assignee_id = ${access.staffId}
      and k.id = rk_wechat_sessions.ticket_id)))`;
}
