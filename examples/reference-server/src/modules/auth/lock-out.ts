import { sha256Hex } from "@recallkit/core/ports";
import { HttpError } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type AuthDatabase, tables } from "./tables.js";

/** So many failed logins of one name from one address … */
export const MOST_FAILURES = 5;
/** … within this time, and the name is locked for that address until the first of them is this old, ms. */
export const LOCK_MS = 15 * 60_000;
/** So many of one name from wherever within {@link LOCK_MS}, and the next has to wait after the one before it: 1 s, … */
const FREE_OF_NAME = 10;
/** … then twice as long each time up to this, ms: who guesses from many addresses gets slow, and locks nobody out. */
export const LONGEST_WAIT_MS = 60_000;

/** Name and address that failures are counted for. */
export interface LoginSubject {
  readonly username: string;
  readonly ip: string;
}

/**
 * Counts a login as failed before its password is checked, so that many at once get no more tries than one after the other.
 *
 * An address that the name has a session from does not wait for what others do elsewhere.
 *
 * @returns whether this one, if it fails, is the last without a wait
 * @throws {HttpError} 429 `auth.locked` for this address, `auth.slowed` for every new one
 */
export async function reserveAttempt(
  stores: SqlStores,
  who: LoginSubject,
  now: number,
): Promise<{ readonly isLast: boolean }> {
  const [here, anywhere] = subjectsOf(who);
  // There is no row to hold where nobody has failed yet.
  const { lockedMs, slowedMs, isLast } = await stores.serializable(async (tx) => {
    const db = tables(tx);
    await db
      .deleteFrom("rk_login_failures")
      .where("at", "<=", now - LOCK_MS)
      .execute();
    const rows = await db
      .selectFrom("rk_login_failures")
      .select(["subject", "at"])
      .where("subject", "in", [here, anywhere])
      .execute();
    const times = (subject: string) => rows.flatMap((row) => (row.subject === subject ? [row.at] : []));
    const lockedMs = lockOf(times(here), now);
    const slowedMs = (await hasSessionFrom(tx, who, now)) ? 0 : waitOf(times(anywhere), now);
    if (lockedMs <= 0 && slowedMs <= 0) {
      const failures = [here, anywhere].map((subject) => ({ subject, at: now }));
      await db.insertInto("rk_login_failures").values(failures).execute();
    }
    const isLast = times(here).length + 1 >= MOST_FAILURES || times(anywhere).length + 1 >= FREE_OF_NAME;
    return { lockedMs, slowedMs, isLast };
  });
  if (lockedMs > 0) throw tooMany("auth.locked", lockedMs);
  if (slowedMs > 0) throw tooMany("auth.slowed", slowedMs);
  return { isLast };
}

/**
 * After a login that succeeded: forgets failures of the name from this address, and that this one was counted. What others
 * did elsewhere stays counted, or they could go on as fast as the person logs in. Call it inside a transaction.
 */
export async function forgetFailures(stores: AuthDatabase, who: LoginSubject, reservedAt: number): Promise<void> {
  const [here, anywhere] = subjectsOf(who);
  const db = tables(stores);
  await db.deleteFrom("rk_login_failures").where("subject", "=", here).execute();
  await db.deleteFrom("rk_login_failures").where("subject", "=", anywhere).where("at", "=", reservedAt).execute();
}

function lockOf(times: readonly number[], now: number): number {
  return times.length < MOST_FAILURES ? 0 : Math.min(...times) + LOCK_MS - now;
}

function waitOf(times: readonly number[], now: number): number {
  const doublings = times.length - FREE_OF_NAME;
  return doublings < 0 ? 0 : Math.max(...times) + Math.min(1000 * 2 ** doublings, LONGEST_WAIT_MS) - now;
}

/** Whether somebody of this name is logged in from the address. */
async function hasSessionFrom(database: AuthDatabase, { username, ip }: LoginSubject, now: number): Promise<boolean> {
  const session = await tables(database)
    .selectFrom("rk_users as u")
    .innerJoin("rk_sessions as s", "s.user_id", "u.id")
    .select("s.id")
    .where("u.username", "=", username)
    .where("s.ip", "=", ip)
    .where("s.expires_at", ">", now)
    .limit(1)
    .executeTakeFirst();
  return session !== undefined;
}

function tooMany(code: "auth.locked" | "auth.slowed", forMs: number): HttpError {
  return new HttpError(429, code, { headers: { "retry-after": String(Math.max(1, Math.ceil(forMs / 1000))) } });
}

/** Hashes, since some people type their password where the name belongs: of the name at the address, and of the name. */
function subjectsOf({ username, ip }: LoginSubject): readonly [string, string] {
  return [sha256Hex(`${ip}|${username}`), sha256Hex(username)];
}
