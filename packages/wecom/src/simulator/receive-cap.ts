/** How many mass messages one customer can receive from one corp. */
export interface ReceiveCap {
  /** Natural day, week (from Monday) or month in UTC+8. */
  readonly window: "day" | "week" | "month";
  /** `"days-in-month"`: as many as the month of the sending has days. */
  readonly max: number | "days-in-month";
}

/** The provider's default since 2025. @see https://developer.work.weixin.qq.com/document/path/92135 */
export const defaultCap: ReceiveCap = { window: "month", max: "days-in-month" };

/** Counts what each customer received in the running window. */
export interface ReceiveCounter {
  /** Counts one message at `at` (epoch ms, not going back) and says whether it fits under the cap. */
  take(externalUserid: string, at: number): boolean;
}

const dayMs = 86_400_000;
const zoneOffsetMs = 8 * 3_600_000;

/** A counter that keeps only the running window. */
export function createReceiveCounter(cap: ReceiveCap): ReceiveCounter {
  let current: number | undefined;
  let received = new Map<string, number>();
  return {
    take(externalUserid, at) {
      const number = windowNumber(cap.window, at);
      if (number !== current) {
        current = number;
        received = new Map();
      }
      const before = received.get(externalUserid) ?? 0;
      if (before >= (cap.max === "days-in-month" ? daysInMonth(at) : cap.max)) return false;
      received.set(externalUserid, before + 1);
      return true;
    },
  };
}

function windowNumber(window: ReceiveCap["window"], at: number): number {
  const local = at + zoneOffsetMs;
  const day = Math.floor(local / dayMs);
  if (window === "day") return day;
  // 1970-01-01 was a Thursday, so a week that begins on Monday is three days ahead.
  if (window === "week") return Math.floor((day + 3) / 7);
  const date = new Date(local);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function daysInMonth(at: number): number {
  const date = new Date(at + zoneOffsetMs);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
