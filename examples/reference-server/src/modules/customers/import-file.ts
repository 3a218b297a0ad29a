import { stat } from "node:fs/promises";
import type { RejectedLine } from "./assemble-order.js";
import { type CsvTable, type DelimiterName, openCsv } from "./csv-table.js";
import { fileError } from "./import-fault.js";
import { type LineStaging, openLineStaging } from "./line-staging.js";
import { defaultRejectsPath, openRejectsFile } from "./rejects-file.js";

/** How far an import is. `read`: bytes of the file; `import`: orders or customers. */
export interface ImportProgress {
  readonly phase: "read" | "import";
  readonly done: number;
  readonly total: number;
}

/** What all imports take. */
export interface ImportFileOptions {
  /** @default "auto" */
  readonly delimiter?: DelimiterName | undefined;
  /** Derives a WeCom external_userid from the customer key. @default none is derived */
  readonly externalUserIdPrefix?: string | undefined;
  /** Where rejected lines go. @default `FILE.rejects.csv` */
  readonly rejectsFile?: string | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops between two chunks; what was taken stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What an import did to one kind of thing. */
export interface ImportCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/**
 * Opens a file, hands it and an empty staging area to `work`, and removes the area whatever happens.
 *
 * @throws {RecallKitError} `import.…` for the file as a whole
 */
export async function withStagedFile<T>(
  file: string,
  options: ImportFileOptions,
  work: (table: CsvTable, staging: LineStaging) => Promise<T>,
): Promise<T> {
  const { delimiter, signal, onProgress } = options;
  const total = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  const onBytes = (done: number) => onProgress?.({ phase: "read", done, total });
  const table = await openCsv(file, { delimiter, signal, onBytes });
  const staging = await openLineStaging();
  try {
    return await work(table, staging);
  } finally {
    await staging.remove();
  }
}

/** Writes rejected lines down. @returns where, and how many; no file is made for none */
export async function writeRejects(
  file: string,
  options: ImportFileOptions,
  header: readonly string[],
  rejected: AsyncIterable<readonly RejectedLine[]>,
): Promise<{ readonly count: number; readonly path: string }> {
  const path = options.rejectsFile ?? (await defaultRejectsPath(file));
  try {
    const rejects = await openRejectsFile(path, header);
    let count = 0;
    for await (const lines of rejected) {
      await rejects.add(lines);
      count += lines.length;
    }
    await rejects.close();
    return { count, path };
  } catch (error) {
    const code = error instanceof Error && "syscall" in error && "code" in error ? error.code : undefined;
    if (code === undefined) throw error;
    throw fileError(
      "import.rejects-unwritable",
      `the rejected lines cannot be written to ${path} (${code})`,
      "name another file with --rejects",
      error,
    );
  }
}
