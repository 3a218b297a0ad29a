import { NotFoundError, type Page } from "@recallkit/core";
import { cursorToId, type PageRequest, pageLimit } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Generated, Selectable } from "kysely";
import type { ImportJob, ImportState } from "./job.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
export type ImportTables = {
  rk_imports: {
    id: Generated<number>;
    tenant_id: number;
    state: string;
    is_dry_run: number;
    is_cancelled: number;
    name: string;
    file: string;
    bytes: number;
    reading: string;
    mapping: string | null;
    look: string | null;
    done_rows: number;
    dry_run: string | null;
    result: string | null;
    error: string | null;
    rejects: number;
    language: string;
    created_by: string;
    created_at: number;
    updated_at: number;
    started_at: number | null;
    finished_at: number | null;
  };
  rk_import_chunks: { import_id: number; number: number; items: number; outcome: string };
  rk_import_turns: { tenant_id: number; fence: number; held_until: number };
};

export type ImportDatabase = Pick<SqlStores, "sql">;

type NewJob = Pick<
  ImportJob,
  "tenantId" | "name" | "file" | "bytes" | "reading" | "mapping" | "look" | "language" | "createdBy" | "createdAt"
>;

/** Adds a draft. */
export async function insertJob(database: ImportDatabase, job: NewJob): Promise<ImportJob> {
  const row = {
    tenant_id: job.tenantId,
    state: "draft",
    is_dry_run: 0,
    is_cancelled: 0,
    name: job.name,
    file: job.file,
    bytes: job.bytes,
    reading: JSON.stringify(job.reading),
    mapping: written(job.mapping),
    look: written(job.look),
    done_rows: 0,
    rejects: 0,
    language: job.language,
    created_by: job.createdBy,
    created_at: job.createdAt,
    updated_at: job.createdAt,
  };
  const db = database.sql.withTables<ImportTables>();
  await db.insertInto("rk_imports").values(row).execute();
  // The file's name is drawn by chance, so it finds the row on every engine.
  const found = await db
    .selectFrom("rk_imports")
    .selectAll()
    .where("tenant_id", "=", job.tenantId)
    .where("file", "=", job.file)
    .executeTakeFirstOrThrow();
  return jobOf(found);
}

/** @throws {NotFoundError} `import.not-found` */
export async function getJob(database: ImportDatabase, tenantId: number, id: number): Promise<ImportJob> {
  const row = await database.sql
    .withTables<ImportTables>()
    .selectFrom("rk_imports")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (!row) throw new NotFoundError("import.not-found", `there is no import ${id}`);
  return jobOf(row);
}

/** Imports of a tenant, the latest first. */
export async function listJobs(
  database: ImportDatabase,
  tenantId: number,
  page: PageRequest,
): Promise<Page<ImportJob>> {
  const limit = pageLimit(page);
  let query = database.sql
    .withTables<ImportTables>()
    .selectFrom("rk_imports")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (page.cursor !== undefined) query = query.where("id", "<", cursorToId(page.cursor));
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(jobOf);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** Imports that wait or run, of all tenants, the oldest first. */
export async function waitingJobs(database: ImportDatabase): Promise<readonly ImportJob[]> {
  const rows = await database.sql
    .withTables<ImportTables>()
    .selectFrom("rk_imports")
    .selectAll()
    .where("state", "in", ["queued", "running"])
    .orderBy("id")
    .limit(100)
    .execute();
  return rows.map(jobOf);
}

/** Imports that are over, or were left as drafts, since before an instant. */
export async function outlivedJobs(database: ImportDatabase, before: number): Promise<readonly ImportJob[]> {
  const rows = await database.sql
    .withTables<ImportTables>()
    .selectFrom("rk_imports")
    .selectAll()
    .where("state", "not in", ["queued", "running"])
    .where("updated_at", "<", before)
    .orderBy("id")
    .limit(100)
    .execute();
  return rows.map(jobOf);
}

/** What may be changed of an import. */
export type JobChange = Partial<
  Omit<ImportJob, "id" | "tenantId" | "name" | "file" | "bytes" | "createdBy" | "createdAt">
>;

/** Changes an import that is in one of these states. @returns false when it is in another one by now */
export async function changeJob(
  database: ImportDatabase,
  { id, tenantId }: Pick<ImportJob, "id" | "tenantId">,
  from: readonly ImportState[],
  change: JobChange & { readonly updatedAt: number },
): Promise<boolean> {
  const { numUpdatedRows } = await database.sql
    .withTables<ImportTables>()
    .updateTable("rk_imports")
    .set(columnsOf(change))
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("state", "in", [...from])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Removes an import with its chunks. */
export async function deleteJob(database: ImportDatabase, { id, tenantId }: ImportJob): Promise<void> {
  const db = database.sql.withTables<ImportTables>();
  await db.deleteFrom("rk_import_chunks").where("import_id", "=", id).execute();
  await db.deleteFrom("rk_imports").where("tenant_id", "=", tenantId).where("id", "=", id).execute();
}

function columnsOf(change: JobChange): Partial<Selectable<ImportTables["rk_imports"]>> {
  const columns = {
    state: change.state,
    is_dry_run: flag(change.isDryRun),
    is_cancelled: flag(change.isCancelled),
    reading: change.reading && JSON.stringify(change.reading),
    mapping: written(change.mapping),
    look: written(change.look),
    done_rows: change.doneRows,
    dry_run: written(change.dryRun),
    result: written(change.result),
    error: written(change.error),
    rejects: change.rejects,
    language: change.language,
    updated_at: change.updatedAt,
    started_at: change.startedAt,
    finished_at: change.finishedAt,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function flag(is: boolean | undefined): number | undefined {
  return is === undefined ? undefined : Number(is);
}

/** Undefined stays: nothing is said about it. */
function written<T>(value: T): T extends undefined ? undefined : string | null {
  const text = value === undefined ? undefined : value === null ? null : JSON.stringify(value);
  return text as T extends undefined ? undefined : string | null; // the type of `value` decides
}

function jobOf(row: Selectable<ImportTables["rk_imports"]>): ImportJob {
  const read = (text: string | null) => (text === null ? null : JSON.parse(text));
  return {
    id: row.id,
    tenantId: row.tenant_id,
    // Only this module writes it.
    state: row.state as ImportState,
    isDryRun: row.is_dry_run === 1,
    isCancelled: row.is_cancelled === 1,
    name: row.name,
    file: row.file,
    bytes: row.bytes,
    reading: read(row.reading),
    mapping: read(row.mapping),
    look: read(row.look),
    doneRows: row.done_rows,
    dryRun: read(row.dry_run),
    result: read(row.result),
    error: read(row.error),
    rejects: row.rejects,
    // Only this module writes it.
    language: row.language as ImportJob["language"],
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
