/** Keeps the most recently used values that `create` made. */
export interface Cache<V> {
  get(key: string): V;
  clear(): void;
}

/**
 * A cache of compiled statements by their text; the least recently used one leaves first.
 *
 * @param limit most entries. @default 200
 */
export function statementCache<V>(create: (key: string) => V, limit = 200): Cache<V> {
  const entries = new Map<string, V>();
  return {
    get(key) {
      const value = entries.get(key) ?? create(key);
      // A Map iterates in the order of insertion: taking out and putting back makes an entry the youngest.
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > limit) {
        for (const oldest of entries.keys()) {
          entries.delete(oldest);
          break;
        }
      }
      return value;
    },
    clear: () => entries.clear(),
  };
}
