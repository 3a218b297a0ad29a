import { addDays, localDateOf, startOfDay } from "../local-time.js";
import type { Instants } from "./audience-condition.js";
import type { LapseWindow } from "./segment.js";

/**
 * The half-open instants of a lapse window seen from `asOf`.
 *
 * Day 0 is the local day of `asOf`; a window 30 … 45 runs from the first instant of the day 45 days ago to the end of the day 30 days ago.
 */
export function windowInstants(
  window: Pick<LapseWindow, "minDays" | "maxDays">,
  asOf: number,
  timeZone: string,
): Instants {
  const today = localDateOf(asOf, timeZone);
  return {
    from: startOfDay(addDays(today, -window.maxDays), timeZone),
    to: Math.min(startOfDay(addDays(today, 1 - window.minDays), timeZone), asOf),
  };
}
