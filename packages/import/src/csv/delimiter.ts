import { RecallKitError } from "@recallkit/core";
import { type Candidate, QuestionError } from "../source/import-error.js";
import { findHeader, type Header, type SampleRow, width } from "../table/header.js";
import type { Line } from "../text/lines.js";
import { recordAssembler } from "./records.js";

/** What separates cells; `tab` is written out, `none` is for one column (a row with a NUL is broken anyway). */
export const DELIMITERS = { ",": ",", ";": ";", tab: "\t", "|": "|", none: "\0" } as const;
export type DelimiterName = keyof typeof DELIMITERS;

const TRIED = [",", ";", "tab", "|"] as const;

/** How the beginning of a file is read as a table. */
export interface Layout {
  readonly delimiter: DelimiterName;
  readonly header: Header;
}

export interface LayoutOptions {
  readonly delimiter?: DelimiterName | undefined;
  readonly skipLines?: number | undefined;
  readonly columns: number;
  readonly mostCharacters: number;
}

/** Name of the delimiter that a first line like `sep=;` tells. */
export function toldDelimiter(line: Line | undefined): DelimiterName | undefined {
  const told = /^"?sep=(.)"?[,;|\t]*$/i.exec(line?.text ?? "")?.[1];
  return TRIED.find((name) => DELIMITERS[name] === told);
}

/**
 * Judges by the first lines: the delimiter under which a header has at least two cells and the rows below fit it. A
 * file without any is a table of one column.
 *
 * @throws {RecallKitError} `import.empty`, `import.limit`
 * @throws {QuestionError} `import.delimiter-ambiguous`, `import.header-ambiguous`
 */
export function findLayout(name: string, lines: readonly Line[], options: LayoutOptions): Layout {
  if (options.delimiter) return layoutBy(name, lines, options.delimiter, options).layout;
  const tried = TRIED.map((delimiter) => attempt(name, lines, delimiter, options));
  const fitting = tried
    .filter((one) => one.layout && one.layout.header.columns.length > 1 && one.fit >= 0.6)
    .map((one) => ({ ...one, score: one.fit * (one.layout?.header.columns.length ?? 0) }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = fitting;
  if (best?.layout) {
    if (!next?.layout || next.layout.header.line > best.layout.header.line || next.score < best.score / 2)
      return best.layout;
    const both = [best, next].flatMap(({ layout }) => (layout ? [layout] : []));
    throw new QuestionError(
      "import.delimiter-ambiguous",
      `${name} makes a table with ${both.map(({ delimiter }) => `"${delimiter}"`).join(" and with ")} between cells`,
      "delimiter",
      both.map(
        ({ delimiter, header }): Candidate => ({
          value: delimiter,
          sample: header.columns.join(" | ").slice(0, 80),
        }),
      ),
      { hint: "name it with --delimiter" },
    );
  }
  const refused = tried.find(({ error }) => RecallKitError.is(error) && error.code === "import.limit");
  if (refused) throw refused.error;
  // A question about the header of a table that has several columns is worth more than one column.
  const asked = tried.find(({ error, fit }) => QuestionError.is(error) && fit >= 0.6);
  if (asked) throw asked.error;
  return layoutBy(name, lines, "none", options).layout;
}

interface Attempt {
  readonly layout?: Layout;
  readonly error?: unknown;
  /** Share of the rows that have several cells and no more than the header. */
  readonly fit: number;
}

function attempt(name: string, lines: readonly Line[], delimiter: DelimiterName, options: LayoutOptions): Attempt {
  try {
    return layoutBy(name, lines, delimiter, options);
  } catch (error) {
    return { error, fit: shareOfWide(rowsOf(lines, delimiter, options), Number.POSITIVE_INFINITY) };
  }
}

function layoutBy(name: string, lines: readonly Line[], delimiter: DelimiterName, options: LayoutOptions) {
  const rows = rowsOf(lines, delimiter, options);
  const header = findHeader(name, rows, options);
  const below = rows.filter(({ line }) => line >= header.line);
  return { layout: { delimiter, header }, fit: shareOfWide(below, header.columns.length) };
}

function rowsOf(lines: readonly Line[], delimiter: DelimiterName, options: LayoutOptions): readonly SampleRow[] {
  const assembler = recordAssembler({ delimiter: DELIMITERS[delimiter], mostCharacters: options.mostCharacters });
  return [...assembler.add(lines), ...assembler.end()].flatMap((record) =>
    "cells" in record && width(record) > 0 ? [record] : [],
  );
}

function shareOfWide(rows: readonly SampleRow[], columns: number): number {
  return rows.filter((row) => row.cells.length > 1 && width(row) <= columns).length / Math.max(1, rows.length);
}
