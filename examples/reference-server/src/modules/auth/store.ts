import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated } from "kysely";
import { PERMISSIONS_OF, type Role } from "../../frame/permissions.js";
import type { Session } from "../../frame/route.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type AuthTables = {
  rk_users: { id: Generated<number>; username: string; password_hash: string; created_at: number; updated_at: number };
  rk_memberships: { tenant_id: number; user_id: number; role: Role };
  rk_sessions: { token_hash: string; tenant_id: number; user_id: number; created_at: number; expires_at: number };
};

/** A user with the tenant that a login opens: the one with the lowest id. */
export interface UserRecord {
  readonly userId: number;
  readonly passwordHash: string;
  readonly tenantId: number;
  readonly role: Role;
}

/** The part of the stores that users live in; a transaction's stores fit too. */
export type AuthDatabase = Pick<SqlStores, "sql">;

function tables(database: AuthDatabase) {
  return database.sql.withTables<AuthTables>();
}

/** The user of a name; names compare exactly. */
export async function findUser(database: AuthDatabase, username: string): Promise<UserRecord | undefined> {
  return tables(database)
    .selectFrom("rk_users as u")
    .innerJoin("rk_memberships as m", "m.user_id", "u.id")
    .select(["u.id as userId", "u.password_hash as passwordHash", "m.tenant_id as tenantId", "m.role as role"])
    .where("u.username", "=", username)
    .orderBy("m.tenant_id")
    .limit(1)
    .executeTakeFirst();
}

/** True once somebody can log in. */
export async function hasUsers(database: AuthDatabase): Promise<boolean> {
  return (await tables(database).selectFrom("rk_users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** Adds a user with one membership. Call it inside a transaction. */
export async function insertUser(
  database: AuthDatabase,
  user: {
    readonly username: string;
    readonly passwordHash: string;
    readonly tenantId: number;
    readonly role: Role;
    readonly at: number;
  },
): Promise<void> {
  const { username, passwordHash, tenantId, role, at } = user;
  const { id } = await tables(database)
    .insertInto("rk_users")
    .values({ username, password_hash: passwordHash, created_at: at, updated_at: at })
    .returning("id")
    .executeTakeFirstOrThrow();
  await tables(database).insertInto("rk_memberships").values({ tenant_id: tenantId, user_id: id, role }).execute();
}

/** Writes another password and ends the user's sessions. Call it inside a transaction. */
export async function replacePassword(
  database: AuthDatabase,
  change: { readonly userId: number; readonly passwordHash: string; readonly at: number },
): Promise<void> {
  await tables(database)
    .updateTable("rk_users")
    .set({ password_hash: change.passwordHash, updated_at: change.at })
    .where("id", "=", change.userId)
    .execute();
  await tables(database).deleteFrom("rk_sessions").where("user_id", "=", change.userId).execute();
}

/** Adds a session; expired ones of anybody go at the same time. */
export async function insertSession(
  database: AuthDatabase,
  session: {
    readonly tokenHash: string;
    readonly tenantId: number;
    readonly userId: number;
    readonly createdAt: number;
    readonly expiresAt: number;
  },
): Promise<void> {
  const { tokenHash, tenantId, userId, createdAt, expiresAt } = session;
  await tables(database).deleteFrom("rk_sessions").where("expires_at", "<=", createdAt).execute();
  await tables(database)
    .insertInto("rk_sessions")
    .values({
      token_hash: tokenHash,
      tenant_id: tenantId,
      user_id: userId,
      created_at: createdAt,
      expires_at: expiresAt,
    })
    .execute();
}

/** The session of a token hash, unless it has expired or its membership is gone. */
export async function findSession(
  database: AuthDatabase,
  tokenHash: string,
  now: number,
): Promise<Session | undefined> {
  const found = await tables(database)
    .selectFrom("rk_sessions as s")
    .innerJoin("rk_users as u", "u.id", "s.user_id")
    .innerJoin("rk_memberships as m", (join) =>
      join.onRef("m.user_id", "=", "s.user_id").onRef("m.tenant_id", "=", "s.tenant_id"),
    )
    .select(["s.user_id as userId", "s.tenant_id as tenantId", "u.username as username", "m.role as role"])
    .where("s.token_hash", "=", tokenHash)
    .where("s.expires_at", ">", now)
    .executeTakeFirst();
  return found && { ...found, kind: "user", id: found.userId, permissions: new Set(PERMISSIONS_OF[found.role]) };
}
