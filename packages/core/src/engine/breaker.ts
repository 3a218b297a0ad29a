import type { EffectClass } from "../errors.js";
import type { ChannelKey } from "../ports/batch-store.js";

/** Calls of so long count. */
const WINDOW_MS = 60_000;
/** Fewer calls say nothing. */
const MIN_CALLS = 20;
const BAD_SHARE = 0.5;
/** Time between two probes of a channel that does not work. */
const PROBE_MS = 30_000;

/** How a channel of a merchant works, as this process sees it. */
export interface ChannelHealth extends ChannelKey {
  /**
   * `closed`: it is called; `open`: it fails or is not set up, and gets nothing; `half-open`: one call at a time tries whether it
   * works again; `limited`: it works, and wants no more for now.
   */
  readonly state: "closed" | "open" | "half-open" | "limited";
  /** Until when it gets nothing, in ms since the epoch; null: it is called. */
  readonly until: number | null;
}

/**
 * What this process has seen of each tenant's channels. A channel that fails, or says that it wants no more for now, gets no
 * batches; then one batch at a time tries whether it works again. A hint: another process finds out for itself.
 */
export interface Breakers {
  /** Channels that get nothing at this instant, and those that get one batch as a probe. */
  at(now: number): { readonly shut: readonly ChannelKey[]; readonly probed: readonly ChannelKey[] };
  /** Every channel that this process has called, and how it works. */
  states(now: number): readonly ChannelHealth[];
  /** A batch was claimed as a probe; the next one follows 30 s later unless this one works. */
  probe(key: ChannelKey, now: number): void;
  /**
   * Takes note of how a call, or its preparation, ended.
   *
   * @param until for `RATE_LIMITED`, `AUTH` and `CONFIG`: when to try again
   * @returns whether the channel shut with this call, and for a reason that it was not shut for already
   */
  note(key: ChannelKey, effect: EffectClass, now: number, until?: number): boolean;
}

interface Breaker {
  readonly key: ChannelKey;
  /** Calls of the window by second, oldest first: a busy channel has thousands of them in each. */
  seconds: { readonly at: number; calls: number; bad: number }[];
  /** Why it is shut; null: it is not. */
  reason: "failing" | "AUTH" | "CONFIG" | null;
  until: number;
  isProbed: boolean;
  /** Nothing goes out before; the channel itself works. */
  limitedUntil: number;
}

/** Adds a call to those of the last minute. @returns how many there are, and how many of them were bad */
function count({ seconds }: Breaker, isBad: boolean, now: number): { readonly calls: number; readonly bad: number } {
  while (seconds[0] && seconds[0].at <= now - WINDOW_MS) seconds.shift();
  const at = now - (now % 1000);
  const last = seconds.at(-1);
  // A clock that went back adds to the second it was in.
  const second = last && last.at >= at ? last : { at, calls: 0, bad: 0 };
  if (second !== last) seconds.push(second);
  second.calls += 1;
  if (isBad) second.bad += 1;
  return seconds.reduce((sum, one) => ({ calls: sum.calls + one.calls, bad: sum.bad + one.bad }), { calls: 0, bad: 0 });
}

export function createBreakers(): Breakers {
  const breakers = new Map<string, Breaker>();

  function breakerOf({ tenantId, channel }: ChannelKey): Breaker {
    const name = `${tenantId} ${channel}`;
    const made = { key: { tenantId, channel }, seconds: [], reason: null, until: 0, isProbed: false, limitedUntil: 0 };
    const breaker: Breaker = breakers.get(name) ?? made;
    breakers.set(name, breaker);
    return breaker;
  }

  function shut(breaker: Breaker, reason: NonNullable<Breaker["reason"]>, until: number): boolean {
    const isNews = breaker.reason !== reason;
    Object.assign(breaker, { reason, until, isProbed: false });
    return isNews;
  }

  return {
    at(now) {
      const isShut = ({ reason, until, limitedUntil }: Breaker) =>
        limitedUntil > now || (reason !== null && until > now);
      const all = [...breakers.values()];
      return {
        shut: all.filter(isShut).map(({ key }) => key),
        probed: all.filter((breaker) => breaker.reason !== null && !isShut(breaker)).map(({ key }) => key),
      };
    },
    states: (now) =>
      [...breakers.values()].map(({ key, reason, until, limitedUntil }) => {
        if (reason !== null)
          return { ...key, state: until > now ? "open" : "half-open", until: until > now ? until : null };
        return limitedUntil > now
          ? { ...key, state: "limited", until: limitedUntil }
          : { ...key, state: "closed", until: null };
      }),
    probe(key, now) {
      Object.assign(breakerOf(key), { until: now + PROBE_MS, isProbed: true });
    },
    note(key, effect, now, until = now) {
      if (effect === "STORE" || effect === "BUG") return false;
      const breaker = breakerOf(key);
      if (effect === "AUTH" || effect === "CONFIG") return shut(breaker, effect, until);
      if (effect === "RATE_LIMITED") breaker.limitedUntil = Math.max(breaker.limitedUntil, until);
      const isBad = effect === "NOT_SENT" || effect === "UNKNOWN" || effect === "BUSY";
      // Other calls may have been under way when it shut: only a probe tells that it works again.
      if (breaker.reason !== null && !breaker.isProbed) return false;
      if (breaker.reason !== null && isBad) return shut(breaker, breaker.reason, now + PROBE_MS);
      if (breaker.reason !== null) Object.assign(breaker, { reason: null, isProbed: false, seconds: [] });
      const { calls, bad } = count(breaker, isBad, now);
      const isFailing = isBad && calls >= MIN_CALLS && bad >= BAD_SHARE * calls;
      return isFailing && shut(breaker, "failing", now + PROBE_MS);
    },
  };
}
