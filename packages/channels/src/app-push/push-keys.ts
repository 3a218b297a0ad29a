import type { Clock } from "@recallkit/core";
import type { TokenCache } from "@recallkit/core/ports";

/** JPush knows a key for a day; the rest is for a call on its way. */
const KEY_LIFE_MS = 23 * 3_600_000;
/** Keys that one call brings. */
const AT_ONCE = 100;

/** Keys by which JPush tells repeats: handed out by it, and kept under the message that they were used for. */
export interface PushKeys {
  /** The message's key, the same in every attempt as long as the cache remembers. @param name names the message */
  of(name: string): Promise<string>;
}

/** @param fetch brings fresh keys; nobody receives anything by it */
export function pushKeys(
  cache: TokenCache,
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
        // Half of their life stays for the messages that get them.
        freshUntil = clock.now() + KEY_LIFE_MS / 2;
      })
      .finally(() => {
        fetching = undefined;
      });
    await fetching;
    return take();
  }

  return {
    of: (name) =>
      cache.getOrFetch(`jpush:cid:${account}:${name}`, async () => ({
        value: await take(),
        expiresAt: clock.now() + KEY_LIFE_MS / 2,
      })),
  };
}
