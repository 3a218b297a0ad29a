import type { RoleBook } from "../../frame/roles.js";
import type { Session } from "../../frame/session.js";
import { type AuthDatabase, tables } from "./tables.js";

/** A session as its owner sees it. */
export interface SessionRecord {
  readonly id: number;
  readonly ip: string;
  readonly agent: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Adds a session; expired ones of anybody go at the same time. */
export async function insertSession(
  database: AuthDatabase,
  session: Omit<SessionRecord, "id"> & {
    readonly tokenHash: string;
    readonly tenantId: number;
    readonly userId: number;
  },
): Promise<void> {
  const { tokenHash, tenantId, userId, ip, agent, createdAt, expiresAt } = session;
  await tables(database).deleteFrom("rk_sessions").where("expires_at", "<=", createdAt).execute();
  await tables(database)
    .insertInto("rk_sessions")
    .values({
      token_hash: tokenHash,
      tenant_id: tenantId,
      user_id: userId,
      ip,
      agent,
      created_at: createdAt,
      expires_at: expiresAt,
    })
    .execute();
}

/** The session of a token hash, unless it has expired or its user may no longer enter the tenant. */
export async function findSession(
  database: AuthDatabase,
  tokenHash: string,
  { now, roles }: { readonly now: number; readonly roles: RoleBook },
): Promise<Session | undefined> {
  const found = await tables(database)
    .selectFrom("rk_sessions as s")
    .innerJoin("rk_users as u", "u.id", "s.user_id")
    .innerJoin("rk_memberships as m", "m.user_id", "s.user_id")
    .select(["s.id as id", "s.user_id as userId", "s.tenant_id as tenantId"])
    .select(["u.username as username", "m.role as role"])
    .where("s.token_hash", "=", tokenHash)
    .where("s.expires_at", ">", now)
    .where("m.status", "=", "active")
    // People of the platform enter tenants that they are no members of.
    .where((is) => is.or([is("m.tenant_id", "=", is.ref("s.tenant_id")), is("m.role", "=", "platform")]))
    .orderBy((order) => order.case().when("m.tenant_id", "=", order.ref("s.tenant_id")).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst();
  if (!found) return undefined;
  const permissions = new Set(roles.permissionsOf[found.role]);
  return { ...found, kind: "user", actor: `user:${found.userId}`, permissions };
}

/** Sessions of a user in a tenant, newest first. */
export async function listSessions(
  database: AuthDatabase,
  owner: { readonly tenantId: number; readonly userId: number; readonly now: number },
): Promise<readonly SessionRecord[]> {
  return tables(database)
    .selectFrom("rk_sessions")
    .select(["id", "ip", "agent", "created_at as createdAt", "expires_at as expiresAt"])
    .where("tenant_id", "=", owner.tenantId)
    .where("user_id", "=", owner.userId)
    .where("expires_at", ">", owner.now)
    .orderBy("id", "desc")
    .execute();
}

/** Ends one session of a user. @returns false when there is none */
export async function deleteSession(
  database: AuthDatabase,
  session: { readonly id: number; readonly tenantId: number; readonly userId: number },
): Promise<boolean> {
  const { numDeletedRows } = await tables(database)
    .deleteFrom("rk_sessions")
    .where("id", "=", session.id)
    .where("tenant_id", "=", session.tenantId)
    .where("user_id", "=", session.userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
