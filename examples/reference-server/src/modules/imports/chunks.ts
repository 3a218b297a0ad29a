import type { IngestFaults } from "@recallkit/core";
import type { ImportDatabase, ImportTables } from "./store.js";

/** Counts of a call of the kit, which add up, and lists of names, of which the first few are kept. */
export type Counts = { readonly [name: string]: number | readonly string[] | Counts };

/** Names that a list keeps. */
const MOST_NAMES = 10;

/** Rows that the kit was given, written down in the transaction that wrote them. */
export interface Chunk {
  readonly items: number;
  readonly counts: Counts;
  /** What was wrong with some of them; indexes count from the chunk's first row. */
  readonly faults: readonly IngestFaults[];
}

/** What an import has done, in the order in which it did it. */
export async function chunksOf(database: ImportDatabase, importId: number): Promise<readonly Chunk[]> {
  const rows = await database.sql
    .withTables<ImportTables>()
    .selectFrom("rk_import_chunks")
    .select(["items", "outcome"])
    .where("import_id", "=", importId)
    .orderBy("number")
    .execute();
  return rows.map(({ items, outcome }) => ({ items, ...JSON.parse(outcome) }));
}

/** Writes a chunk down. A number is given once, so that nobody writes the same rows down twice. */
export async function insertChunk(
  database: ImportDatabase,
  importId: number,
  number: number,
  { items, counts, faults }: Chunk,
): Promise<void> {
  const row = { import_id: importId, number, items, outcome: JSON.stringify({ counts, faults }) };
  await database.sql.withTables<ImportTables>().insertInto("rk_import_chunks").values(row).execute();
}

/** Forgets what an import has done, so that it begins anew. */
export async function forgetChunks(database: ImportDatabase, importId: number): Promise<void> {
  await database.sql
    .withTables<ImportTables>()
    .deleteFrom("rk_import_chunks")
    .where("import_id", "=", importId)
    .execute();
}

/** The counts of an answer of the kit, and its lists of names; other lists are left out. */
export function countsIn(answer: object): Counts {
  const counts: Record<string, Counts[string]> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value === "number" || isNames(value)) counts[name] = value;
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) counts[name] = countsIn(value);
  }
  return counts;
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

/** Adds counts up. */
export function addedUp(sum: Counts, next: Counts): Counts {
  const parts = Object.entries(next).map(([name, value]) => {
    const before = sum[name];
    if (typeof value === "number") return [name, (typeof before === "number" ? before : 0) + value];
    if (isNames(value)) return [name, [...(isNames(before) ? before : []), ...value].slice(0, MOST_NAMES)];
    return [name, addedUp(typeof before === "object" && !isNames(before) ? before : {}, value)];
  });
  return { ...sum, ...Object.fromEntries(parts) };
}
