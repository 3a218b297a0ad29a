import type { Clock } from "./clock.js";
import type { CachedValue, TokenCache } from "./ports/token-cache.js";

/** {@link TokenCache} of one process. */
export function memoryTokenCache({ clock }: { readonly clock: Clock }): TokenCache {
  const kept = new Map<string, CachedValue>();
  const fetches = new Map<string, Promise<CachedValue>>();

  async function fetchAndKeep(key: string, fetch: () => Promise<CachedValue>): Promise<CachedValue> {
    const fetched = await fetch();
    kept.set(key, fetched);
    return fetched;
  }

  return {
    async getOrFetch(key, fetch) {
      const live = kept.get(key);
      if (live && clock.now() < live.expiresAt) return live.value;
      let pending = fetches.get(key);
      if (!pending) {
        pending = fetchAndKeep(key, fetch).finally(() => fetches.delete(key));
        fetches.set(key, pending);
      }
      return (await pending).value;
    },
    async expire(key, value) {
      if (kept.get(key)?.value === value) kept.delete(key);
    },
  };
}
