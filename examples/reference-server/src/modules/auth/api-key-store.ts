import type { Session } from "../../frame/session.js";
import { type AuthDatabase, tables } from "./tables.js";

/** An API key without its secret. */
export interface ApiKey {
  readonly id: number;
  readonly name: string;
  /** First characters of the key, to tell keys apart. */
  readonly tokenStart: string;
  readonly scopes: readonly string[];
  /** Who made it: `user:3` or `cli`. */
  readonly createdBy: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  /** To the hour; null: never used. */
  readonly usedAt: number | null;
}

const USE_NOTED_EVERY_MS = 3_600_000;

/** Adds a key. @returns its id */
export async function insertApiKey(
  database: AuthDatabase,
  key: Omit<ApiKey, "id" | "usedAt"> & { readonly tenantId: number; readonly tokenHash: string },
): Promise<number> {
  await tables(database)
    .insertInto("rk_api_keys")
    .values({
      tenant_id: key.tenantId,
      name: key.name,
      token_hash: key.tokenHash,
      token_start: key.tokenStart,
      scopes: key.scopes.join(" "),
      created_by: key.createdBy,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      used_at: null,
    })
    .execute();
  const { id } = await tables(database)
    .selectFrom("rk_api_keys")
    .select("id")
    .where("token_hash", "=", key.tokenHash)
    .executeTakeFirstOrThrow();
  return id;
}

/** Keys of a tenant by ascending id. @param known scopes that this version has; others give nothing */
export async function listApiKeys(
  database: AuthDatabase,
  tenantId: number,
  known: readonly string[],
): Promise<readonly ApiKey[]> {
  const rows = await tables(database)
    .selectFrom("rk_api_keys")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    tokenStart: row.token_start,
    scopes: scopesOf(row.scopes, known),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  }));
}

/** Takes a key back. @returns false when the tenant has none of this id */
export async function deleteApiKey(database: AuthDatabase, tenantId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await tables(database)
    .deleteFrom("rk_api_keys")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The session that a key stands for, unless it is unknown or has expired. */
export async function sessionOfApiKey(
  database: AuthDatabase,
  tokenHash: string,
  { now, known }: { readonly now: number; readonly known: readonly string[] },
): Promise<Session | undefined> {
  const row = await tables(database)
    .selectFrom("rk_api_keys")
    .select(["id", "tenant_id as tenantId", "name", "scopes", "expires_at as expiresAt", "used_at as usedAt"])
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  if (!row || (row.expiresAt !== null && row.expiresAt <= now)) return undefined;
  if (row.usedAt === null || row.usedAt <= now - USE_NOTED_EVERY_MS) {
    await tables(database).updateTable("rk_api_keys").set({ used_at: now }).where("id", "=", row.id).execute();
  }
  const permissions = new Set(scopesOf(row.scopes, known));
  const { id, tenantId, name } = row;
  return {
    kind: "api-key",
    id,
    actor: `api-key:${id}`,
    tenantId,
    userId: null,
    username: name,
    role: null,
    permissions,
  };
}

/** Scopes of a stored key; those that this version no longer has give nothing. */
function scopesOf(text: string, known: readonly string[]): readonly string[] {
  const stored = new Set(text.split(" "));
  return known.filter((scope) => stored.has(scope));
}
