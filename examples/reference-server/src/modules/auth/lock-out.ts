import { sha256Hex } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { HttpError } from "../../frame/http-error.js";
import { tables } from "./tables.js";

/** So many failed logins of one name from one address … */
export const MOST_FAILURES = 5;
/** … within this time, and the name is locked for that address until the first of them is this old, ms. */
export const LOCK_MS = 15 * 60_000;

/** Name and address that failures are counted for. */
export interface LoginSubject {
  readonly username: string;
  readonly ip: string;
}

/**
 * Counts a login as failed before its password is checked, so that many at once get no more tries than one after the other.
 *
 * @returns how many failures there are now, this one included
 * @throws {HttpError} 429 `auth.locked`
 */
export async function reserveAttempt(stores: SqlStores, who: LoginSubject, now: number): Promise<number> {
  const subject = subjectOf(who);
  // There is no row to hold where nobody has failed yet.
  const { failures, oldest } = await stores.serializable(async (tx) => {
    const db = tables(tx);
    await db
      .deleteFrom("rk_login_failures")
      .where("at", "<=", now - LOCK_MS)
      .execute();
    const rows = await db.selectFrom("rk_login_failures").select("at").where("subject", "=", subject).execute();
    if (rows.length < MOST_FAILURES) await db.insertInto("rk_login_failures").values({ subject, at: now }).execute();
    return { failures: rows.length + 1, oldest: Math.min(now, ...rows.map(({ at }) => at)) };
  });
  if (failures <= MOST_FAILURES) return failures;
  const seconds = Math.max(1, Math.ceil((oldest + LOCK_MS - now) / 1000));
  throw new HttpError(429, "auth.locked", { headers: { "retry-after": String(seconds) } });
}

/** Forgets failures after a login that succeeded. Call it inside a transaction. */
export async function forgetFailures(stores: Pick<SqlStores, "sql">, who: LoginSubject): Promise<void> {
  await tables(stores).deleteFrom("rk_login_failures").where("subject", "=", subjectOf(who)).execute();
}

/** A hash: some people type their password where the name belongs. */
function subjectOf({ username, ip }: LoginSubject): string {
  return sha256Hex(`${ip}|${username}`);
}
