import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { insertAbsent } from "../engine.js";
import { type InboxDatabase, inboxTables, type Row } from "../tables.js";

export type KfAccountRow = Row<"rk_kf_accounts">;

/** A service account of a tenant. */
export interface KfAccountKey {
  readonly tenantId: number;
  readonly openKfid: string;
}

const FIRST_RETRY_MS = 5000;

const keyOf = ({ tenantId, openKfid }: KfAccountKey) => ({ tenant_id: tenantId, open_kfid: openKfid });

/** Something new is told of an account: it has to be fetched. Call it inside the transaction that keeps the callback. */
export async function noteNews(
  stores: SqlStores,
  key: KfAccountKey,
  { token, now }: { readonly token: string; readonly now: number },
): Promise<void> {
  await insertAbsent(stores, "rk_kf_accounts", {
    ...keyOf(key),
    ...{ sync_cursor: null, token: null, token_at: 0, news: 0, seen: 0, attempts: 0, not_before: 0 },
    ...{ lease_until: 0, updated_at: now },
  });
  await inboxTables(stores)
    .updateTable("rk_kf_accounts")
    .set(({ eb }) => ({ news: eb("news", "+", 1), token, token_at: now, not_before: now, updated_at: now }))
    .where((eb) => eb.and(keyOf(key)))
    .execute();
}

/** Accounts with something to fetch that is due and that nobody fetches. */
export async function waitingAccounts(
  database: InboxDatabase,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly KfAccountKey[]> {
  const rows = await inboxTables(database)
    .selectFrom("rk_kf_accounts")
    .select(["tenant_id", "open_kfid"])
    .whereRef("news", ">", "seen")
    .where("not_before", "<=", now)
    .where("lease_until", "<=", now)
    .limit(limit)
    .execute();
  return rows.map(({ tenant_id, open_kfid }) => ({ tenantId: tenant_id, openKfid: open_kfid }));
}

export async function accountOf(database: InboxDatabase, key: KfAccountKey): Promise<KfAccountRow | undefined> {
  return inboxTables(database)
    .selectFrom("rk_kf_accounts")
    .selectAll()
    .where((eb) => eb.and(keyOf(key)))
    .executeTakeFirst();
}

/** The sole right to fetch what is new in an account. */
export interface KfLease {
  /** Changes the account and keeps the right for longer. @returns false: somebody else has it by now, and nothing was changed */
  write(
    database: InboxDatabase,
    change: Partial<Pick<KfAccountRow, "sync_cursor" | "seen" | "token" | "attempts">>,
  ): Promise<boolean>;
  /** Ends it; what failed waits longer each time. */
  release(failed: { readonly attempts: number } | undefined): Promise<void>;
}

/** Takes that right for a while. @returns undefined: somebody else has it */
export async function takeAccount(
  database: InboxDatabase,
  key: KfAccountKey,
  { clock, leaseMs }: { readonly clock: { now(): number }; readonly leaseMs: number },
): Promise<KfLease | undefined> {
  let until = 0;
  const update = async (db: InboxDatabase, change: Partial<KfAccountRow>, holds: "free" | "ours") => {
    const now = clock.now();
    // Never the same twice, so that it tells whose the lease is.
    const next = Math.max(until + 1, now + leaseMs);
    const { numUpdatedRows } = await inboxTables(db)
      .updateTable("rk_kf_accounts")
      .set({ lease_until: next, updated_at: now, ...change })
      .where((eb) => eb.and(keyOf(key)))
      .where("lease_until", holds === "free" ? "<=" : "=", holds === "free" ? now : until)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    until = change.lease_until ?? next;
    return true;
  };
  if (!(await update(database, {}, "free"))) return undefined;
  return {
    write: (db, change) => update(db, change, "ours"),
    async release(failed) {
      const wait = failed && FIRST_RETRY_MS * 2 ** Math.min(failed.attempts, 8);
      await update(
        database,
        { lease_until: 0, ...(failed && { attempts: failed.attempts + 1, not_before: clock.now() + (wait ?? 0) }) },
        "ours",
      );
    },
  };
}
