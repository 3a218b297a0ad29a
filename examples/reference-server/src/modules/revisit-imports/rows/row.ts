import type { Clock, InputIssue, RecallKit } from "@recallkit/core";
import { rowHash } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

/** What writing rows needs: the stores of the transaction under way. */
export interface WriteContext {
  readonly stores: SqlStores;
  readonly kit: RecallKit<SqlStores>;
  readonly clock: Clock;
  readonly now: number;
  /** The file and its run: a code that it names twice is told by this. */
  readonly seenBy: string;
}

/** A row of a file, where it stands. */
export interface Placed<T> {
  readonly index: number;
  readonly value: T;
}

/** What is wrong with a row, or with a part of it that was left out. */
export interface RowFault {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly path: string;
  /** Why, as a code of the list of errors. */
  readonly code: string;
}

/** What became of rows; the counts and the rows of `rejected` add up to those given. */
export interface Written {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly RowFault[];
  /** Parts that were left out of rows that were taken. */
  readonly dropped: readonly RowFault[];
}

/** Reads and writes rows of one kind of file. */
export interface RowWriter<T> {
  /** @returns the row, or everything that is wrong with it; nothing is looked up */
  read(given: unknown): { readonly value: T } | { readonly issues: readonly InputIssue[] };
  /** Writes rows in the transaction of `context.stores`, which may run several times; a second time they are unchanged. */
  write(context: WriteContext, rows: readonly Placed<T>[]): Promise<Written>;
}

export const NOTHING_WRITTEN: Written = { inserted: 0, updated: 0, unchanged: 0, rejected: [], dropped: [] };

/** Adds up what became of rows. */
export function writtenTogether(a: Written, b: Written): Written {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    rejected: [...a.rejected, ...b.rejected],
    dropped: [...a.dropped, ...b.dropped],
  };
}

/** The hash of what a file says of something; its fields come in the order of their schema. */
export function hashOfRow(value: unknown): string {
  return rowHash([JSON.stringify(value)]);
}
