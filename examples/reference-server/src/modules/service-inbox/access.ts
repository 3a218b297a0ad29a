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
