/** When something fires, in words and in instants. */
export interface Firings {
  /** The same words for the same instants. */
  readonly words: string;
  /** The first firing after an instant, epoch ms; null: none. */
  next(after: number): number | null;
  /** The last firing at an instant or before, epoch ms; null: none. */
  last(until: number): number | null;
}

/** Every so many ms, counted from 1970: the same instants in every process. @param everyMs ≥ 1000 */
export function intervalFirings(everyMs: number): Firings {
  return {
    words: `every ${everyMs} ms`,
    next: (after) => (Math.floor(after / everyMs) + 1) * everyMs,
    last: (until) => Math.floor(until / everyMs) * everyMs,
  };
}

/** Fires by hand only. */
export const noFirings: Firings = { words: "by hand", next: () => null, last: () => null };

/** The next firings after an instant, at most `count`. */
export function upcoming(firings: Firings, after: number, count: number): readonly number[] {
  const instants: number[] = [];
  for (let at = firings.next(after); at !== null && instants.length < count; at = firings.next(at)) instants.push(at);
  return instants;
}
