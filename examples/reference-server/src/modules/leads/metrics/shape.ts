import { averageDuration, type CallCounts, contactRate, interestRate, interestShare } from "../figures.js";

/** Figures of calls in the form of answers. */
export function countsShape(counts: CallCounts) {
  return {
    total_calls: counts.calls,
    connected_calls: counts.connected,
    interested_calls: counts.interested,
    total_duration: counts.duration,
    avg_contact_rate: contactRate(counts),
    avg_interest_rate: interestRate(counts),
    interested_share: interestShare(counts),
    avg_call_duration: averageDuration(counts),
  };
}

/** Counts of no calls. */
export const NO_CALLS: CallCounts = { calls: 0, connected: 0, interested: 0, duration: 0 };
