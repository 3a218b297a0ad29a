/** Something about cells that the reader has to know, though the rows can be read. */
export interface ReadWarning {
  /** `cell.error`, `cell.no-value` or `cell.lost-digits`. */
  readonly code: string;
  readonly count: number;
  /** Where it was found first, at most ten. */
  readonly lines: readonly number[];
}

/** Gathers the warnings of one reading. */
export interface Warnings {
  /** So far; complete once all rows were read. */
  readonly list: readonly ReadWarning[];
  note(code: string, line: number): void;
  clear(): void;
}

const MOST_LINES = 10;

export function warnings(): Warnings {
  const found = new Map<string, { count: number; readonly lines: number[] }>();
  return {
    get list() {
      return [...found].map(([code, { count, lines }]) => ({ code, count, lines: [...lines] }));
    },
    note(code, line) {
      const known = found.get(code) ?? { count: 0, lines: [] };
      known.count += 1;
      if (known.lines.length < MOST_LINES) known.lines.push(line);
      found.set(code, known);
    },
    clear: () => found.clear(),
  };
}
