import type { Stores } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type Generated, sql } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type WecomTables = {
  rk_wecom_events: {
    id: Generated<number>;
    tenant_id: number;
    event_hash: string;
    kind: string;
    user_id: string;
    external_userid: string;
    told_at: number;
    is_open: number;
    attempts: number;
    not_before: number;
    received_at: number;
  };
  rk_callbacks: { tenant_id: number; event_hash: string; outcome: string };
};

type Sql = Pick<SqlStores, "sql">;
export type WecomEventRow = Omit<WecomTables["rk_wecom_events"], "id">;

/** A contact about whom something was told. */
export interface ToldContact {
  readonly tenantId: number;
  readonly externalUserId: string;
}

/** A contact whose events wait, and the latest of these. */
export interface WaitingContact extends ToldContact {
  readonly lastId: number;
  readonly attempts: number;
}

/** Keeps an event from which something follows. */
export async function addEvent({ rows }: Pick<SqlStores, "rows">, event: WecomEventRow): Promise<void> {
  await rows.write({ name: "rk_wecom_events", key: [] }, [event]);
}

/** Contacts whose events are due, some at once. @param tenantId of one tenant only */
export async function waitingContacts(
  { sql: db }: Sql,
  { now, limit, tenantId }: { readonly now: number; readonly limit: number; readonly tenantId?: number | undefined },
): Promise<readonly WaitingContact[]> {
  const rows = await db
    .withTables<WecomTables>()
    .selectFrom("rk_wecom_events")
    .select(({ fn }) => ["tenant_id", "external_userid", fn.max("id").as("last"), fn.max("attempts").as("attempts")])
    .where("is_open", "=", 1)
    .where("not_before", "<=", now)
    .$if(tenantId !== undefined, (query) => query.where("tenant_id", "=", tenantId ?? 0))
    .groupBy(["tenant_id", "external_userid"])
    .limit(limit)
    .execute();
  return rows.map(({ tenant_id, external_userid, last, attempts }) => {
    return { tenantId: tenant_id, externalUserId: external_userid, lastId: Number(last), attempts: Number(attempts) };
  });
}

/** What was told of a contact lately, in the order in which it happened. */
export async function eventsOf({ sql: db }: Sql, { tenantId, externalUserId }: ToldContact) {
  return db
    .withTables<WecomTables>()
    .selectFrom("rk_wecom_events")
    .select(["id", "event_hash", "kind", "user_id", "is_open"])
    .where("tenant_id", "=", tenantId)
    .where("external_userid", "=", externalUserId)
    .orderBy("told_at")
    .orderBy("id")
    .execute();
}

/** Ends the waiting of a contact's events, and keeps others from settling the same contact meanwhile. @returns whether any waited */
export async function closeEvents({ sql: db }: Sql, { tenantId, externalUserId, lastId }: WaitingContact) {
  const { numUpdatedRows } = await db
    .withTables<WecomTables>()
    .updateTable("rk_wecom_events")
    .set({ is_open: 0 })
    .where("tenant_id", "=", tenantId)
    .where("external_userid", "=", externalUserId)
    .where("is_open", "=", 1)
    .where("id", "<=", lastId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets events wait that were closed in this transaction. */
export async function reopenEvents({ sql: db }: Sql, tenantId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .withTables<WecomTables>()
    .updateTable("rk_wecom_events")
    .set({ is_open: 1 })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...ids])
    .execute();
}

/** Lets a contact's events wait for another look. */
export async function postponeEvents({ sql: db }: Sql, contact: WaitingContact, until: number): Promise<void> {
  await db
    .withTables<WecomTables>()
    .updateTable("rk_wecom_events")
    .set(({ eb }) => ({ is_open: 1, not_before: until, attempts: eb("attempts", "+", 1) }))
    .where("tenant_id", "=", contact.tenantId)
    .where("external_userid", "=", contact.externalUserId)
    .where("id", "=", contact.lastId)
    .execute();
}

/** Says in the list of callbacks what followed. */
export async function noteOutcome({ sql: db }: Sql, tenantId: number, hashes: readonly string[], outcome: string) {
  if (hashes.length === 0) return;
  await db
    .withTables<WecomTables>()
    .updateTable("rk_callbacks")
    .set({ outcome })
    .where("tenant_id", "=", tenantId)
    .where("event_hash", "in", [...hashes])
    .execute();
}

const CHANNEL = "wecom";
const REASON = "not_a_friend";

/** Keeps a contact from being sent to; an entry that is there, an opt-out for example, keeps its reason. */
export async function suppress({ rows }: Pick<SqlStores, "rows">, contact: ToldContact, now: number): Promise<void> {
  // Not the kit's call: that one would write its reason over the other one's, and end it with the next friendship.
  await rows.write({ name: "rk_suppressions", key: [] }, [
    {
      tenant_id: contact.tenantId,
      channel: CHANNEL,
      address: contact.externalUserId,
      customer_id: null,
      external_key: null,
      reason: REASON,
      created_at: now,
    },
  ]);
}

/** Lets a contact be sent to again, unless another reason keeps them. */
export async function lift({ sql: db }: Sql, contact: ToldContact): Promise<void> {
  await db
    .deleteFrom("rk_suppressions")
    .where("tenant_id", "=", contact.tenantId)
    .where("channel", "=", CHANNEL)
    .where("address", "=", contact.externalUserId)
    .where("reason", "=", REASON)
    .execute();
}

/** Most rows that one statement removes. */
const ROWS = 1000;

/** Removes events that came before an instant, at most some at once. @returns how many */
export async function removeOldEvents({ sql: db }: Sql, before: number): Promise<number> {
  // Found first: given a subquery, MariaDB's DELETE looks at every row of the table.
  const { rows } = await sql<{ at: number }>`select received_at as at from rk_wecom_events
    where received_at < ${before} order by received_at limit ${ROWS}`.execute(db);
  const last = rows.at(-1);
  if (!last) return 0;
  const { numAffectedRows } = await sql`delete from rk_wecom_events where received_at <= ${last.at}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** The stores inside a transaction, with what SQL engines add. */
export function inSql(tx: Stores): SqlStores {
  // Only called with what a transaction of SQL stores gives.
  return tx as SqlStores;
}
