import { type Clock, type Logger, RecallKitError } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";
import { NO_LIMITS, type RateLimits } from "@recallkit/http";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { ipKeyGenerator, rateLimit, type Store } from "express-rate-limit";
import type { ServerContext } from "../../frame/context.js";
import type { Session } from "../../frame/session.js";
import { countWith } from "./count-with.js";
import { exchangeHits } from "./store.js";

const MINUTE_MS = 60_000;
/** Processes tell each other their counts at most this often. */
const EXCHANGE_MS = 1000;

/** Requests a minute: 30 logins, 3 000 callbacks and 300 other calls of an address, 600 of a session or API key. */
export const REQUESTS_A_MINUTE = { login: 30, callback: 3000, visitor: 300, session: 600 } as const;

/** The limits of the server, or none when they are switched off. */
export function rateLimits(
  context: Pick<ServerContext, "config" | "stores" | "clock" | "logger">,
): RateLimits<Session> {
  if (!context.config.hasRateLimits) return NO_LIMITS;
  const limiter = (kind: keyof typeof REQUESTS_A_MINUTE) =>
    countWith((keyGenerator, handler) =>
      rateLimit({
        windowMs: MINUTE_MS,
        limit: REQUESTS_A_MINUTE[kind],
        standardHeaders: "draft-8",
        legacyHeaders: false,
        identifier: kind,
        keyGenerator,
        handler,
        store: sharedCounts(kind, context),
        // Every `next` below is a call's own; the library must not look for Express around it.
        validate: false,
      }),
    );
  const byAddress = { login: limiter("login"), visitor: limiter("visitor"), callback: limiter("callback") };
  const bySession = limiter("session");
  return {
    // IPv6 callers own whole networks, so they are counted by /56.
    login: ({ ip }) => byAddress.login(ipKeyGenerator(ip)),
    visitor: ({ ip }) => byAddress.visitor(ipKeyGenerator(ip)),
    callback: ({ ip }) => byAddress.callback(ipKeyGenerator(ip)),
    session: ({ session }) => bySession(`${session?.kind}:${session?.id}`),
    probe: null,
  };
}

interface Counter {
  /** Counted here and not told yet. */
  fresh: number;
  /** Counted by all processes as far as told. */
  known: number;
  readonly expiresAt: number;
}

/** Counts in memory, exchanged through the database: a request never waits for it, and a process may be a second behind. */
function sharedCounts(
  kind: string,
  { stores, clock, logger }: { readonly stores: SqlStores; readonly clock: Clock; readonly logger: Logger },
): Store {
  const counters = new Map<string, Counter>();
  let exchangedAt = Number.NEGATIVE_INFINITY;
  let exchange: Promise<void> | undefined;

  async function exchangeNow(now: number): Promise<void> {
    for (const [name, { expiresAt }] of counters) if (expiresAt <= now) counters.delete(name);
    const told = [...counters].flatMap(([counter, { fresh, expiresAt }]) =>
      fresh > 0 ? [{ counter, hits: fresh, expiresAt }] : [],
    );
    const totals = await exchangeHits(stores, told, now);
    for (const { counter, hits } of told) {
      const mine = counters.get(counter);
      if (!mine) continue;
      mine.fresh -= hits;
      mine.known = totals.get(counter) ?? mine.known;
    }
  }

  return {
    localKeys: false,
    async increment(key) {
      const now = clock.now();
      const window = Math.floor(now / MINUTE_MS);
      const name = sha256Hex(`${kind}|${window}|${key}`);
      const counter = counters.get(name) ?? { fresh: 0, known: 0, expiresAt: (window + 1) * MINUTE_MS };
      counter.fresh++;
      counters.set(name, counter);
      if (!exchange && now - exchangedAt >= EXCHANGE_MS) {
        exchangedAt = now;
        exchange = exchangeNow(now)
          .catch((error: unknown) => {
            logger.warn("limits.not-exchanged", { code: RecallKitError.is(error) ? error.code : "bug" });
          })
          .finally(() => {
            exchange = undefined;
          });
      }
      return { totalHits: counter.known + counter.fresh, resetTime: new Date(counter.expiresAt) };
    },
    async decrement() {},
    async resetKey() {},
    async shutdown() {
      await exchange;
    },
  };
}
