import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type Generated, sql } from "kysely";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type RecallTables = {
  rk_recall_tasks: {
    id: Generated<number>;
    tenant_id: number;
    task_key: string;
    name: string;
    due_at: number;
    accepted: number;
    rejected: number;
    resend_of: number | null;
    created_by: string;
    created_at: number;
  };
  rk_recall_parts: {
    tenant_id: number;
    task_id: number;
    number: number;
    channel: string;
    coupon_id: number | null;
    rule_id: number;
    occurrence_id: number;
    people: number;
  };
};

type RecallDatabase = Pick<SqlStores, "sql">;

/** One call to `/recalls/create`. */
export interface RecallTask {
  readonly id: number;
  readonly tenantId: number;
  readonly name: string;
  readonly dueAt: number;
  readonly accepted: number;
  readonly rejected: number;
  /** The task whose people it tries again; null: a task of its own. */
  readonly resendOf: number | null;
  readonly createdBy: string;
  readonly createdAt: number;
}

/** The people of a task who get one text by one channel. */
export interface RecallPart {
  readonly number: number;
  readonly channel: string;
  readonly couponId: number | null;
  readonly ruleId: number;
  readonly occurrenceId: number;
  readonly people: number;
}

/** Adds a task; its counts follow. @param key drawn by chance @returns its id */
export async function insertTask(
  { sql: db }: RecallDatabase,
  key: string,
  task: Omit<RecallTask, "id" | "accepted" | "rejected">,
): Promise<number> {
  const tables = db.withTables<RecallTables>();
  const { tenantId, name, dueAt, resendOf, createdBy, createdAt } = task;
  await tables
    .insertInto("rk_recall_tasks")
    .values({
      ...{ tenant_id: tenantId, task_key: key, name, due_at: dueAt, accepted: 0, rejected: 0 },
      ...{ resend_of: resendOf, created_by: createdBy, created_at: createdAt },
    })
    .execute();
  const { id } = await tables
    .selectFrom("rk_recall_tasks")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("task_key", "=", key)
    .executeTakeFirstOrThrow();
  return id;
}

/** Writes how many people a task took and refused. */
export async function countTask(
  { sql: db }: RecallDatabase,
  { tenantId, id }: Pick<RecallTask, "tenantId" | "id">,
  counts: Pick<RecallTask, "accepted" | "rejected">,
): Promise<void> {
  await db
    .withTables<RecallTables>()
    .updateTable("rk_recall_tasks")
    .set(counts)
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}

export async function insertPart(
  { sql: db }: RecallDatabase,
  { tenantId, id }: Pick<RecallTask, "tenantId" | "id">,
  { number, channel, couponId, ruleId, occurrenceId, people }: RecallPart,
): Promise<void> {
  const row = { tenant_id: tenantId, task_id: id, number, channel, coupon_id: couponId };
  await db
    .withTables<RecallTables>()
    .insertInto("rk_recall_parts")
    .values({ ...row, rule_id: ruleId, occurrence_id: occurrenceId, people })
    .execute();
}

/** @throws {NotFoundError} `recall-task.not-found` */
export async function getTask({ sql: db }: RecallDatabase, tenantId: number, id: number): Promise<RecallTask> {
  const row = await db
    .withTables<RecallTables>()
    .selectFrom("rk_recall_tasks")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new NotFoundError("recall-task.not-found", `there is no recall task ${id}`);
  return taskOf(row);
}

/** Tasks of a tenant, the latest first. */
export async function listTasks(
  { sql: db }: RecallDatabase,
  tenantId: number,
  page: PageRequest,
): Promise<Page<RecallTask>> {
  const limit = pageLimit(page);
  const rows = await db
    .withTables<RecallTables>()
    .selectFrom("rk_recall_tasks")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .$if(page.cursor !== undefined, (query) => query.where("id", "<", cursorToId(page.cursor)))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(taskOf);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** What a task was made into, in order. */
export async function partsOf(
  { sql: db }: RecallDatabase,
  { tenantId, id }: Pick<RecallTask, "tenantId" | "id">,
): Promise<readonly RecallPart[]> {
  const rows = await db
    .withTables<RecallTables>()
    .selectFrom("rk_recall_parts")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("task_id", "=", id)
    .orderBy("number")
    .execute();
  return rows.map((row) => ({
    number: row.number,
    channel: row.channel,
    couponId: row.coupon_id,
    ruleId: row.rule_id,
    occurrenceId: row.occurrence_id,
    people: row.people,
  }));
}

/** What people did with the links of firings. */
export interface LinkFigures {
  readonly viewed: number;
  readonly clicked: number;
  readonly claimed: number;
  readonly redeemed: number;
}

/** Counts links that were opened, and what was claimed by them; each person of a firing has one. */
export async function linkFigures(
  { sql: db }: RecallDatabase,
  tenantId: number,
  occurrenceIds: readonly number[],
): Promise<LinkFigures> {
  const none = { viewed: 0, clicked: 0, claimed: 0, redeemed: 0 };
  if (occurrenceIds.length === 0) return none;
  const ids = sql.join([...occurrenceIds]);
  const { rows } =
    await sql<LinkFigures>`select count(l.first_viewed_at) as viewed, count(l.first_clicked_at) as clicked,
      0 as claimed, 0 as redeemed
    from rk_links as l where l.tenant_id = ${tenantId} and l.occurrence_id in (${ids})`.execute(db);
  const claims = await sql<{ claimed: number; redeemed: number }>`select count(*) as claimed,
      count(case when c.state = 'redeemed' then 1 end) as redeemed
    from rk_links as l inner join rk_claims as c on c.tenant_id = l.tenant_id and c.link_id = l.id
    where l.tenant_id = ${tenantId} and l.occurrence_id in (${ids})`.execute(db);
  const { viewed = 0, clicked = 0 } = rows[0] ?? none;
  const { claimed = 0, redeemed = 0 } = claims.rows[0] ?? none;
  return { viewed: Number(viewed), clicked: Number(clicked), claimed: Number(claimed), redeemed: Number(redeemed) };
}

function taskOf(row: Omit<RecallTables["rk_recall_tasks"], "id"> & { readonly id: number }): RecallTask {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    dueAt: row.due_at,
    accepted: row.accepted,
    rejected: row.rejected,
    resendOf: row.resend_of,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
