import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import type { Role } from "../../frame/roles.js";
import { type AuthDatabase, tables } from "./tables.js";

/** May log in, or not. */
export const MEMBER_STATUSES = ["active", "disabled"] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A user with the tenant that a login opens. */
export interface UserRecord {
  readonly userId: number;
  readonly passwordHash: string;
  readonly tenantId: number;
  readonly role: Role;
}

/** A user as the people of one tenant see them. */
export interface Member {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly status: MemberStatus;
  readonly createdAt: number;
}

/**
 * The user of a name with a membership that lets them in; names compare exactly.
 *
 * @param tenantId the tenant asked for; people of the platform may enter every one. @default the one with the lowest id
 */
export async function findUser(
  database: AuthDatabase,
  username: string,
  tenantId?: number,
): Promise<UserRecord | undefined> {
  const found = await tables(database)
    .selectFrom("rk_users as u")
    .innerJoin("rk_memberships as m", "m.user_id", "u.id")
    .select(["u.id as userId", "u.password_hash as passwordHash", "m.tenant_id as tenantId", "m.role as role"])
    .where("u.username", "=", username)
    .where("m.status", "=", "active")
    .$if(tenantId !== undefined, (query) =>
      query.where((is) => is.or([is("m.tenant_id", "=", tenantId ?? 0), is("m.role", "=", "platform")])),
    )
    .orderBy((order) =>
      order
        .case()
        .when("m.tenant_id", "=", tenantId ?? 0)
        .then(0)
        .else(1)
        .end(),
    )
    .orderBy("m.tenant_id")
    .limit(1)
    .executeTakeFirst();
  return found && { ...found, tenantId: tenantId ?? found.tenantId };
}

/** True once somebody can log in. */
export async function hasUsers(database: AuthDatabase): Promise<boolean> {
  return (await tables(database).selectFrom("rk_users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** Whether a user of any tenant has the name. */
export async function isNameTaken(database: AuthDatabase, username: string): Promise<boolean> {
  const found = await tables(database)
    .selectFrom("rk_users")
    .select("id")
    .where("username", "=", username)
    .executeTakeFirst();
  return found !== undefined;
}

/** Adds a user with one membership. Call it inside a transaction. @returns the new id */
export async function insertUser(
  database: AuthDatabase,
  user: {
    readonly username: string;
    readonly passwordHash: string;
    readonly tenantId: number;
    readonly role: Role;
    readonly at: number;
  },
): Promise<number> {
  const { username, passwordHash, tenantId, role, at } = user;
  await tables(database)
    .insertInto("rk_users")
    .values({ username, password_hash: passwordHash, created_at: at, updated_at: at })
    .execute();
  const { id } = await tables(database)
    .selectFrom("rk_users")
    .select("id")
    .where("username", "=", username)
    .executeTakeFirstOrThrow();
  await tables(database)
    .insertInto("rk_memberships")
    .values({ tenant_id: tenantId, user_id: id, role, status: "active" })
    .execute();
  return id;
}

/** Writes another password and ends the user's sessions, save one. Call it inside a transaction. */
export async function replacePassword(
  database: AuthDatabase,
  change: {
    readonly userId: number;
    readonly passwordHash: string;
    readonly at: number;
    readonly keepSession?: number;
  },
): Promise<void> {
  const { userId, passwordHash, at, keepSession = 0 } = change;
  await tables(database)
    .updateTable("rk_users")
    .set({ password_hash: passwordHash, updated_at: at })
    .where("id", "=", userId)
    .execute();
  await tables(database)
    .deleteFrom("rk_sessions")
    .where("user_id", "=", userId)
    .where("id", "!=", keepSession)
    .execute();
}

/** Puts a better hash of the same password in place, unless somebody changed the password meanwhile. */
export async function upgradeHash(
  database: AuthDatabase,
  change: { readonly userId: number; readonly from: string; readonly to: string },
): Promise<void> {
  await tables(database)
    .updateTable("rk_users")
    .set({ password_hash: change.to })
    .where("id", "=", change.userId)
    .where("password_hash", "=", change.from)
    .execute();
}

/** The hash of a user's password. */
export async function passwordHashOf(database: AuthDatabase, userId: number): Promise<string | undefined> {
  const query = tables(database).selectFrom("rk_users").select("password_hash").where("id", "=", userId);
  return (await query.executeTakeFirst())?.password_hash;
}

function members(database: AuthDatabase, tenantId: number) {
  return tables(database)
    .selectFrom("rk_memberships as m")
    .innerJoin("rk_users as u", "u.id", "m.user_id")
    .select(["u.id as id", "u.username as username", "m.role as role", "m.status as status"])
    .select("u.created_at as createdAt")
    .where("m.tenant_id", "=", tenantId);
}

/** One numbered page by ascending id. */
export async function listMembers(
  database: AuthDatabase,
  tenantId: number,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly items: readonly Member[]; readonly total: number }> {
  const items = await members(database, tenantId).orderBy("u.id").offset(page.offset).limit(page.limit).execute();
  const { total } = await tables(database)
    .selectFrom("rk_memberships")
    .select((of) => of.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  return { items, total };
}

/** One user of a tenant. */
export async function findMember(
  database: AuthDatabase,
  tenantId: number,
  userId: number,
): Promise<Member | undefined> {
  return members(database, tenantId).where("m.user_id", "=", userId).executeTakeFirst();
}

/** Changes a membership; whoever may do less, or nothing, logs in again. Call it inside a transaction. */
export async function updateMember(
  database: AuthDatabase,
  member: { readonly tenantId: number; readonly userId: number },
  patch: { readonly role?: Role; readonly status?: MemberStatus },
): Promise<void> {
  await tables(database)
    .updateTable("rk_memberships")
    .set(patch)
    .where("tenant_id", "=", member.tenantId)
    .where("user_id", "=", member.userId)
    .execute();
  await endSessionsOf(database, member);
}

/** Takes a user out of a tenant; one who belongs to no other tenant is gone. Call it inside a transaction. */
export async function removeMember(
  database: AuthDatabase,
  member: { readonly tenantId: number; readonly userId: number },
): Promise<void> {
  const { tenantId, userId } = member;
  const db = tables(database);
  await db.deleteFrom("rk_memberships").where("tenant_id", "=", tenantId).where("user_id", "=", userId).execute();
  await endSessionsOf(database, member);
  if ((await tenantsOf(database, userId)) > 0) return;
  await db.deleteFrom("rk_sessions").where("user_id", "=", userId).execute();
  await db.deleteFrom("rk_users").where("id", "=", userId).execute();
}

async function endSessionsOf(
  database: AuthDatabase,
  { tenantId, userId }: { readonly tenantId: number; readonly userId: number },
): Promise<void> {
  const db = tables(database);
  await db.deleteFrom("rk_sessions").where("user_id", "=", userId).where("tenant_id", "=", tenantId).execute();
}

/** In how many tenants a user is. */
export async function tenantsOf(database: AuthDatabase, userId: number): Promise<number> {
  const { total } = await tables(database)
    .selectFrom("rk_memberships")
    .select(sql<number>`count(*)`.as("total"))
    .where("user_id", "=", userId)
    .executeTakeFirstOrThrow();
  return total;
}

/** How many others of a tenant may manage its users. */
export async function otherAdmins(
  database: Pick<SqlStores, "sql">,
  member: { readonly tenantId: number; readonly userId: number },
): Promise<number> {
  const { total } = await tables(database)
    .selectFrom("rk_memberships")
    .select(sql<number>`count(*)`.as("total"))
    .where("tenant_id", "=", member.tenantId)
    .where("user_id", "!=", member.userId)
    .where("role", "in", ["admin", "platform"])
    .where("status", "=", "active")
    .executeTakeFirstOrThrow();
  return total;
}
