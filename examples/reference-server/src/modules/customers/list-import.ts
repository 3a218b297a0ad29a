import { type IngestOptions, type IngestResult, InputError, RecallKitError } from "@recallkit/core";
import { type OpenTable, type OpenTableOptions, openTable } from "@recallkit/import";

/** What an import of a list did; `lines` are those of data. */
export interface ListImport extends Omit<IngestResult, "rejected"> {
  readonly lines: number;
  /** Lines that were not taken, at most 100 named. */
  readonly rejected: {
    readonly count: number;
    readonly lines: readonly { line: number; path: string; message: string }[];
  };
}

/** The columns of a list, and what it becomes. */
export interface ListShape<F extends string, R> {
  /** Fields in the order of the documentation, each with the headers that mean it, in lower case. */
  readonly headers: Readonly<Record<F, readonly string[]>>;
  readonly required: readonly NoInfer<F>[];
  readonly rowOf: (cell: (field: NoInfer<F>) => string) => R;
  readonly put: (rows: AsyncIterable<R>, options: IngestOptions) => Promise<IngestResult>;
}

/** How a list is opened, and what its columns are called. */
export interface ListOptions<F extends string> extends OpenTableOptions {
  /** Columns of fields, before those that the headers tell. */
  readonly names?: Readonly<Partial<Record<F, string>>> | undefined;
}

const MOST_NAMED = 100;

/**
 * Takes a list over, row by row; a row that is wrong is told of with its line.
 *
 * @throws {RecallKitError} `import.…` for the file as a whole. @throws {InputError} columns that are missing
 */
export async function importList<F extends string, R>(
  file: string,
  shape: ListShape<F, R>,
  options: ListOptions<F> = {},
): Promise<ListImport> {
  const { signal } = options;
  const table = await openTable(file, options);
  try {
    const cell = cellsOf(table, shape, options.names);
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
    async function* rows(): AsyncGenerator<R> {
      for await (const row of table.rows()) {
        lines += 1;
        if (!("cells" in row)) {
          refuse(row.line, "", row.code);
          continue;
        }
        waiting.push(row.line);
        yield shape.rowOf((field) => cell(row.cells, field));
      }
    }
    const { inserted, updated, unchanged } = await shape.put(rows(), {
      onFaults: (faults) => {
        for (const { index, path, message } of faults.rejected) refuse(waiting[index - answered] ?? 0, path, message);
      },
      onProgress: ({ rows: done }) => {
        waiting.splice(0, done - answered);
        answered = done;
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

function cellsOf<F extends string, R>(
  { columns }: OpenTable,
  { headers, required }: ListShape<F, R>,
  names: ListOptions<F>["names"],
) {
  const known = columns.map((column) => column.trim().toLowerCase());
  // The keys of `headers` are its fields.
  const fields = Object.keys(headers) as F[];
  const places = new Map(
    fields.map((field) => {
      const own = names?.[field];
      const wanted = own === undefined ? headers[field] : [own.toLowerCase()];
      return [field, known.findIndex((column) => wanted.includes(column))];
    }),
  );
  const missing = fields.filter((field) => (required.includes(field) || names?.[field]) && places.get(field) === -1);
  if (missing.length > 0)
    throw new InputError(
      missing.map((field) => ({
        path: `columns.${field}`,
        code: "import.column-missing",
        message: `the file has no column ${names?.[field] ?? field}`,
        params: { column: names?.[field] ?? field, header: columns.join(", ").slice(0, 500) },
      })),
    );
  return (cells: readonly string[], field: F) => (cells[places.get(field) ?? -1] ?? "").trim();
}
