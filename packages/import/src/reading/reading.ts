import type { Dropped, Fault } from "./fault.js";
import type { ReadingSummary } from "./tally.js";

/** What one or more rows of a file have become. */
export type ReadItem<Row> = TakenItem<Row> | RejectedItem;

/** What was understood of one or several lines of the file. */
export interface TakenItem<Row> {
  readonly kind: "taken";
  /** Where the first of its rows stands. */
  readonly file: number;
  readonly line: number;
  /** Lines of all its rows. */
  readonly lines: readonly number[];
  /** Its rows as the file wrote them, for a refusal by the kit. */
  readonly source: readonly SourceLine[];
  /** What the kit takes. */
  readonly row: Row;
  /** Optional values that were left out. */
  readonly dropped: readonly Dropped[];
}

/** A row as the file wrote it. */
export interface SourceLine {
  /** Place of its file among those that are read together. */
  readonly file: number;
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row that isn't taken: as the file wrote it, and why. */
export interface RejectedItem extends Fault {
  readonly kind: "rejected";
  readonly file: number;
  readonly line: number;
  /** Cells as they were; one cell with the text of the row when it is no row at all. */
  readonly cells: readonly string[];
}

/** A file that was judged, to be read any number of times. */
export interface Reading<Row> {
  /** Reads the files from their beginning; the counts begin anew. */
  items(): AsyncIterable<ReadItem<Row>>;
  /** Counts of the reading under way or done. */
  summary(): ReadingSummary;
}
