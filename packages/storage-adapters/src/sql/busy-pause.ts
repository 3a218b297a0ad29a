import type { Random } from "@recallkit/core";

const SHORTEST_MS = 10;
const LONGEST_MS = 500;

/**
 * Pause in ms after the given number of earlier pauses: random between 10 and a ceiling that doubles up to 500.
 *
 * @param firstMs the first ceiling. @default 20
 */
export function busyPause(tries: number, random: Random, firstMs = 2 * SHORTEST_MS): number {
  const ceiling = Math.min(LONGEST_MS, firstMs * 2 ** tries);
  return SHORTEST_MS + random.next() * (ceiling - SHORTEST_MS);
}
