import type { Fault } from "./fault.js";

/** How often something came, and where first. */
export interface TalliedCode {
  readonly code: string;
  readonly path: string;
  readonly count: number;
  /** Up to five. */
  readonly lines: readonly number[];
}

/** What became of the rows of a reading so far. */
export interface ReadingSummary {
  /** Rows of data, broken ones included. */
  readonly rows: number;
  /** Orders, people or opt-outs given on. */
  readonly taken: number;
  /** Rows that were not taken, by code. */
  readonly rejected: readonly TalliedCode[];
  readonly rejectedRows: number;
  /** Orders, people or opt-outs that were not taken; a row that is no row is one. */
  readonly refused: number;
  /** Values left out of rows that were taken, by field and code. */
  readonly dropped: readonly TalliedCode[];
  /** Rows told before. */
  readonly repeated: number;
  /** Rows passed over, by the reason of their rule. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly warnings: readonly TalliedCode[];
}

const FIRST_LINES = 5;

/** Counts what a reading does. */
export interface Tally {
  row(): void;
  taken(): void;
  rejected(line: number, fault: Pick<Fault, "path" | "code">): void;
  /** One order, person or opt-out is not taken, however many rows it has. */
  refused(): void;
  dropped(line: number, path: string, code: string): void;
  warned(line: number, path: string, code: string): void;
  repeated(rows: number): void;
  skipped(reason: string): void;
  summary(): ReadingSummary;
}

/** Begins with nothing. */
export function startTally(): Tally {
  const [rejected, dropped, warned] = [codeCounts(), codeCounts(), codeCounts()];
  const skipped: Record<string, number> = {};
  const counts = { rows: 0, taken: 0, rejectedRows: 0, refused: 0, repeated: 0 };
  return {
    row: () => {
      counts.rows += 1;
    },
    taken: () => {
      counts.taken += 1;
    },
    rejected(line, { path, code }) {
      counts.rejectedRows += 1;
      rejected.add(line, path, code);
    },
    refused: () => {
      counts.refused += 1;
    },
    dropped: (line, path, code) => dropped.add(line, path, code),
    warned: (line, path, code) => warned.add(line, path, code),
    repeated: (rows) => {
      counts.repeated += rows;
    },
    skipped: (reason) => {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    },
    summary: () => ({
      ...counts,
      rejected: rejected.all(),
      dropped: dropped.all(),
      warnings: warned.all(),
      skipped: { ...skipped },
    }),
  };
}

/** Counts codes by field, with the first lines of each. */
export function codeCounts() {
  const found = new Map<string, { code: string; path: string; count: number; lines: number[] }>();
  return {
    add(line: number, path: string, code: string) {
      const known = found.get(`${path}\u0000${code}`);
      const entry = known ?? { code, path, count: 0, lines: [] };
      if (!known) found.set(`${path}\u0000${code}`, entry);
      entry.count += 1;
      if (entry.lines.length < FIRST_LINES) entry.lines.push(line);
    },
    all: (): readonly TalliedCode[] => [...found.values()].map((entry) => ({ ...entry, lines: [...entry.lines] })),
  };
}
