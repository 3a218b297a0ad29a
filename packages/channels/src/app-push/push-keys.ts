import type { Clock } from "@recallkit/core";
import type { TokenCache } from "@recallkit/core/ports";

/** JPush knows a key for a day; the rest is for a call on its way. */
const KEY_LIFE_MS = 23 * 3_600_000;
/** How long a repeat is certain to carry the first one's key: half of its life stays for the message that gets it. */
export const KEY_WINDOW_MS = KEY_LIFE_MS / 2;
/** Keys that one call brings. */
const AT_ONCE = 100;

/** Keys by which JPush tells repeats: handed out by it, and kept under the message that they were used for. */
export interface PushKeys {
  /** The message's key, the same in every attempt as long as the cache remembers. @param name names the message */
  of(name: string): Promise<string>;
}

/**
 * @param cache undefined: every attempt has a key of its own
 * @param fetch brings fresh keys; nobody receives anything by it
 */
export function pushKeys(
  cache: TokenCache | undefined,
  clock: Clock,
  account: string,
  fetch: (count: number) => Promise<readonly string[]>,
): PushKeys {
  let fresh: readonly string[] = [];
  let freshUntil = 0;
  let fetching: Promise<void> | undefined;

  async function take(): Promise<string> {
    if (clock.now() >= freshUntil) fresh = [];
    const [key, ...rest] = fresh;
    if (key !== undefined) {
      fresh = rest;
      return key;
    }
    fetching ??= fetch(AT_ONCE)
      .then((keys) => {
        fresh = keys;
        freshUntil = clock.now() + KEY_WINDOW_MS;
      })
      .finally(() => {
        fetching = undefined;
      });
    await fetching;
    return take();
  }

  return {
    async of(name) {
      if (!cache) return take();
      // The cache may forget it no earlier than repeats end.
      const fetchKey = async () => ({ value: await take(), expiresAt: clock.now() + KEY_WINDOW_MS });
      return cache.getOrFetch(`jpush:cid:${account}:${name}`, fetchKey);
    },
  };
}
