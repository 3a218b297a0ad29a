import type { ChangePolicy } from "../mapping/mapping.js";
import { type Run, rowText, type SourceRow } from "./order-rows.js";

export interface UniteOptions {
  /** What identical rows are that stand apart in one file; undefined: nobody knows. */
  readonly repeats: "once" | "each" | undefined;
  /** Identical neighbours are one row too: the user says so. */
  readonly isWithinRuns: boolean;
  readonly onChange: ChangePolicy;
  /** Id of a row within its order; "" when it has none. */
  readonly lineIdOf: (row: SourceRow) => string;
}

/** The rows that count, and those that were told before; or why nobody can tell. */
export type United =
  | { readonly rows: readonly SourceRow[]; readonly repeated: readonly SourceRow[] }
  | { readonly code: "order.repeats-ambiguous" | "order.changed" | "order.line-differs" };

/**
 * Puts the rows of one order together.
 *
 * - Rows with an id of their own: the same id is the same row.
 * - Identical neighbours in one file are as many things; identical rows apart are what `repeats` says.
 * - Identical rows of several files are one row. A file that tells other rows changes the order, unless it has all the earlier ones.
 */
export function uniteRuns(runs: readonly Run[], options: UniteOptions): United {
  const [only] = runs;
  const hasIds = runs.some(({ rows }) => rows.some((row) => options.lineIdOf(row) !== ""));
  if (only && runs.length === 1 && !hasIds && !options.isWithinRuns) return { rows: only.rows, repeated: [] };
  const repeated: SourceRow[] = [];
  const files = new Map<number, Run[]>();
  for (const run of runs) files.set(run.file, [...(files.get(run.file) ?? []), run]);
  let united: readonly SourceRow[] | undefined;
  for (const ofFile of files.values()) {
    const rows = uniteWithin(ofFile, options, repeated);
    if (rows === undefined) return { code: "order.repeats-ambiguous" };
    const next = once(rows, options, repeated);
    if (next === undefined) return { code: "order.line-differs" };
    if (united === undefined) {
      united = next;
      continue;
    }
    const joined = joinFiles(united, next, options, repeated);
    if (joined === undefined) return { code: "order.changed" };
    united = joined;
  }
  return { rows: united ?? [], repeated };
}

function uniteWithin(runs: readonly Run[], { repeats, isWithinRuns, lineIdOf }: UniteOptions, repeated: SourceRow[]) {
  let rows: readonly SourceRow[] = [];
  const singles = runs.flatMap((run) => run.rows.map((row) => ({ ...run, rows: [row] })));
  for (const run of isWithinRuns ? singles : runs) {
    const [known, fresh] = parted(rows, run.rows);
    // Rows with ids are told apart by them later.
    if (known.some((row) => lineIdOf(row) === "") && repeats === undefined) return undefined;
    if (repeats === "once") {
      repeated.push(...known);
      rows = [...rows, ...fresh];
    } else rows = [...rows, ...run.rows];
  }
  return rows;
}

/** Rows with ids, each once. Undefined when two of one id differ. */
function once(rows: readonly SourceRow[], { lineIdOf }: UniteOptions, repeated: SourceRow[]) {
  const texts = new Map<string, string>();
  const kept: SourceRow[] = [];
  for (const row of rows) {
    const id = lineIdOf(row);
    const known = texts.get(id);
    if (id === "" || known === undefined) {
      if (id !== "") texts.set(id, rowText(row));
      kept.push(row);
    } else if (known === rowText(row)) repeated.push(row);
    else return undefined;
  }
  return kept;
}

function joinFiles(
  before: readonly SourceRow[],
  after: readonly SourceRow[],
  { onChange, lineIdOf }: UniteOptions,
  repeated: SourceRow[],
): readonly SourceRow[] | undefined {
  const [known, fresh] = parted(before, after);
  if (fresh.length === 0) {
    repeated.push(...known);
    return before;
  }
  // The later file has everything of the earlier ones, and more.
  if (known.length === before.length) {
    repeated.push(...before);
    return after;
  }
  if (onChange === "refuse") return undefined;
  if (onChange === "replace") return after;
  repeated.push(...known);
  const ids = new Set(fresh.map(lineIdOf).filter((id) => id !== ""));
  return [...before.filter((row) => !ids.has(lineIdOf(row))), ...fresh];
}

/** The later rows that stand among the earlier ones, each as often as it does there, and the others. */
function parted(before: readonly SourceRow[], after: readonly SourceRow[]) {
  const counts = new Map<string, number>();
  for (const row of before) counts.set(rowText(row), (counts.get(rowText(row)) ?? 0) + 1);
  const known: SourceRow[] = [];
  const fresh: SourceRow[] = [];
  for (const row of after) {
    const count = counts.get(rowText(row)) ?? 0;
    counts.set(rowText(row), count - 1);
    (count > 0 ? known : fresh).push(row);
  }
  return [known, fresh] as const;
}
