import { type ImportDatabase, importTables } from "../tables.js";
import type { Placed, RowFault, WriteContext } from "./row.js";

/** What is kept of a customer or a record that a file named. */
export interface KnownRow {
  readonly code: string;
  readonly customerCode: string;
  readonly rowHash: string | null;
  /** JSON of the record; null: of a customer nothing is kept here. */
  readonly content: string | null;
}

/** Rows of these codes, and which of them this file has named before. At most 1 000 codes. */
export async function knownRows(
  database: ImportDatabase,
  tenantId: number,
  kind: RowKindName,
  codes: readonly string[],
): Promise<ReadonlyMap<string, KnownRow & { readonly seenBy: string }>> {
  if (codes.length === 0) return new Map();
  const rows = await importTables(database)
    .selectFrom("rk_revisit_rows")
    .select(["code", "customer_code", "seen_by", "row_hash", "content"])
    .where("tenant_id", "=", tenantId)
    .where("kind", "=", kind)
    .where("code", "in", [...codes])
    .execute();
  return new Map(
    rows.map((row) => [
      row.code,
      {
        code: row.code,
        customerCode: row.customer_code,
        seenBy: row.seen_by,
        rowHash: row.row_hash,
        content: row.content,
      },
    ]),
  );
}

export type RowKindName = "customer" | "record";

/** Rows whose code this file names for the first time; the others are faults. */
export function firstNamed<T>(
  { seenBy }: Pick<WriteContext, "seenBy">,
  rows: readonly Placed<T>[],
  known: ReadonlyMap<string, { readonly seenBy: string }>,
  codeOf: (value: T) => string,
  path: string,
): { readonly fresh: readonly Placed<T>[]; readonly rejected: readonly RowFault[] } {
  const seen = new Set<string>();
  const rejected: RowFault[] = [];
  const fresh = rows.filter(({ index, value }) => {
    const code = codeOf(value);
    if (known.get(code)?.seenBy !== seenBy && !seen.has(code)) return seen.add(code);
    rejected.push({ index, path, code: "revisit-import.duplicate-code" });
    return false;
  });
  return { fresh, rejected };
}

/** Keeps what a file said of rows in place of what was kept. Whoever calls it holds the tenant's row. */
export async function keepRows(
  { stores, seenBy }: Pick<WriteContext, "stores" | "seenBy">,
  tenantId: number,
  kind: RowKindName,
  rows: readonly KnownRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const tables = importTables(stores);
  await tables
    .deleteFrom("rk_revisit_rows")
    .where("tenant_id", "=", tenantId)
    .where("kind", "=", kind)
    .where(
      "code",
      "in",
      rows.map(({ code }) => code),
    )
    .execute();
  await tables
    .insertInto("rk_revisit_rows")
    .values(
      rows.map(({ code, customerCode, rowHash, content }) => {
        const key = { tenant_id: tenantId, kind, code };
        return { ...key, customer_code: customerCode, seen_by: seenBy, row_hash: rowHash, content };
      }),
    )
    .execute();
}

/** Notes that this file has named rows that it left as they are. */
export async function noteSeen(
  { stores, seenBy }: Pick<WriteContext, "stores" | "seenBy">,
  tenantId: number,
  kind: RowKindName,
  codes: readonly string[],
): Promise<void> {
  if (codes.length === 0) return;
  await importTables(stores)
    .updateTable("rk_revisit_rows")
    .set({ seen_by: seenBy })
    .where("tenant_id", "=", tenantId)
    .where("kind", "=", kind)
    .where("code", "in", [...codes])
    .execute();
}
