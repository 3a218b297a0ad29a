import type { Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type Generated, sql } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type AuditTables = {
  rk_audit_log: {
    id: Generated<number>;
    tenant_id: number;
    actor: string;
    actor_name: string | null;
    action: string;
    target: string | null;
    request_id: string | null;
    ip: string | null;
    at: number;
    note: string | null;
  };
};

/** Who did what; kept beside the change itself, in one transaction. */
export interface AuditEntry {
  readonly tenantId: number;
  /** `user:3`, `api-key:5`, `cli`, or `anonymous` for a login that failed. */
  readonly actor: string;
  readonly actorName: string | null;
  /** `POST /wechatpush/create`, `auth.login`, `auth.locked` … */
  readonly action: string;
  /** Id of what it was done to; null when nothing single. */
  readonly target: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly at: number;
  /** Why, in the words of who did it. @default null */
  readonly note?: string | null;
}

type AuditDatabase = Pick<SqlStores, "sql">;

/** Adds one entry. */
export async function insertEntry(database: AuditDatabase, entry: AuditEntry): Promise<void> {
  const { tenantId, actor, actorName, action, target, requestId, ip, at, note = null } = entry;
  await database.sql
    .withTables<AuditTables>()
    .insertInto("rk_audit_log")
    .values({ tenant_id: tenantId, actor, actor_name: actorName, action, target, request_id: requestId, ip, at, note })
    .execute();
}

/** One page, newest first. */
export async function listEntries(
  database: AuditDatabase,
  tenantId: number,
  page: PageRequest & { readonly since?: number; readonly target?: string; readonly action?: string },
): Promise<Page<AuditEntry & { readonly id: number }>> {
  const limit = pageLimit(page);
  const before = cursorToId(page.cursor);
  const rows = await database.sql
    .withTables<AuditTables>()
    .selectFrom("rk_audit_log")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .$if(page.cursor !== undefined, (query) => query.where("id", "<", before))
    .$if(page.target !== undefined, (query) => query.where("target", "=", page.target ?? ""))
    .$if(page.action !== undefined, (query) =>
      query.where(sql<boolean>`action like ${beginning(page.action)} escape '!'`),
    )
    .$if(page.since !== undefined, (query) => query.where("at", ">=", page.since ?? 0))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    actor: row.actor,
    actorName: row.actor_name,
    action: row.action,
    target: row.target,
    requestId: row.request_id,
    ip: row.ip,
    at: row.at,
    note: row.note,
  }));
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** Removes the oldest entries. @param limit most entries looked at @returns how many were removed */
export async function deleteEntriesBefore(database: AuditDatabase, before: number, limit: number): Promise<number> {
  // Found first: given a subquery, MariaDB's DELETE looks at every row of the table.
  const { rows } = await sql<{ id: number }>`select id from (
    select id, at from rk_audit_log order by id limit ${limit}) as oldest where at < ${before}`.execute(database.sql);
  if (rows.length === 0) return 0;
  const ids = sql.join(rows.map(({ id }) => id));
  const { numAffectedRows } = await sql`delete from rk_audit_log where id in (${ids})`.execute(database.sql);
  return Number(numAffectedRows ?? 0);
}

/** A pattern of what begins with a text, taken literally. */
function beginning(text = ""): string {
  return `${text.replace(/[!%_]/g, "!$&")}%`;
}
