import { RefusedCall } from "./errors.js";

/** How often a corp may make each call; who exceeds it is shut out for a minute, or an hour. */
export interface CallQuota {
  /** @default 10 000 */
  readonly perMinute?: number;
  /** @default 150 000 */
  readonly perHour?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Counts calls by corp and path. */
export interface CallCounter {
  /** @throws {RefusedCall} 45009 over the quota, and as long as its breach is punished */
  take(corpId: string, path: string, now: number): void;
}

interface Count {
  window: number;
  calls: number;
}

/** @see https://developer.work.weixin.qq.com/document/path/90454 */
export function createCallCounter({ perMinute = 10_000, perHour = 150_000 }: CallQuota = {}): CallCounter {
  const counts = new Map<string, Count>();
  const shutUntil = new Map<string, number>();
  const spans = [
    { ms: MINUTE_MS, most: perMinute },
    { ms: HOUR_MS, most: perHour },
  ];
  return {
    take(corpId, path, now) {
      const key = `${corpId} ${path}`;
      if (now < (shutUntil.get(key) ?? 0)) throw new RefusedCall(45009);
      for (const { ms, most } of spans) {
        const window = Math.floor(now / ms);
        const count = counts.get(`${key} ${ms}`);
        const calls = count?.window === window ? count.calls + 1 : 1;
        counts.set(`${key} ${ms}`, { window, calls });
        if (calls <= most) continue;
        shutUntil.set(key, now + ms);
        throw new RefusedCall(45009);
      }
    },
  };
}
