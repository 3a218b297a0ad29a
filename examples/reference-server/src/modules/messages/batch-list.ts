import type { Page } from "@recallkit/core";
import { cursorToId, type MessageState, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type BatchTables = {
  rk_message_batches: {
    id: number;
    tenant_id: number;
    template_id: number;
    priority: number;
    total: number;
    accepted: number;
    duplicates: number;
    created_at: number;
    cancelled_at: number | null;
  };
};

/** A batch as a list shows it. */
export interface BatchRow {
  readonly id: number;
  readonly templateId: number;
  readonly priority: number;
  readonly total: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly createdAt: number;
  readonly cancelledAt: number | null;
  /** Its messages by state; states that none is in are left out. */
  readonly byState: Readonly<Partial<Record<MessageState, number>>>;
}

/** Batches of a tenant, the latest first; two statements whatever the page holds. */
export async function listBatches(
  { sql: db }: Pick<SqlStores, "sql">,
  tenantId: number,
  page: PageRequest & { readonly templateId?: number | undefined },
): Promise<Page<BatchRow>> {
  const limit = pageLimit(page);
  const { templateId } = page;
  const found = await db
    .withTables<BatchTables>()
    .selectFrom("rk_message_batches")
    .select(["id", "template_id", "priority", "total", "accepted", "duplicates", "created_at", "cancelled_at"])
    .where("tenant_id", "=", tenantId)
    .$if(page.cursor !== undefined, (query) => query.where("id", "<", cursorToId(page.cursor)))
    .$if(templateId !== undefined, (query) => query.where("template_id", "=", templateId ?? 0))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const rows = found.slice(0, limit);
  const counts = await countsOf(
    db,
    tenantId,
    rows.map(({ id }) => id),
  );
  const items = rows.map((row) => ({
    id: row.id,
    templateId: row.template_id,
    priority: row.priority,
    total: row.total,
    accepted: row.accepted,
    duplicates: row.duplicates,
    createdAt: row.created_at,
    cancelledAt: row.cancelled_at,
    byState: counts.get(row.id) ?? {},
  }));
  return { items, nextCursor: found.length > limit ? String(items.at(-1)?.id) : null };
}

async function countsOf(db: SqlStores["sql"], tenantId: number, ids: readonly number[]) {
  const counts = new Map<number, Partial<Record<MessageState, number>>>();
  if (ids.length === 0) return counts;
  const { rows } = await sql<{ batch: number; state: MessageState; messages: number }>`
    select m.batch_id as batch, m.state, count(*) as messages from rk_messages as m
      where m.tenant_id = ${tenantId} and m.batch_id in (${sql.join([...ids])}) group by m.batch_id, m.state`.execute(
    db,
  );
  for (const { batch, state, messages } of rows)
    counts.set(Number(batch), { ...counts.get(Number(batch)), [state]: Number(messages) });
  return counts;
}
