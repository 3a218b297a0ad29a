import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type AccountTables = {
  rk_channel_accounts: {
    tenant_id: number;
    channel: string;
    settings: string;
    sealed: string;
    created_at: number;
    updated_at: number;
  };
};

/** An account at a provider as it is stored. */
export interface StoredAccount {
  readonly tenantId: number;
  readonly channel: string;
  /** JSON of what is not secret. */
  readonly settings: string;
  /** The secret part, sealed. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type AccountDatabase = Pick<SqlStores, "sql">;

function accounts(database: AccountDatabase) {
  return database.sql
    .withTables<AccountTables>()
    .selectFrom("rk_channel_accounts")
    .select(["tenant_id as tenantId", "channel", "settings", "sealed"])
    .select(["created_at as createdAt", "updated_at as updatedAt"]);
}

/** Accounts of a tenant by name of the channel. */
export async function listAccounts(database: AccountDatabase, tenantId: number): Promise<readonly StoredAccount[]> {
  return accounts(database).where("tenant_id", "=", tenantId).orderBy("channel").execute();
}

/** Accounts of all tenants. */
export async function allAccounts(database: AccountDatabase): Promise<readonly StoredAccount[]> {
  return accounts(database).orderBy("tenant_id").orderBy("channel").execute();
}

/** A tenant's account of one channel. */
export async function findAccount(
  database: AccountDatabase,
  tenantId: number,
  channel: string,
): Promise<StoredAccount | undefined> {
  return accounts(database).where("tenant_id", "=", tenantId).where("channel", "=", channel).executeTakeFirst();
}

/** Adds an account or replaces it; it keeps the instant of its creation. Call it inside a transaction. */
export async function putAccount(database: AccountDatabase, account: StoredAccount): Promise<void> {
  const { tenantId, channel, settings, sealed, createdAt, updatedAt } = account;
  const db = database.sql.withTables<AccountTables>();
  const change = { settings, sealed, updated_at: updatedAt };
  const { numUpdatedRows } = await db
    .updateTable("rk_channel_accounts")
    .set(change)
    .where("tenant_id", "=", tenantId)
    .where("channel", "=", channel)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const row = { tenant_id: tenantId, channel, created_at: createdAt, ...change };
  await repeatIfTaken(() => db.insertInto("rk_channel_accounts").values(row).execute());
}

/** Puts another sealing of the same secret in place. @returns false when the account has been changed meanwhile */
export async function reseal(
  database: AccountDatabase,
  { tenantId, channel, sealed }: Pick<StoredAccount, "tenantId" | "channel" | "sealed">,
  to: string,
): Promise<boolean> {
  const { numUpdatedRows } = await database.sql
    .withTables<AccountTables>()
    .updateTable("rk_channel_accounts")
    .set({ sealed: to })
    .where("tenant_id", "=", tenantId)
    .where("channel", "=", channel)
    .where("sealed", "=", sealed)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns false when there is none */
export async function deleteAccount(database: AccountDatabase, tenantId: number, channel: string): Promise<boolean> {
  const { numDeletedRows } = await database.sql
    .withTables<AccountTables>()
    .deleteFrom("rk_channel_accounts")
    .where("tenant_id", "=", tenantId)
    .where("channel", "=", channel)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
