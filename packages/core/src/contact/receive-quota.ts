import { addDays, DEFAULT_TIME_ZONE, localDateOf, startOfDay, weekdayOf } from "../local-time.js";

/** How many messages one person can receive on a channel, by the rules of its provider: of all that arrive, the others never do. */
export interface ReceiveQuota {
  /** Natural day, week from Monday, or month of the provider's zone. */
  readonly window: "day" | "week" | "month";
  /** Messages within it, `>= 1`; `"days-in-month"`: as many as the month has days. */
  readonly max: number | "days-in-month";
  /** IANA zone in which windows begin. @default "Asia/Shanghai" */
  readonly timeZone?: string | undefined;
}

/** A quota at an instant, in numbers that a store compares its ledger with. */
export interface QuotaPolicy {
  /** Start of the window, epoch ms: what was delivered before it does not count. */
  readonly since: number;
  /** Charges older than this are not looked at, epoch ms. */
  readonly oldest: number;
  /** Messages within the window. */
  readonly max: number;
}

/** Tasks older than this are not confirmed any more. */
const LONGEST_WAIT_MS = 31 * 86_400_000;

/** A quota as it stands at an instant. */
export function quotaPolicy({ window, max, timeZone = DEFAULT_TIME_ZONE }: ReceiveQuota, now: number): QuotaPolicy {
  const today = localDateOf(now, timeZone);
  const firstOfMonth = `${today.slice(0, 8)}01`;
  const first = { day: today, week: addDays(today, 1 - weekdayOf(today)), month: firstOfMonth }[window];
  const since = startOfDay(first, timeZone);
  const most = max === "days-in-month" ? daysInMonth(firstOfMonth) : max;
  return { since, oldest: since - LONGEST_WAIT_MS, max: most };
}

/**
 * True when one more message would be more than the provider delivers.
 *
 * @param received messages on the channel that a person has or may still get: when they were delivered, epoch ms, or null
 *   while that is not known
 */
export function isOverQuota(received: readonly (number | null)[], { since, max }: QuotaPolicy): boolean {
  return received.filter((at) => at === null || at >= since).length >= max;
}

function daysInMonth(firstOfMonth: string): number {
  const next = `${addDays(firstOfMonth, 31).slice(0, 8)}01`;
  return Math.round((Date.parse(next) - Date.parse(firstOfMonth)) / 86_400_000);
}
