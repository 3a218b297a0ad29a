import type { Level } from "../mapping/mapping.js";

/** What the orders of several rows say about a figure: is it the row's own, or the order's and repeated? */
export interface LevelEvidence {
  /** Takes the cells of one order's neighbouring rows. @param items what tells the things bought apart */
  see(run: LevelRun): void;
  /** A further row of an order seen before has the figure of its first rows, or another one. */
  seeReturn(isEqual: boolean): void;
  readonly counts: LevelCounts;
}

export interface LevelRun {
  /** One cell per row, cleaned; "" for blank ones. */
  readonly figures: readonly string[];
  /** What was bought, per row; "" when no column tells. */
  readonly items: readonly string[];
  /** Quantity × price per row, where both are there. */
  readonly products?: readonly (number | undefined)[];
}

export interface LevelCounts {
  /** Orders whose rows all have one figure. */
  equal: number;
  /** Those of them with different things. */
  equalOfDifferentItems: number;
  /** Different figures among these; counted up to 50. */
  readonly figures: Set<string>;
  /** Orders whose rows have different figures. */
  differing: number;
  /** Orders with a figure on their first row only. */
  firstOnly: number;
  /** Orders where each figure is quantity × price of its row; where it is their sum. */
  byLine: number;
  bySum: number;
}

/** Begins with nothing seen. */
export function levelEvidence(): LevelEvidence {
  const counts: LevelCounts = {
    equal: 0,
    equalOfDifferentItems: 0,
    figures: new Set(),
    differing: 0,
    firstOnly: 0,
    byLine: 0,
    bySum: 0,
  };
  return {
    counts,
    see({ figures, items, products }) {
      // Negative figures are refunds and deductions, which say nothing about the others.
      const rows = figures.flatMap((figure, at) => (/^\(|-/.test(figure) ? [] : [at]));
      if (rows.length < 2) return;
      const given = rows.filter((at) => figures[at] !== "");
      const [first] = given;
      if (first === undefined) return;
      if (given.length === 1) {
        if (first === rows[0]) counts.firstOnly += 1;
        return;
      }
      const isEqual = given.every((at) => figures[at] === figures[first]);
      if (isEqual && products) seeProducts(counts, figures, rows, products);
      if (!isEqual) {
        counts.differing += 1;
        if (products) seeProducts(counts, figures, rows, products);
        return;
      }
      counts.equal += 1;
      if (new Set(rows.map((at) => items[at])).size > 1) {
        counts.equalOfDifferentItems += 1;
        if (counts.figures.size < 50) counts.figures.add(figures[first] ?? "");
      }
    },
    seeReturn(isEqual) {
      if (isEqual) counts.equal += 1;
      else counts.differing += 1;
    },
  };
}

function seeProducts(
  counts: LevelCounts,
  figures: readonly string[],
  rows: readonly number[],
  products: readonly (number | undefined)[],
): void {
  const values = rows.map((at) => Number((figures[at] ?? "").replace(/[^\d.]/g, "")));
  const known = rows.map((at) => products[at]);
  if (known.some((product) => product === undefined) || values.some(Number.isNaN)) return;
  const near = (a: number, b: number | undefined) => Math.abs(a - (b ?? Number.NaN)) < 0.006;
  const sum = known.reduce<number>((total, product) => total + (product ?? 0), 0);
  const isByLine = values.every((value, at) => near(value, known[at]));
  const isBySum = values.every((value) => near(value, sum));
  if (isByLine && !isBySum) counts.byLine += 1;
  if (isBySum && !isByLine) counts.bySum += 1;
}

/** How a figure's level was found, or that it can't be. */
export type LevelVerdict =
  | { readonly level: Level; readonly by: "told" | "arithmetic" | "evidence" | "name" | "indifferent" }
  | { readonly level: undefined; readonly reason: "ambiguous" | "contradictory" };

/** Share of differing orders from which equal figures are taken for things of one price. */
const OFTEN = 0.2;
/** Orders of different things with equal figures, and how many figures, that chance doesn't bring about. */
const MANY = { orders: 5, figures: 3 };

/** Judges a figure's level. @param named what the column's name says by itself */
export function judgeLevel(counts: LevelCounts, named: Level | undefined, told: Level | undefined): LevelVerdict {
  const { equal, differing, firstOnly, byLine, bySum } = counts;
  if (told) return { level: told, by: "told" };
  if (equal + differing + firstOnly === 0) return { level: named ?? "line", by: "indifferent" };
  if (byLine > 0 && bySum === 0 && firstOnly === 0) return { level: "line", by: "arithmetic" };
  if (bySum > 0 && byLine === 0 && differing === 0) return { level: "order", by: "arithmetic" };
  if (bySum > 0 && byLine > 0) return { level: undefined, reason: "contradictory" };
  if (firstOnly > 0) {
    return differing === 0 ? { level: "order", by: "evidence" } : { level: undefined, reason: "contradictory" };
  }
  if (differing > 0) {
    if (named === "order") return { level: undefined, reason: "contradictory" };
    const isLine = equal === 0 || named === "line" || differing >= (differing + equal) * OFTEN;
    return isLine ? { level: "line", by: "evidence" } : { level: undefined, reason: "contradictory" };
  }
  if (named) return { level: named, by: "name" };
  const isMany = counts.equalOfDifferentItems >= MANY.orders && counts.figures.size >= MANY.figures;
  return isMany ? { level: "order", by: "evidence" } : { level: undefined, reason: "ambiguous" };
}
