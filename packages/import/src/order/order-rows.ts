/** A row of one of the files that are read together. */
export interface SourceRow {
  /** Place of the file among them, from 0. */
  readonly file: number;
  readonly line: number;
  readonly cells: readonly string[];
}

/** Neighbouring rows of one order. */
export interface Run {
  readonly file: number;
  readonly rows: readonly SourceRow[];
}

/** All rows of one order, wherever they stand. */
export interface OrderRows {
  readonly key: string;
  readonly runs: readonly Run[];
  /** More rows than an order may have; these are a part of them. */
  readonly isTooLong: boolean;
}

/** Most rows of one order; more are never held at once. */
export const MAX_ORDER_ROWS = 10_000;

/** What makes two rows identical. */
export function rowText({ cells }: Pick<SourceRow, "cells">): string {
  return cells.join("\u0001");
}
