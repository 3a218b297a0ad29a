import { institutionOf } from "../institutions/service.js";
import { putAway } from "./files/put-away.js";
import { type Look, settledFiles } from "./files/settled.js";
import { initialFiles, pendingFiles, type Tree, type TreeFile } from "./files/tree.js";
import { type FileOutcome, type GivenFile, type ImportOptions, type ImportParts, importFile } from "./import-file.js";
import type { FileCounts } from "./store.js";
import { findingsOf } from "./store.js";

/** A file of a tree, and what became of it; `moving`: somebody still writes it, it is left for the next run. */
export type TreeOutcome =
  | (FileOutcome & { readonly institution: string | null; readonly movedTo: string | null })
  | (Pick<FileOutcome, "name" | "kind"> & {
      readonly state: "moving" | "unknown-institution";
      readonly institution: string | null;
    });

/** What an import of a tree did. */
export interface TreeResult {
  readonly files: readonly TreeOutcome[];
  /** Names of JSON files in the folder that are none of the document's, and were not read. */
  readonly others: readonly string[];
  readonly counts: FileCounts;
  /** Something was wrong with a file or a row. */
  readonly hasFaults: boolean;
}

export interface TreeOptions extends Omit<ImportOptions, "onProgress"> {
  /** What lies between the two looks at the files. */
  readonly wait: () => Promise<void>;
  /** @default the disk */
  readonly look?: Look;
  readonly onProgress?: (
    file: Pick<TreeFile, "name">,
    progress: { readonly rows: number; readonly bytes: number; readonly totalBytes: number },
  ) => void;
  readonly onFile?: (outcome: TreeOutcome) => void;
}

/**
 * Takes the whole data of `initial/` over; its files stay where they are.
 *
 * @throws {InputError} `revisit-import.no-folder`
 */
export async function importInitial(parts: ImportParts, folder: string, options: TreeOptions): Promise<TreeResult> {
  const { files, others } = await initialFiles(folder);
  return importAll(parts, { files, others }, options);
}

/**
 * Takes over what waits in `incremental/pending/`, day by day, and puts each file away.
 *
 * @throws {InputError} `revisit-import.no-folder`
 */
export async function importPending(parts: ImportParts, folder: string, options: TreeOptions): Promise<TreeResult> {
  return importAll(parts, await pendingFiles(folder), options);
}

async function importAll(
  parts: ImportParts,
  { root, files, others }: Omit<Tree, "root"> & { readonly root?: string },
  options: TreeOptions,
): Promise<TreeResult> {
  const { settled } = await settledFiles(files, options);
  const outcomes: TreeOutcome[] = [];
  for (const file of files) {
    const outcome = settled.includes(file)
      ? await importOne(parts, file, options, root)
      : ({ name: file.name, kind: file.kind, state: "moving", institution: file.institution ?? null } as const);
    outcomes.push(outcome);
    options.onFile?.(outcome);
  }
  const counts = { rows: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0, dropped: 0 };
  for (const outcome of outcomes) {
    if (!("rows" in outcome)) continue;
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += outcome[name];
  }
  const hasFaults =
    counts.rejected + counts.dropped > 0 ||
    outcomes.some(({ state }) => state === "failed" || state === "unknown-institution");
  return { files: outcomes, others, counts, hasFaults };
}

async function importOne(
  parts: ImportParts,
  { institution: code, date, ...file }: TreeFile,
  { signal, chunkRows, onProgress }: TreeOptions,
  root: string | undefined,
): Promise<TreeOutcome> {
  const own = code === undefined ? undefined : await institutionOf(parts.stores, code);
  const institution = code ?? null;
  if (code !== undefined && !own) {
    return { name: file.name, kind: file.kind, state: "unknown-institution", institution };
  }
  const given: GivenFile = { ...file, own };
  const outcome = await importFile(parts, given, {
    ...(signal && { signal }),
    ...(chunkRows !== undefined && { chunkRows }),
    ...(onProgress && { onProgress: (progress) => onProgress(file, progress) }),
  });
  const isOver = outcome.state !== "taken";
  const movedTo =
    root !== undefined && date !== undefined && isOver
      ? await putAway(root, { path: file.path, date }, outcome, await findingsOf(parts.stores, outcome.fileId))
      : null;
  return { ...outcome, institution, movedTo };
}
