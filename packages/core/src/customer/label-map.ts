import type { LabelKind } from "./label.js";

/** Values by label. */
export interface LabelMap<V> {
  get(kind: LabelKind, key: string): V | undefined;
  set(kind: LabelKind, key: string, value: V): void;
  size(): number;
  clear(): void;
}

/** A map by kind, then by key: making one text of the two for each look-up takes longer than the look-up. */
export function labelMap<V>(): LabelMap<V> {
  const kinds = new Map<LabelKind, Map<string, V>>();
  return {
    get: (kind, key) => kinds.get(kind)?.get(key),
    set(kind, key, value) {
      const keys = kinds.get(kind);
      if (keys) keys.set(key, value);
      else kinds.set(kind, new Map([[key, value]]));
    },
    size: () => [...kinds.values()].reduce((sum, keys) => sum + keys.size, 0),
    clear: () => kinds.clear(),
  };
}
