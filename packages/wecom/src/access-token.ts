import { createHash } from "node:crypto";
import type { CachedValue, TokenCache } from "@recallkit/core/ports";
import { abortedCall, notSent } from "./call-errors.js";
import type { AccessTokenProvider } from "./options.js";

const LONGEST_MARGIN_MS = 300_000;

/** An app's access token, fetched at most once at a time. */
export interface TokenSource {
  /** @throws {ChannelError} no token could be had: nothing was sent */
  current(signal: AbortSignal | undefined): Promise<string>;
  /** Drops this token unless a fresh one has taken its place. */
  expire(token: string): Promise<void>;
}

/**
 * Tokens of one app out of a cache.
 *
 * @param key from {@link credentialsKey}
 * @param fetch asks `gettoken`; shared by everybody who waits, so that nobody's abort may end it
 */
export function tokenSource(cache: TokenCache, key: string, fetch: () => Promise<CachedValue>): TokenSource {
  return {
    async current(signal) {
      try {
        return await untilAborted(cache.getOrFetch(key, fetch), signal);
      } catch (error) {
        throw notSent(error);
      }
    },
    expire: (token) => cache.expire(key, token),
  };
}

/**
 * Tokens of somebody else's making. A refused one is handed back once, whoever meets it first; the others wait.
 *
 * @param provider its failures count as proof that nothing was sent
 */
export function providedTokens(provider: AccessTokenProvider): TokenSource {
  let refused: string | undefined;
  let refreshing: Promise<string> | undefined;
  const refresh = (token: string) => {
    refreshing ??= provider.refresh(token).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  return {
    async current(signal) {
      try {
        const token = await untilAborted(provider.get(), signal);
        return token === refused ? await untilAborted(refresh(token), signal) : token;
      } catch (error) {
        throw notSent(error);
      }
    },
    async expire(token) {
      refused = token;
    },
  };
}

/** Cache key of something that belongs to these credentials; the secret can't be read from it. */
export function credentialsKey(kind: "token" | "media", ...credentials: readonly string[]): string {
  return `wecom:${kind}:${createHash("sha256").update(JSON.stringify(credentials)).digest("hex").slice(0, 32)}`;
}

/** When a token is no longer used: 300 s, or a tenth of its life, before its end. Epoch ms. */
export function tokenExpiresAt(now: number, expiresInSeconds: number): number {
  const lifeMs = Math.max(0, expiresInSeconds) * 1000;
  return now + lifeMs - Math.min(LONGEST_MARGIN_MS, lifeMs / 10);
}

/** The value of a shared promise, unless the caller gives up first; the promise itself goes on for the others. */
export function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedCall(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
