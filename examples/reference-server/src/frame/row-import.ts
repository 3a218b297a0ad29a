import type { InputIssue } from "@recallkit/core";
import type { ServerContext } from "./context.js";

/** What columns of a file of rows mean; further options belong to the kind. */
export interface RowMapping {
  readonly version: 1;
  readonly kind: string;
  /** Names of columns by field. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A column that a kind of file can have. */
export interface RowField {
  readonly name: string;
  /** Names that the column may have, the likelier first; compared without case, blanks and punctuation. */
  readonly words: readonly string[];
}

/** A row that was read, or what is wrong with it. */
export type ReadOutcome<T> = { readonly value: T } | { readonly faults: readonly InputIssue[] };

/** What became of rows; `rejected` counts from the first of those that were given. */
export interface RowsWritten {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected?: readonly (InputIssue & { readonly index: number })[];
}

/** Reads and writes the rows of one import, in the order of the file. */
export interface RowImport<T> {
  /** @param cells by field; a field without a column is "" */
  read(cells: Readonly<Record<string, string>>): ReadOutcome<T>;
  /** Writes rows in the transaction under way; a second time they are unchanged. */
  write(rows: readonly T[]): Promise<RowsWritten>;
}

/** A kind of file whose rows are a module's own; it is imported as the shop's files are. */
export interface RowKind<T = unknown> {
  readonly kind: string;
  readonly fields: readonly RowField[];
  /** @throws {InputError} with paths of the mapping */
  parse(told: unknown): RowMapping;
  /** Fields without a column that a mapping needs. */
  missing(mapping: RowMapping): readonly string[];
  /** Columns that a mapping names beside those of `columns`. */
  otherColumns?(mapping: RowMapping): Readonly<Record<string, string>>;
  /** Begins an import. @throws {NotFoundError} what the mapping is about is not there */
  begin(context: ServerContext, tenantId: number, mapping: RowMapping): Promise<RowImport<T>>;
}
