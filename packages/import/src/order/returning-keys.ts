import { seenHashes } from "./seen-hashes.js";
import { textHash } from "./text-hash.js";

/** Which keys of a file come back after others stood between: learnt in one pass, used in the next. */
export interface ReturningKeys {
  /** A key begins to stand in neighbouring rows. @returns whether it, most probably, stood somewhere before */
  see(key: string): boolean;
  /** Begins a pass that asks in the same order. */
  countdown(): Countdown;
}

export interface Countdown {
  /**
   * A key has stood in neighbouring rows. @returns how often it, or one of the same hash, may still come back;
   * undefined for a key that stands in one place only
   */
  left(key: string): number | undefined;
  /** What keys are counted by: those of one hash are counted together. */
  hashOf(key: string): number;
}

/**
 * Memory is two bytes per key and some twenty per key that returns. A key that returns is never missed; one in a thousand others
 * is taken for one, which only means that it is waited for in vain.
 */
export function returningKeys(): ReturningKeys {
  const seen = seenHashes();
  const returns = hashCounts();
  return {
    see(key) {
      const hash = textHash(key);
      if (!seen.add(hash)) return false;
      returns.add(hash);
      return true;
    },
    countdown() {
      const left = returns.copy();
      return {
        hashOf: (key) => textHash(key),
        left: (key) => left.take(textHash(key)),
      };
    },
  };
}

interface HashCounts {
  add(hash: number): void;
  /** The count, which is then one less but never below zero; undefined for an unknown hash. */
  take(hash: number): number | undefined;
  copy(): HashCounts;
}

const EMPTY = -1;

/** Counts by hash in an open table: a quarter of the memory of a Map, and no limit of 16 million entries. */
function hashCounts(hashes = new Float64Array(1024).fill(EMPTY), counts = new Uint32Array(1024), size = 0): HashCounts {
  let [keys, values, used] = [hashes, counts, size];
  const slotOf = (table: Float64Array, hash: number) => {
    let slot = hash % table.length;
    while (table[slot] !== EMPTY && table[slot] !== hash) slot = (slot + 1) % table.length;
    return slot;
  };
  const grow = () => {
    const [oldKeys, oldValues] = [keys, values];
    keys = new Float64Array(oldKeys.length * 2).fill(EMPTY);
    values = new Uint32Array(oldKeys.length * 2);
    oldKeys.forEach((hash, at) => {
      if (hash === EMPTY) return;
      const slot = slotOf(keys, hash);
      keys[slot] = hash;
      values[slot] = oldValues[at] ?? 0;
    });
  };
  return {
    add(hash) {
      const slot = slotOf(keys, hash);
      values[slot] = (values[slot] ?? 0) + 1;
      if (keys[slot] === hash) return;
      keys[slot] = hash;
      used += 1;
      if (used * 10 > keys.length * 7) grow();
    },
    take(hash) {
      const slot = slotOf(keys, hash);
      if (keys[slot] !== hash) return undefined;
      const count = values[slot] ?? 0;
      if (count > 0) values[slot] = count - 1;
      return count;
    },
    copy: () => hashCounts(keys.slice(), values.slice(), used),
  };
}
