import type { InputIssue } from "@recallkit/core";
import { cleanCell, type OpenTable, type RejectsFile } from "@recallkit/import";
import type * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import type { RowImport, RowKind, RowMapping } from "../../frame/row-import.js";
import type { Chunk } from "./chunks.js";
import type { figuresSchema } from "./figures.js";
import type { ImportJob } from "./job.js";
import { placesOf } from "./row-look.js";

type Figures = z.input<typeof figuresSchema>;

/** How an import of rows goes on where it ended, and is told of. */
export interface RowRunOptions {
  /** What was done before this process came. */
  readonly done: readonly Chunk[];
  readonly chunkRows: number;
  /** Runs a write and notes what it did, in one transaction; may run `write` several times. */
  keep(write: () => Promise<Chunk>): Promise<Chunk>;
  readonly signal: AbortSignal;
  readonly rejects: RejectsFile;
  readonly onRows: (rows: number) => void;
}

/** A row of the file with its value, or what is wrong with it. */
interface ReadRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly value: unknown;
  readonly faults: readonly InputIssue[];
}

/** Imports the rows of a module's kind, chunk by chunk; a dry run does the same and takes all of it back. */
export async function importRowKind(
  context: ServerContext,
  job: ImportJob,
  kind: RowKind,
  table: OpenTable,
  options: RowRunOptions,
): Promise<Figures> {
  // The look made sure of its kind.
  const mapping = kind.parse(job.mapping);
  const kit = context.kit.forTenant(job.tenantId);
  const { currency } = await kit.tenant();
  const run = async (how: RowRunOptions) => {
    await how.rejects.begin(table.columns);
    const rows = await kind.begin(context, job.tenantId, mapping);
    return { ...(await walk(table, kind, mapping, rows, how)), kind: kind.kind as Figures["kind"], currency };
  };
  if (!job.isDryRun) return run(options);
  return kit.rehearse(() => run({ ...options, done: [], keep: (write) => write() }));
}

async function walk(
  table: OpenTable,
  kind: RowKind,
  mapping: RowMapping,
  rows: RowImport<unknown>,
  { done, chunkRows, keep, signal, rejects, onRows }: RowRunOptions,
): Promise<Omit<Figures, "kind" | "currency">> {
  const places = [...placesOf(table.columns, kind, mapping)];
  const known = done[Symbol.iterator]();
  const sum = { rows: 0, inserted: 0, updated: 0, unchanged: 0, rejectedRows: 0 };
  const tallies = new Map<string, { path: string; code: string; count: number; lines: number[] }>();
  const reject = async ({ line, cells }: ReadRow, faults: readonly InputIssue[]) => {
    sum.rejectedRows += 1;
    for (const { path, code } of faults) {
      const tally = tallies.get(`${path}/${code}`) ?? { path, code, count: 0, lines: [] };
      tally.count += 1;
      if (tally.lines.length < 10) tally.lines.push(line);
      tallies.set(`${path}/${code}`, tally);
    }
    const [{ path, code, message } = { path: "", code: "input.invalid", message: "" }] = faults;
    await rejects.add({ file: 0, line, cells, path, code, message });
  };
  const take = async (chunk: readonly ReadRow[]) => {
    const good = chunk.filter(({ faults }) => faults.length === 0);
    const next = known.next();
    const kept = next.done ? await keep(() => written(rows, chunk.length, good)) : next.value;
    // The file is the same and is read the same way, so what was done once is what comes again.
    if (kept.items !== chunk.length) throw new RangeError("the rows are not those that were taken before");
    const counts = kept.counts as Record<"inserted" | "updated" | "unchanged", number>;
    sum.inserted += counts.inserted;
    sum.updated += counts.updated;
    sum.unchanged += counts.unchanged;
    for (const row of chunk) if (row.faults.length > 0) await reject(row, row.faults);
    for (const { index, ...fault } of kept.faults.flatMap(({ rejected = [] }) => rejected)) {
      const row = good[index];
      if (row) await reject(row, [fault]);
    }
    sum.rows += chunk.length;
    onRows(sum.rows);
    signal.throwIfAborted();
  };
  let chunk: ReadRow[] = [];
  for await (const row of table.rows({ signal })) {
    if ("cells" in row) {
      const cells = Object.fromEntries(places.map(([field, at]) => [field, cleanCell(row.cells[at] ?? "")]));
      const read = rows.read(cells);
      const [value, faults] = "value" in read ? [read.value, []] : [undefined, read.faults];
      chunk.push({ line: row.line, cells: row.cells, value, faults });
    } else {
      const fault = { path: "", code: row.code, message: row.code };
      chunk.push({ line: row.line, cells: [row.raw], value: undefined, faults: [fault] });
    }
    if (chunk.length < chunkRows) continue;
    await take(chunk);
    chunk = [];
  }
  if (chunk.length > 0) await take(chunk);
  return {
    rows: sum.rows,
    inserted: sum.inserted,
    updated: sum.updated,
    unchanged: sum.unchanged,
    refused: sum.rejectedRows,
    rejected_rows: sum.rejectedRows,
    rejected: [...tallies.values()],
    dropped: [],
    repeated: 0,
    skipped: {},
    changed_orders: 0,
    moved: 0,
    warnings: [],
    new_customers: null,
    new_labels: null,
    amount_minor: null,
  };
}

async function written(rows: RowImport<unknown>, items: number, good: readonly ReadRow[]): Promise<Chunk> {
  const { rejected = [], inserted, updated, unchanged } = await rows.write(good.map(({ value }) => value));
  return {
    items,
    counts: { inserted, updated, unchanged },
    faults: [{ rejected: [...rejected] }] as unknown as Chunk["faults"],
  };
}
