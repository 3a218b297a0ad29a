import { ConfigError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit, type Stores } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type Generated, sql } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type SmsTables = {
  rk_sms_receipts: {
    tenant_id: number;
    provider_message_id: string;
    address: string;
    is_delivered: number;
    reason: string | null;
    at: number | null;
    received_at: number;
  };
  rk_sms_replies: {
    id: Generated<number>;
    tenant_id: number;
    reply_hash: string;
    provider: string;
    address: string;
    body: string;
    is_opt_out: number;
    at: number;
    received_at: number;
  };
  rk_callbacks: {
    id: Generated<number>;
    tenant_id: number;
    event_hash: string;
    provider: string;
    kind: string;
    reference: string;
    address: string;
    outcome: string;
    at: number | null;
    received_at: number;
  };
};

type Row<T extends keyof SmsTables> = Omit<SmsTables[T], "id">;
export type ReceiptRow = Row<"rk_sms_receipts">;
export type ReplyRow = Row<"rk_sms_replies">;
export type CallbackRow = Row<"rk_callbacks">;
export type SmsDatabase = Pick<SqlStores, "sql" | "rows">;

/** The database behind a host's stores. @throws {ConfigError} `config.invalid` for `stores` that are not of an SQL engine */
export function sqlOf(stores: Stores): SqlStores {
  // Only stores of an SQL engine have both.
  if ("sql" in stores && "rows" in stores) return stores as SqlStores;
  throw new ConfigError("config.invalid", "stores", "reports and replies of SMS need stores of an SQL engine");
}

/** Adds rows; those that are there stay as they are. @returns how many were new */
export async function addReceipts({ rows }: SmsDatabase, receipts: readonly ReceiptRow[]): Promise<number> {
  return rows.write({ name: "rk_sms_receipts", key: [] }, receipts);
}

/** Adds events; each is kept once, however often it is told. @returns how many were new */
export async function addCallbacks({ rows }: SmsDatabase, events: readonly CallbackRow[]): Promise<number> {
  return rows.write({ name: "rk_callbacks", key: [] }, events);
}

/** Adds replies; each is kept once. @returns how many were new */
export async function addReplies({ rows }: SmsDatabase, replies: readonly ReplyRow[]): Promise<number> {
  return rows.write({ name: "rk_sms_replies", key: [] }, replies);
}

/** What is known of messages, by their ids. */
export async function findReceipts(
  database: Pick<SqlStores, "sql">,
  tenantId: number,
  ids: readonly string[],
): Promise<readonly ReceiptRow[]> {
  if (ids.length === 0) return [];
  return database.sql
    .withTables<SmsTables>()
    .selectFrom("rk_sms_receipts")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("provider_message_id", "in", [...ids])
    .execute();
}

/** Most batches that one report is looked for in: those accepted last. */
const MOST_BATCHES = 50;

/**
 * Makes the batches due whose people are reported about, so that the engine asks soon; those that are due before stay so.
 * Only the batches accepted last are looked at: reports of older ones come with the next poll.
 */
export async function hastenPolls(
  { sql: db }: Pick<SqlStores, "sql">,
  tenantId: number,
  { channel, addresses, at }: { readonly channel: string; readonly addresses: readonly string[]; readonly at: number },
): Promise<void> {
  if (addresses.length === 0) return;
  const waiting = await db
    .selectFrom("rk_batches")
    .select(["id", "occurrence_id"])
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "accepted")
    .where("settled", "=", 0)
    .where("not_before", ">", at)
    .where("channel", "=", channel)
    .orderBy("accepted_at", "desc")
    .limit(MOST_BATCHES)
    .execute();
  if (waiting.length === 0) return;
  const meant = await db
    .selectFrom("rk_deliveries")
    .select("batch_id")
    .distinct()
    .where("tenant_id", "=", tenantId)
    .where("occurrence_id", "in", [...new Set(waiting.map(({ occurrence_id }) => occurrence_id))])
    .where("address", "in", [...addresses])
    .where(
      "batch_id",
      "in",
      waiting.map(({ id }) => id),
    )
    .execute();
  const ids = meant.flatMap(({ batch_id }) => batch_id ?? []);
  if (ids.length === 0) return;
  await db
    .updateTable("rk_batches")
    .set({ not_before: at })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", ids)
    .where("state", "=", "accepted")
    .where("not_before", ">", at)
    .execute();
}

/** Accepted events of a tenant, the latest first. */
export async function listCallbacks(
  database: Pick<SqlStores, "sql">,
  tenantId: number,
  filter: PageRequest & { readonly since?: number; readonly provider?: string },
): Promise<Page<CallbackRow & { readonly id: number }>> {
  const limit = pageLimit(filter);
  const { cursor, since, provider } = filter;
  const rows = await database.sql
    .withTables<SmsTables>()
    .selectFrom("rk_callbacks")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .$if(cursor !== undefined, (query) => query.where("id", "<", cursorToId(cursor)))
    .$if(since !== undefined, (query) => query.where("received_at", ">=", since ?? 0))
    .$if(provider !== undefined, (query) => query.where("provider", "=", provider ?? ""))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return pageFrom(rows, limit);
}

/** Replies to a tenant, the latest first. */
export async function listReplies(
  database: Pick<SqlStores, "sql">,
  tenantId: number,
  filter: PageRequest & { readonly since?: number; readonly isOptOut?: boolean },
): Promise<Page<ReplyRow & { readonly id: number }>> {
  const limit = pageLimit(filter);
  const { cursor, since, isOptOut } = filter;
  const rows = await database.sql
    .withTables<SmsTables>()
    .selectFrom("rk_sms_replies")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .$if(cursor !== undefined, (query) => query.where("id", "<", cursorToId(cursor)))
    .$if(since !== undefined, (query) => query.where("received_at", ">=", since ?? 0))
    .$if(isOptOut !== undefined, (query) => query.where("is_opt_out", "=", Number(isOptOut)))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return pageFrom(rows, limit);
}

function pageFrom<R extends { readonly id: number }>(rows: readonly R[], limit: number): Page<R> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** Most rows that one statement removes. */
const ROWS = 1000;

/** Removes a table's rows that came before an instant, at most some at once. @returns how many */
export async function removeOld(
  { sql: db }: Pick<SqlStores, "sql">,
  table: keyof SmsTables,
  before: number,
): Promise<number> {
  const name = sql.table(table);
  // Found first: given a subquery, MariaDB's DELETE looks at every row of the table.
  const { rows } = await sql<{ at: number }>`select received_at as at from ${name} where received_at < ${before}
    order by received_at limit ${ROWS}`.execute(db);
  const last = rows.at(-1);
  if (!last) return 0;
  const { numAffectedRows } = await sql`delete from ${name} where received_at <= ${last.at}`.execute(db);
  return Number(numAffectedRows ?? 0);
}
