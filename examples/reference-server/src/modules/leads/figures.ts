// Every rate has one definition, and it stands here.
import { minorToMajor } from "@recallkit/core/ports";

/** What is counted of calls. */
export interface CallCounts {
  readonly calls: number;
  readonly connected: number;
  readonly interested: number;
  /** Seconds talked, of connected calls and voicemail. */
  readonly duration: number;
}

/** Part ÷ whole, 0 … 1, to six decimals; null without a whole. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000_000) / 1_000_000;
}

/** Connected ÷ all calls. */
export const contactRate = ({ connected, calls }: CallCounts) => ratio(connected, calls);

/** Interested ÷ connected calls. */
export const interestRate = ({ interested, connected }: CallCounts) => ratio(interested, connected);

/** Interested ÷ all calls. */
export const interestShare = ({ interested, calls }: CallCounts) => ratio(interested, calls);

/** Seconds talked ÷ connected calls. */
export const averageDuration = ({ duration, connected }: CallCounts) => ratio(duration, connected);

/** Cost ÷ how many it brought, in major units to two decimals; null when it brought none. */
export function costPer(costMinor: number, count: number, currency: string): number | null {
  return count === 0 ? null : minorToMajor(Math.round(costMinor / count), currency);
}

/** (Revenue − cost) ÷ cost; null without a cost. */
export function returnOn(costMinor: number, revenueMinor: number): number | null {
  return ratio(revenueMinor - costMinor, costMinor);
}

/** Counts as a table has them. */
export function countsOf(row: {
  readonly total_calls: number;
  readonly connected_calls: number;
  readonly interested_calls: number;
  readonly total_duration: number;
}): CallCounts {
  return {
    calls: Number(row.total_calls),
    connected: Number(row.connected_calls),
    interested: Number(row.interested_calls),
    duration: Number(row.total_duration),
  };
}
