/** What a cell is under a reading; undefined: it can't be read so. */
export type Sense = string | number | bigint | undefined;

/** A cell that is read in several ways, shown to whoever has to decide. */
export interface OpenCell<R extends string> {
  readonly line: number;
  readonly text: string;
  readonly readings: Readonly<Partial<Record<R, string>>>;
}

/** What all cells of a column together say about how it is to be read. */
export type Verdict<R extends string> =
  | { readonly kind: "decided"; readonly reading: R; readonly by: "evidence" | "told" | "indifferent" }
  | {
      readonly kind: "ambiguous" | "contradictory";
      readonly readings: readonly R[];
      readonly cells: readonly OpenCell<R>[];
    };

/** Share of cells that may contradict a reading that was told: they are rejected one by one. */
const TOLERATED = 0.01;

/**
 * Asks cell by cell which of several readings are possible. A reading that some cell forbids, while another one takes it, is
 * out; cells that fit none say nothing.
 */
export interface ColumnVote<R extends string> {
  see(line: number, text: string, senses: Readonly<Record<R, Sense>>): void;
  /** @param told what the user says; it holds unless more than a hundredth of the cells forbid it */
  verdict(told?: R): Verdict<R>;
}

/** Begins a vote. @param show a sense for people. @default String */
export function columnVote<R extends string>(
  readings: readonly R[],
  show: (sense: Sense) => string = String,
): ColumnVote<R> {
  const misfits = new Map(readings.map((reading) => [reading, 0]));
  const against = new Map<R, OpenCell<R>>();
  const differing = new Map<string, OpenCell<R>>();
  let seen = 0;
  return {
    see(line, text, senses) {
      const fitting = readings.filter((reading) => senses[reading] !== undefined);
      if (fitting.length === 0) return;
      seen += 1;
      const cell = () => ({
        line,
        text,
        // Only readings that fit are shown.
        readings: Object.fromEntries(fitting.map((r) => [r, show(senses[r])])) as Partial<Record<R, string>>,
      });
      for (const reading of readings) {
        if (senses[reading] !== undefined) continue;
        misfits.set(reading, (misfits.get(reading) ?? 0) + 1);
        if (!against.has(reading)) against.set(reading, cell());
      }
      for (const [at, one] of fitting.entries())
        for (const other of fitting.slice(at + 1))
          if (senses[one] !== senses[other] && !differing.has(`${one}/${other}`))
            differing.set(`${one}/${other}`, cell());
    },
    verdict(told) {
      const left = readings.filter((reading) => misfits.get(reading) === 0);
      if (told !== undefined) {
        const wrong = misfits.get(told) ?? 0;
        if (wrong <= seen * TOLERATED) return { kind: "decided", reading: told, by: "told" };
        const cell = against.get(told);
        return { kind: "contradictory", readings, cells: cell ? [cell] : [] };
      }
      const [first] = left;
      if (first === undefined) return { kind: "contradictory", readings, cells: [...against.values()].slice(0, 3) };
      const open = [...differing].filter(([pair]) => pair.split("/").every((name) => left.some((r) => r === name)));
      if (open.length > 0)
        return { kind: "ambiguous", readings: left, cells: open.map(([, cell]) => cell).slice(0, 3) };
      return { kind: "decided", reading: first, by: left.length === 1 ? "evidence" : "indifferent" };
    },
  };
}
