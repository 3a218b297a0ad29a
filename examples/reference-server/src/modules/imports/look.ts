import { RecallKitError, type Tenant } from "@recallkit/core";
import { HttpError } from "@recallkit/http";
import { type Inspection, inspect, type Mapping, type OpenTable, openTable, QuestionError } from "@recallkit/import";
import type { RowMapping } from "../../frame/row-import.js";
import type { Reading } from "./job.js";
import { rowKindOf } from "./kinds.js";
import { lookAtRows } from "./row-look.js";

/** What is told of a file; part of the import, so it holds no cells. */
export interface Look {
  readonly columns: readonly string[];
  /** Null while something has to be said before the file can be read at all. */
  readonly guess: Guess | null;
  /** What has to be said about the file as a whole. */
  readonly question: { readonly asks: string; readonly code: string; readonly answers: readonly string[] } | null;
}

/** How the file was understood. */
type Guess = Omit<Inspection, "samples" | "judgement" | "mapping"> & {
  readonly file: {
    readonly format: OpenTable["format"];
    readonly packed: string | null;
    readonly encoding: string | null;
    readonly delimiter: string | null;
    readonly header_line: number;
    readonly sheet: string | null;
    readonly sheets: readonly string[];
  };
};

/** A look with what is shown once, to whoever asks for it. */
export interface FirstLook {
  readonly look: Look;
  readonly mapping: Mapping | RowMapping | null;
  readonly samples: Inspection["samples"];
  /** How the file reads with each answer to its question. */
  readonly candidates: readonly { readonly value: string; readonly sample: string }[];
}

/** What a look may be told. */
export interface LookOptions {
  readonly reading: Reading;
  /** Whole: no column is added to it. */
  readonly mapping?: Mapping | RowMapping | undefined;
  readonly kind?: string | undefined;
  readonly tenant: Pick<Tenant, "timeZone" | "currency">;
  readonly now: number;
  /** For what has to be unpacked. */
  readonly folder: string;
}

/**
 * Opens a file and finds out what it holds; reads all of it, writes nothing.
 *
 * @throws {HttpError} 422 with the code for a file that can't be imported, 507 `import.disk-full`; {InputError} a mapping that
 *   does not fit the file
 */
export async function lookAt(path: string, options: LookOptions): Promise<FirstLook> {
  const { reading, mapping, kind, tenant, now, folder } = options;
  let table: OpenTable | undefined;
  try {
    table = await openTable(path, { ...reading, temporaryFolder: folder });
    const rowKind = rowKindOf(mapping?.kind ?? kind);
    if (rowKind) return await lookAtRows(table, rowKind, mapping as RowMapping | undefined);
    const context = { zone: tenant.timeZone, currency: tenant.currency, now, scratchFolder: folder };
    // Whatever is no module's kind is the kit's.
    const known = { kind: kind as Mapping["kind"] | undefined, mapping: mapping as Mapping | undefined };
    const found = await inspect(table, { ...context, ...known });
    // A mapping that was told is whole: a field that it leaves out was left out on purpose.
    const told = mapping ? ({ ...found.mapping, columns: mapping.columns } as Mapping) : found.mapping;
    const { samples, judgement: _, mapping: __, ...rest } = found;
    const guess = { ...rest, columns: rest.columns.filter(({ field }) => field in told.columns) };
    const { format, packed = null, encoding = null, delimiter = null, sheet = null, sheets = [], header } = table;
    const file = { format, packed, encoding, delimiter, sheet, sheets, header_line: header.line };
    const look = { columns: table.columns, guess: { ...guess, file }, question: null };
    return { look, mapping: told, samples, candidates: [] };
  } catch (error) {
    if (!QuestionError.is(error)) throw fileFault(error);
    const { asks, code, candidates } = error;
    const question = { asks, code, answers: candidates.map(({ value }) => value) };
    return { look: { columns: [], guess: null, question }, mapping: null, samples: [], candidates };
  } finally {
    await table?.close();
  }
}

/** What is wrong with the file as a whole, as an answer. */
function fileFault(error: unknown): unknown {
  if (!RecallKitError.is(error) || !error.code.startsWith("import.")) return error;
  return new HttpError(error.code === "import.disk-full" ? 507 : 422, error.code, { cause: error });
}
