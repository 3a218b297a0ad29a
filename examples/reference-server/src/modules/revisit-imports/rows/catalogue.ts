import { checkInput } from "@recallkit/core/ports";
import * as z from "zod";
import type { CatalogueKind } from "../kinds.js";
import { type ImportDatabase, importTables } from "../tables.js";
import { code, text } from "./fields.js";
import { eachOnce } from "./institutions.js";
import { hashOfRow, type RowWriter } from "./row.js";

// The document names these files and prints none of them: code and name are asked for, and every other plain field is kept.
const details = z.union([text(500), z.literal(""), z.number(), z.boolean(), z.null(), z.array(text(255)).max(50)]);
const fieldsOf = (codeField: string) =>
  z
    .object({ [codeField]: code, name: text(255) })
    .catchall(details)
    .refine((row) => Object.keys(row).length <= 40, { message: "has too many fields" });

/** Name of the field that holds the code. */
const CODES = { doctors: "doctor_code", projects: "project_code", products: "product_code" } as const;

interface CatalogueRow {
  readonly code: string;
  readonly name: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Rows of `doctors.json`, `projects.json` and `products.json`. */
export function catalogueWriter(kind: CatalogueKind): RowWriter<CatalogueRow> {
  const field = CODES[kind];
  const schema = fieldsOf(field);
  return {
    read(given) {
      const read = checkInput(schema, given);
      if ("issues" in read) return read;
      const { [field]: own, name, ...rest } = read.value;
      return { value: { code: String(own), name: String(name), details: rest } };
    },
    async write({ stores, now }, rows) {
      const { fresh, rejected } = eachOnce(rows, (row) => row.code, field);
      const tables = importTables(stores);
      const codes = fresh.map(({ value }) => value.code);
      const stored = await catalogueRows(stores, kind, codes);
      const changed = fresh
        .map(({ value }) => ({ ...value, hash: hashOfRow(value) }))
        .filter((row) => stored.get(row.code)?.hash !== row.hash);
      const known = changed.filter((row) => stored.has(row.code));
      if (known.length > 0)
        await tables
          .deleteFrom("rk_revisit_catalogue")
          .where("kind", "=", kind)
          .where(
            "code",
            "in",
            known.map((row) => row.code),
          )
          .execute();
      if (changed.length > 0)
        await tables
          .insertInto("rk_revisit_catalogue")
          .values(
            changed.map(({ code: own, name, details: rest, hash }) => {
              return { kind, code: own, name, details: JSON.stringify(rest), row_hash: hash, updated_at: now };
            }),
          )
          .execute();
      return {
        inserted: changed.length - known.length,
        updated: known.length,
        unchanged: fresh.length - changed.length,
        rejected,
        dropped: [],
      };
    },
  };
}

/** What the catalogue has of these codes, at most 1 000. */
export async function catalogueRows(
  database: ImportDatabase,
  kind: CatalogueKind,
  codes: readonly string[],
): Promise<ReadonlyMap<string, { readonly name: string; readonly hash: string }>> {
  if (codes.length === 0) return new Map();
  const rows = await importTables(database)
    .selectFrom("rk_revisit_catalogue")
    .select(["code", "name", "row_hash"])
    .where("kind", "=", kind)
    .where("code", "in", [...codes])
    .execute();
  return new Map(rows.map(({ code: own, name, row_hash: hash }) => [own, { name, hash }]));
}

/** Whether a catalogue has any entry: codes are held against one that was given only. */
export async function hasCatalogue(database: ImportDatabase, kind: CatalogueKind): Promise<boolean> {
  const row = await importTables(database)
    .selectFrom("rk_revisit_catalogue")
    .select("code")
    .where("kind", "=", kind)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
