import { type IngestResult, LABEL_KINDS, type LabelEntry, type LabelKind, type TenantKit } from "@recallkit/core";
import { type ColumnNames, findColumns } from "./columns.js";
import { openCsv } from "./csv-table.js";
import { fileError } from "./import-fault.js";
import type { ImportFileOptions } from "./import-file.js";

/** Columns of a label file. */
export const LABEL_FIELDS = ["kind", "key", "name"] as const;
type LabelField = (typeof LABEL_FIELDS)[number];

/** Numbers by which S4 names kinds. */
const KIND_NUMBERS: Readonly<Record<string, LabelKind>> = {
  "0": "city",
  "1": "store",
  "2": "category",
  "3": "brand",
  "4": "sku",
};

/** What an import of labels did; `lines` are those of data. */
export interface LabelImport extends Omit<IngestResult, "rejected"> {
  readonly lines: number;
  /** Lines that were not taken, at most 100 named. */
  readonly rejected: {
    readonly count: number;
    readonly lines: readonly { line: number; path: string; message: string }[];
  };
}

const MOST_NAMED = 100;

/**
 * Takes the label library from a CSV file: kind (a word, or S4's number), key, and name (default: the key).
 *
 * @throws {RecallKitError} `import.…` for the file as a whole
 */
export async function importLabels(
  kit: TenantKit,
  file: string,
  options: Pick<ImportFileOptions, "delimiter" | "signal"> & {
    readonly names?: ColumnNames<LabelField> | undefined;
  } = {},
): Promise<LabelImport> {
  const { delimiter, signal, names = {} } = options;
  const table = await openCsv(file, { delimiter, signal });
  const { cell } = findColumns(table.header, LABEL_FIELDS, { names, required: ["kind", "key"] });
  const lineNumbers: number[] = [];
  async function* entries(): AsyncGenerator<LabelEntry> {
    for await (const { line, cells } of table.rows) {
      lineNumbers.push(line);
      const name = cell(cells, "name");
      yield { kind: kindOf(cell(cells, "kind")), key: cell(cells, "key"), ...(name !== "" && { name }) };
    }
  }
  const { rejected, ...counts } = await kit.labels.put(entries(), { ...(signal && { signal }) });
  const lines = rejected.slice(0, MOST_NAMED).map(({ index, path, message }) => {
    return { line: lineNumbers[index] ?? 0, path, message };
  });
  if (lineNumbers.length > 0 && rejected.length === lineNumbers.length) {
    const first = lines[0];
    throw fileError("import.nothing-taken", `no line was taken; line ${first?.line}: ${first?.path} ${first?.message}`);
  }
  return { ...counts, lines: lineNumbers.length, rejected: { count: rejected.length, lines } };
}

/** The kind that a cell names; what names none is refused with its line by the kit. */
function kindOf(text: string): LabelKind {
  const word = text.toLowerCase();
  const kind = KIND_NUMBERS[word] ?? LABEL_KINDS.find((known) => known === word);
  // An unknown word goes on as it is, so that the kit names it among the rejected lines.
  return kind ?? (word as LabelKind);
}
