/** Lanes that messages wait in, the slowest first. */
export const LANES = ["low", "normal", "high", "urgent"] as const;
export type Lane = (typeof LANES)[number];

/** Highest priority of a message; 0 is the lowest. */
export const MAX_PRIORITY = 10;
export const DEFAULT_PRIORITY = 5;

/** Lowest priority of each lane. */
const FLOORS = [0, 3, 6, 9] as const;

/** How many of fifteen messages that go out come out of each lane while all of them are full. */
const SHARES = [1, 2, 4, 8] as const;
const ALL_SHARES = 15;

/** Number of the lane that a priority waits in: 0 … 2 low, 3 … 5 normal, 6 … 8 high, 9 and 10 urgent. */
export function laneOf(priority: number): number {
  return FLOORS.findLastIndex((floor) => priority >= floor);
}

/** A lane by its number. */
export function laneName(lane: number): Lane {
  return LANES[lane] ?? "low";
}

/** How many messages of `limit` each lane may take first, the most urgent first; none gets nothing, so that none starves. */
export function laneShares(limit: number): readonly { readonly lane: number; readonly limit: number }[] {
  return SHARES.map((share, lane) => ({
    lane,
    limit: Math.max(1, Math.floor((limit * share) / ALL_SHARES)),
  })).reverse();
}
