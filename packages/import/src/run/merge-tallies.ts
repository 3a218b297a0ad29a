import type { TalliedCode } from "../reading/tally.js";

const FIRST_LINES = 5;

/** Two counts by field and code as one. */
export function mergeTallies(first: readonly TalliedCode[], second: readonly TalliedCode[]): readonly TalliedCode[] {
  const merged = new Map(first.map((one) => [`${one.path}\u0000${one.code}`, one]));
  for (const one of second) {
    const key = `${one.path}\u0000${one.code}`;
    const known = merged.get(key);
    const lines = [...(known?.lines ?? []), ...one.lines].sort((a, b) => a - b).slice(0, FIRST_LINES);
    merged.set(key, { ...one, count: one.count + (known?.count ?? 0), lines });
  }
  return [...merged.values()];
}
