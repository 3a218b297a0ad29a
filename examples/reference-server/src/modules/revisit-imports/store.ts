import type { InputIssue } from "@recallkit/core";
import type { FileKind } from "./kinds.js";
import type { RowFault, Written } from "./rows/row.js";
import { type ImportDatabase, importTables, type RevisitImportTables } from "./tables.js";

/** Counts of a file's rows, which add up to those that were looked at. */
export interface FileCounts {
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that were taken without some of their parts. */
  readonly dropped: number;
}

/** A file in the ledger: `running` until its last row, `done`, or `failed` by a fault of the whole file. */
export interface LedgerFile extends FileCounts {
  readonly id: number;
  readonly run: number;
  readonly state: "running" | "done" | "failed";
  readonly fault: InputIssue | null;
}

/** What a file is known by: the same bytes of the same kind and owner are the same file. */
export interface FileIdentity {
  /** 0: rows of several institutions, or of none. */
  readonly tenantId: number;
  readonly kind: FileKind;
  /** SHA-256 of its bytes. */
  readonly contentHash: string;
}

/** A row that was not taken, or a part of one, with its place. */
export interface Finding extends RowFault {
  readonly line: number;
  /** Code of the customer, record or thing that the row is of; empty when it has none. */
  readonly rowCode: string;
  readonly isRejected: boolean;
}

/** Findings of one file that are kept; the rest is counted only. */
export const MOST_FINDINGS = 10_000;

type FileRow = Omit<RevisitImportTables["rk_revisit_files"], "id"> & { readonly id: number };

function read(row: FileRow): LedgerFile {
  const { id, run, inserted, updated, unchanged, rejected, dropped, done_rows: rows } = row;
  // Both columns hold what this module wrote.
  const state = row.state as LedgerFile["state"];
  const fault: InputIssue | null = JSON.parse(row.fault ?? "null");
  return { id, run, rows, inserted, updated, unchanged, rejected, dropped, state, fault };
}

/** A file of the ledger. */
export async function fileOf(
  database: ImportDatabase,
  { tenantId, kind, contentHash }: FileIdentity,
): Promise<LedgerFile | undefined> {
  const row = await importTables(database)
    .selectFrom("rk_revisit_files")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("kind", "=", kind)
    .where("content_hash", "=", contentHash)
    .executeTakeFirst();
  return row && read(row);
}

const ZERO = { done_rows: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0, dropped: 0, fault: null };

/** Adds a file. @throws {ConflictError} `storage.constraint`: another process did a moment earlier */
export async function insertFile(
  database: ImportDatabase,
  { tenantId, kind, contentHash }: FileIdentity,
  { name, bytes, now }: { readonly name: string; readonly bytes: number; readonly now: number },
): Promise<void> {
  await importTables(database)
    .insertInto("rk_revisit_files")
    .values({
      ...ZERO,
      tenant_id: tenantId,
      kind,
      content_hash: contentHash,
      name: name.slice(0, 255),
      bytes,
      state: "running",
      run: 1,
      created_at: now,
      updated_at: now,
    })
    .execute();
}

/** Lets a file begin at its first row again. @returns false when another process has */
export async function restartFile(database: ImportDatabase, { id, run }: LedgerFile, now: number): Promise<boolean> {
  const tables = importTables(database);
  const { numUpdatedRows } = await tables
    .updateTable("rk_revisit_files")
    .set({ ...ZERO, state: "running", run: run + 1, updated_at: now })
    .where("id", "=", id)
    .where("run", "=", run)
    .where("state", "!=", "running")
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await tables.deleteFrom("rk_revisit_findings").where("file_id", "=", id).execute();
  return true;
}

/** Holds the file for the next chunk. @returns false when another process has gone on with it */
export async function holdFile(database: ImportDatabase, file: LedgerFile, now: number): Promise<boolean> {
  const { numUpdatedRows } = await importTables(database)
    .updateTable("rk_revisit_files")
    .set({ updated_at: now })
    .where("id", "=", file.id)
    .where("run", "=", file.run)
    .where("state", "=", "running")
    .where("done_rows", "=", file.rows)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Notes what a chunk did. @returns the file as it is now */
export async function addChunk(
  database: ImportDatabase,
  file: LedgerFile,
  {
    rows,
    written,
    findings,
  }: { readonly rows: number; readonly written: Written; readonly findings: readonly Finding[] },
): Promise<LedgerFile> {
  const count = (isRejected: boolean) =>
    new Set(findings.filter((one) => one.isRejected === isRejected).map(({ index }) => index)).size;
  const next = {
    ...file,
    rows: file.rows + rows,
    inserted: file.inserted + written.inserted,
    updated: file.updated + written.updated,
    unchanged: file.unchanged + written.unchanged,
    rejected: file.rejected + count(true),
    dropped: file.dropped + count(false),
  };
  const { inserted, updated, unchanged, rejected, dropped } = next;
  const tables = importTables(database);
  await tables
    .updateTable("rk_revisit_files")
    .set({ done_rows: next.rows, inserted, updated, unchanged, rejected, dropped })
    .where("id", "=", file.id)
    .execute();
  const kept = findings.slice(0, Math.max(0, MOST_FINDINGS - file.rejected - file.dropped));
  const numbers = new Map<number, number>();
  const values = kept.map(({ index, line, rowCode, path, code, isRejected }) => {
    const number = numbers.get(index) ?? 0;
    numbers.set(index, number + 1);
    const place = { file_id: file.id, row_index: index, number, line, row_code: rowCode.slice(0, 255) };
    return { ...place, path: path.slice(0, 255), code, is_rejected: isRejected ? 1 : 0 };
  });
  for (let at = 0; at < values.length; at += 500)
    await tables
      .insertInto("rk_revisit_findings")
      .values(values.slice(at, at + 500))
      .execute();
  return next;
}

/** Ends a file. @returns false when another process has gone on with it */
export async function endFile(
  database: ImportDatabase,
  file: LedgerFile,
  { fault, now }: { readonly fault: InputIssue | null; readonly now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await importTables(database)
    .updateTable("rk_revisit_files")
    .set({ state: fault ? "failed" : "done", fault: fault && JSON.stringify(fault), updated_at: now })
    .where("id", "=", file.id)
    .where("run", "=", file.run)
    .where("state", "=", "running")
    .where("done_rows", "=", file.rows)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What was wrong with rows of a file, in their order, up to {@link MOST_FINDINGS}. */
export async function findingsOf(database: ImportDatabase, fileId: number): Promise<readonly Finding[]> {
  const rows = await importTables(database)
    .selectFrom("rk_revisit_findings")
    .selectAll()
    .where("file_id", "=", fileId)
    .orderBy("row_index")
    .orderBy("number")
    .execute();
  return rows.map(({ row_index: index, line, row_code: rowCode, path, code, is_rejected: flag }) => {
    return { index, line, rowCode, path, code, isRejected: flag === 1 };
  });
}
