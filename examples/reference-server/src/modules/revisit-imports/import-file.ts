import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Clock, InputError, type InputIssue, type RecallKit, RecallKitError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { allInstitutions, type Institution } from "../institutions/service.js";
import { type JsonRow, jsonRows } from "./files/json-rows.js";
import type { FileKind } from "./kinds.js";
import { catalogueWriter } from "./rows/catalogue.js";
import { customerWriter } from "./rows/customers.js";
import type { RowOwners } from "./rows/institution-of.js";
import { institutionWriter } from "./rows/institutions.js";
import { recordWriter } from "./rows/records.js";
import type { Placed, RowFault, RowWriter } from "./rows/row.js";
import {
  addChunk,
  endFile,
  type FileCounts,
  type FileIdentity,
  type Finding,
  fileOf,
  holdFile,
  insertFile,
  type LedgerFile,
  restartFile,
} from "./store.js";

/** What an import works with. */
export interface ImportParts {
  readonly stores: SqlStores;
  readonly kit: RecallKit<SqlStores>;
  readonly clock: Clock;
}

/** A file of the tree, or one that came over HTTP. */
export interface GivenFile {
  readonly path: string;
  /** As people know it, for example `institutions/BJ-HA-001/customers.json`. */
  readonly name: string;
  readonly kind: FileKind;
  /** Whose rows it holds; undefined: everybody's. */
  readonly own?: Institution | undefined;
}

/** What became of a file. */
export interface FileOutcome extends FileCounts {
  readonly fileId: number;
  readonly name: string;
  readonly kind: FileKind;
  /** `unchanged`: the same bytes were taken before, and nothing was wrong with them. `taken`: another process is at it. */
  readonly state: "done" | "failed" | "taken" | "unchanged";
  /** What ended the file before its last row. */
  readonly fault: InputIssue | null;
}

export interface ImportOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly rows: number;
    readonly bytes: number;
    readonly totalBytes: number;
  }) => void;
  /** Rows of one transaction, 1 … 1000. @default 500 */
  readonly chunkRows?: number;
}

const CHUNK_ROWS = 500;
/** Items of one transaction, of rows that have several. */
const CHUNK_ITEMS = 2_500;

/**
 * Takes one file over, chunk by chunk: a chunk is written together with how far the file is, so that a process that died leaves
 * off where the next one goes on, and of two processes at the same file one goes on.
 *
 * @throws the reason of `signal` between two chunks; what was taken stays
 */
export async function importFile(
  parts: ImportParts,
  given: GivenFile,
  { signal, onProgress, chunkRows = CHUNK_ROWS }: ImportOptions = {},
): Promise<FileOutcome> {
  const { stores, clock } = parts;
  const before = await stat(given.path);
  const identity: FileIdentity = {
    tenantId: given.own?.tenantId ?? 0,
    kind: given.kind,
    contentHash: await hashOf(given.path, signal),
  };
  const begun = await beginFile(parts, identity, { name: given.name, bytes: before.size, now: clock.now() });
  if ("outcome" in begun) return outcomeOf(given, begun.file, begun.outcome);
  let { file } = begun;
  const writer = await writerOf(parts, given);
  const passed = file.rows;
  let bytes = 0;
  const source = counted(createReadStream(given.path, { highWaterMark: 256 * 1024 }), (size) => {
    bytes += size;
  });
  const tell = () => onProgress?.({ rows: file.rows, bytes, totalBytes: before.size });
  let fault: InputIssue | null = null;
  try {
    for await (const chunk of chunks(jsonRows(source), passed, chunkRows)) {
      signal?.throwIfAborted();
      const next = await takeChunk(parts, writer, file, chunk);
      if (!next) return outcomeOf(given, file, "taken");
      file = next;
      tell();
    }
  } catch (error) {
    const [issue] = InputError.is(error) ? error.issues : [];
    if (!issue?.code.startsWith("revisit-import.")) throw error;
    fault = issue;
  }
  const after = await stat(given.path);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs)
    fault = { path: "", code: "revisit-import.file-changed", message: "the file changed while it was read" };
  if (!(await endFile(stores, file, { fault, now: clock.now() }))) return outcomeOf(given, file, "taken");
  tell();
  return outcomeOf(given, { ...file, fault }, fault ? "failed" : "done");
}

/** Finds the file's place in the ledger. */
async function beginFile(
  { stores }: ImportParts,
  identity: FileIdentity,
  facts: { readonly name: string; readonly bytes: number; readonly now: number },
): Promise<{ readonly file: LedgerFile; readonly outcome: "taken" | "unchanged" } | { readonly file: LedgerFile }> {
  if (!(await fileOf(stores, identity))) {
    try {
      await stores.transaction((tx) => insertFile(tx, identity, facts));
    } catch (error) {
      // Another process did a moment earlier; whoever writes the first chunk goes on.
      if (!RecallKitError.is(error) || error.code !== "storage.constraint") throw error;
    }
  }
  return stores.transaction(async (tx) => {
    const file = await fileOf(tx, identity);
    if (!file) throw new RangeError("the file is in the ledger");
    if (file.state === "running") return { file };
    // Rows that were not taken may be now: whom they name may have come in meanwhile.
    if (file.state === "done" && file.rejected + file.dropped === 0) return { file, outcome: "unchanged" as const };
    const isOurs = await restartFile(tx, file, facts.now);
    const restarted = await fileOf(tx, identity);
    return restarted && isOurs ? { file: restarted } : { file, outcome: "taken" as const };
  });
}

async function writerOf({ stores }: ImportParts, { kind, own }: GivenFile): Promise<RowWriter<unknown>> {
  const owners: RowOwners = { own, all: await allInstitutions(stores) };
  // A writer is given what it has read, so that its rows are those that it knows.
  const any = <T>(writer: RowWriter<T>) => writer as unknown as RowWriter<unknown>;
  switch (kind) {
    case "institutions":
      return any(institutionWriter());
    case "doctors":
    case "projects":
    case "products":
      return any(catalogueWriter(kind));
    case "customers":
    case "customers_add":
    case "customers_update":
      return any(customerWriter(owners, { isUpdate: kind === "customers_update" }));
    default:
      return any(recordWriter(owners, { isUpdate: kind === "consumption_records_update" }));
  }
}

/** Writes a chunk, and how far the file is. @returns undefined when another process has gone on with the file */
async function takeChunk(
  { stores, kit, clock }: ImportParts,
  writer: RowWriter<unknown>,
  file: LedgerFile,
  chunk: readonly JsonRow[],
): Promise<LedgerFile | undefined> {
  const good: Placed<unknown>[] = [];
  const faults: RowFault[] = [];
  for (const { index, value } of chunk) {
    const read = writer.read(value);
    if ("value" in read) good.push({ index, value: read.value });
    else faults.push(...read.issues.slice(0, 10).map(({ path, code }) => ({ index, path, code })));
  }
  const rowOf = new Map(chunk.map((row) => [row.index, row]));
  const findings = (found: readonly RowFault[], isRejected: boolean): readonly Finding[] =>
    found.map((one) => {
      const row = rowOf.get(one.index);
      return { ...one, line: row?.line ?? 0, rowCode: rowCodeOf(row?.value), isRejected };
    });
  return stores.transaction(async (tx) => {
    const now = clock.now();
    if (!(await holdFile(tx, file, now))) return undefined;
    const context = { stores: tx, kit, clock, now, seenBy: `${file.id}.${file.run}` };
    const written = await writer.write(context, good);
    const told = [...findings(faults, true), ...findings(written.rejected, true), ...findings(written.dropped, false)];
    return addChunk(tx, file, {
      rows: chunk.length,
      written,
      findings: told.toSorted((a, b) => a.index - b.index),
    });
  });
}

const CODE_FIELDS = [
  "order_number",
  "customer_code",
  "institution_code",
  "doctor_code",
  "project_code",
  "product_code",
] as const;

/** The code that a row gives itself, whatever else is wrong with it. */
function rowCodeOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const code = CODE_FIELDS.map((field) => Reflect.get(value, field)).find((one) => typeof one === "string");
  return typeof code === "string" ? code.slice(0, 128) : "";
}

async function* chunks(rows: AsyncIterable<JsonRow>, passed: number, size: number): AsyncGenerator<readonly JsonRow[]> {
  let chunk: JsonRow[] = [];
  let items = 0;
  try {
    for await (const row of rows) {
      // Taken by the process before.
      if (row.index < passed) continue;
      chunk.push(row);
      items += itemsIn(row.value);
      if (chunk.length < size && items < CHUNK_ITEMS) continue;
      yield chunk;
      [chunk, items] = [[], 0];
    }
  } catch (error) {
    // Whole rows before a fault of the file are taken.
    if (chunk.length > 0) yield chunk;
    throw error;
  }
  if (chunk.length > 0) yield chunk;
}

function itemsIn(value: unknown): number {
  const items: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "items") : undefined;
  return Array.isArray(items) ? items.length : 0;
}

async function* counted(source: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    tell(piece.length);
    yield piece;
  }
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal?.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest("hex");
}

function outcomeOf(given: GivenFile, file: LedgerFile, state: FileOutcome["state"]): FileOutcome {
  const { id: fileId, rows, inserted, updated, unchanged, rejected, dropped, fault } = file;
  const counts = { rows, inserted, updated, unchanged, rejected, dropped };
  // Of a file that was taken before, every row is what it was.
  const told = state === "unchanged" ? { ...counts, inserted: 0, updated: 0, unchanged: rows } : counts;
  return { fileId, name: given.name, kind: given.kind, state, fault, ...told };
}
