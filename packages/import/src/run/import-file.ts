import { InputError } from "@recallkit/core";
import { guessMapping } from "../inspect/inspect.js";
import { type Mapping, parseMapping } from "../mapping/mapping.js";
import type { PresetName } from "../preset/presets.js";
import { type OpenTable, type OpenTableOptions, openTable, type TableSource } from "../table/open-table.js";
import type { ImportOptions, ImportProgress, ImportTarget } from "./import-options.js";
import type { ImportResult } from "./import-result.js";
import { importRows } from "./import-rows.js";

/** How files are imported: how they are opened, what they hold, and how their rows are taken over. */
export interface ImportFileOptions extends ImportOptions, Omit<OpenTableOptions, "onProgress" | "signal"> {
  /** What the files hold. @default by their columns: orders or customers */
  readonly kind?: Mapping["kind"] | undefined;
  /** The mapping of a well-known export. @default the one whose columns the first file has */
  readonly preset?: PresetName | undefined;
}

/** One file, or several that are read as one: a later one may repeat or go on with orders of an earlier one. */
export type ImportSource = TableSource | readonly TableSource[];

/**
 * Imports files.
 *
 * @param mapping whole or in part; what it doesn't say is found by the names of the columns
 * @throws {QuestionError} a file that can be read in several ways. @throws {InputError} what `importRows` throws, and fields
 *   that no column was found for. @throws {RecallKitError} `import.…`: a file that cannot be read
 */
export async function importFile(
  target: ImportTarget,
  source: ImportSource,
  mapping: Partial<Mapping> = {},
  options: ImportFileOptions = {},
): Promise<ImportResult> {
  const opened: OpenTable[] = [];
  const watch = byteWatch(options.onProgress);
  try {
    for (const [at, one] of sourcesOf(source).entries()) {
      opened.push(await openTable(one, { ...options, onProgress: (bytes, total) => watch.bytes(at, bytes, total) }));
    }
    const whole = wholeMapping(opened, mapping, options);
    const done = await importRows(target, opened, whole, { ...options, onProgress: watch.rows });
    const warnings = opened.flatMap(({ warnings }) => warnings.map((one) => ({ path: "", ...one })));
    return { ...done, warnings: [...done.warnings, ...warnings] };
  } finally {
    for (const table of opened) await table.close();
  }
}

function sourcesOf(source: ImportSource): readonly TableSource[] {
  // Only a list of sources is an array.
  return Array.isArray(source) ? (source as readonly TableSource[]) : [source as TableSource];
}

/** The mapping with what the columns of the first file say. @throws {InputError} fields that no column was found for */
export function wholeMapping(
  tables: readonly Pick<OpenTable, "columns">[],
  mapping: Partial<Mapping>,
  options: Pick<ImportFileOptions, "kind" | "preset"> = {},
): Mapping {
  const columns = tables[0]?.columns ?? [];
  const found = guessMapping(columns, { ...options, mapping });
  if (found.missing.length === 0) return parseMapping(found.mapping);
  throw new InputError(
    found.missing.map((field) => ({
      path: `columns.${field}`,
      code: "import.column-missing",
      message: "no column was found for it",
      params: { header: columns.join(", ").slice(0, 500) },
    })),
  );
}

/** Puts the bytes of all files and the rows of a phase together. */
function byteWatch(onProgress: ((progress: ImportProgress) => void) | undefined) {
  const files: { done: number; total: number }[] = [];
  let phase: ImportProgress["phase"] = "judge";
  let rows = 0;
  const tell = () => {
    const sum = (of: "done" | "total") => files.reduce((so, file) => so + (file?.[of] ?? 0), 0);
    onProgress?.({ phase, rows, bytes: sum("done"), totalBytes: sum("total") });
  };
  return {
    bytes(at: number, done: number, total: number) {
      files[at] = { done, total };
      tell();
    },
    rows(progress: ImportProgress) {
      // A new phase begins at the first byte of the first file.
      if (progress.phase !== phase) for (const file of files) if (file) file.done = 0;
      phase = progress.phase;
      rows = progress.rows;
      tell();
    },
  };
}
