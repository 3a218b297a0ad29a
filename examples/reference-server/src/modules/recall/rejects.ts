import type { Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { RowRefusal } from "./read-rows.js";
import type { RecallTask } from "./store.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type RejectTables = {
  rk_recall_rejects: {
    tenant_id: number;
    task_id: number;
    number: number;
    row_index: number;
    path: string;
    code: string;
    message: string;
    params: string;
  };
};

type Place = Pick<SqlStores, "sql">;
type TaskKey = Pick<RecallTask, "tenantId" | "id">;

/** Rows of one statement; each has eight parameters. */
const CHUNK = 500;

/** Keeps what was wrong with the rows of a task, in order. */
export async function insertRejects({ sql: db }: Place, { tenantId, id }: TaskKey, rejected: readonly RowRefusal[]) {
  for (let from = 0; from < rejected.length; from += CHUNK) {
    const rows = rejected.slice(from, from + CHUNK).map(({ index, path, code, message, params }, at) => ({
      ...{ tenant_id: tenantId, task_id: id, number: from + at + 1, row_index: index, path, code, message },
      params: JSON.stringify(params ?? {}),
    }));
    await db.withTables<RejectTables>().insertInto("rk_recall_rejects").values(rows).execute();
  }
}

/** What was wrong with the rows of a task, in the order of the rows. */
export async function listRejects(
  { sql: db }: Place,
  { tenantId, id }: TaskKey,
  page: PageRequest,
): Promise<Page<RowRefusal>> {
  const limit = pageLimit(page);
  const rows = await db
    .withTables<RejectTables>()
    .selectFrom("rk_recall_rejects")
    .select(["number", "row_index", "path", "code", "message", "params"])
    .where("tenant_id", "=", tenantId)
    .where("task_id", "=", id)
    .$if(page.cursor !== undefined, (query) => query.where("number", ">", cursorToId(page.cursor)))
    .orderBy("number")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(({ row_index: index, path, code, message, params }) => {
    return { index, path, code, message, params: JSON.parse(params) };
  });
  return { items, nextCursor: rows.length > limit ? String(rows[limit - 1]?.number) : null };
}
