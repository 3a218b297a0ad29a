import {
  type IngestResult,
  InputError,
  LABEL_KINDS,
  type LabelEntry,
  type LabelKind,
  RecallKitError,
  type TenantKit,
} from "@recallkit/core";
import { type OpenTable, type OpenTableOptions, openTable } from "@recallkit/import";

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
 * Takes the label library from a table: kind (a word, or S4's number), key, and name (default: the key).
 *
 * @throws {RecallKitError} `import.…` for the file as a whole. @throws {InputError} columns that are missing
 */
export async function importLabels(
  kit: TenantKit,
  file: string,
  options: OpenTableOptions & { readonly names?: Readonly<Partial<Record<LabelField, string>>> | undefined } = {},
): Promise<LabelImport> {
  const { signal, names = {} } = options;
  const table = await openTable(file, options);
  try {
    const cell = cellsOf(table, names);
    const waiting: number[] = [];
    const rejected: { count: number; lines: { line: number; path: string; message: string }[] } = {
      count: 0,
      lines: [],
    };
    const refuse = (line: number, path: string, message: string) => {
      rejected.count += 1;
      if (rejected.lines.length < MOST_NAMED) rejected.lines.push({ line, path, message });
    };
    let [lines, answered] = [0, 0];
    async function* entries(): AsyncGenerator<LabelEntry> {
      for await (const row of table.rows()) {
        lines += 1;
        if (!("cells" in row)) {
          refuse(row.line, "", row.code);
          continue;
        }
        waiting.push(row.line);
        const name = cell(row.cells, "name");
        yield { kind: kindOf(cell(row.cells, "kind")), key: cell(row.cells, "key"), ...(name !== "" && { name }) };
      }
    }
    const { inserted, updated, unchanged } = await kit.labels.put(entries(), {
      onFaults: (faults) => {
        for (const { index, path, message } of faults.rejected) refuse(waiting[index - answered] ?? 0, path, message);
      },
      onProgress: ({ rows }) => {
        waiting.splice(0, rows - answered);
        answered = rows;
      },
      ...(signal && { signal }),
    });
    if (lines > 0 && rejected.count === lines) {
      const [first] = rejected.lines;
      const message = `no line was taken; line ${first?.line}: ${first?.path} ${first?.message}`;
      throw new RecallKitError("import.nothing-taken", message);
    }
    return { inserted, updated, unchanged, lines, rejected };
  } finally {
    await table.close();
  }
}

function cellsOf({ columns }: OpenTable, names: Readonly<Partial<Record<LabelField, string>>>) {
  const places = new Map(
    LABEL_FIELDS.map((field) => {
      const name = (names[field] ?? field).toLowerCase();
      return [field, columns.findIndex((column) => column.trim().toLowerCase() === name)];
    }),
  );
  const missing = LABEL_FIELDS.filter((field) => (field !== "name" || names.name) && places.get(field) === -1);
  if (missing.length > 0)
    throw new InputError(
      missing.map((field) => ({
        path: `columns.${field}`,
        code: "import.column-missing",
        message: `the file has no column ${names[field] ?? field}`,
        params: { column: names[field] ?? field, header: columns.join(", ").slice(0, 500) },
      })),
    );
  return (cells: readonly string[], field: LabelField) => (cells[places.get(field) ?? -1] ?? "").trim();
}

/** The kind that a cell names; what names none is refused with its line by the kit. */
function kindOf(text: string): LabelKind {
  const word = text.toLowerCase();
  const kind = KIND_NUMBERS[word] ?? LABEL_KINDS.find((known) => known === word);
  // An unknown word goes on as it is, so that the kit names it among the rejected lines.
  return kind ?? (word as LabelKind);
}
