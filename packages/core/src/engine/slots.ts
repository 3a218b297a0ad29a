/** Work under way, at most so many pieces at once: a slow piece holds its slot and nothing else. */
export interface Slots {
  /** How many more may begin. */
  readonly free: number;
  /** Begins a piece of work, which must not throw. */
  begin(work: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
}

/** @param onEnd is told whenever a piece has ended and its slot is free again */
export function createSlots(limit: number, onEnd: () => void = () => {}): Slots {
  const open = new Set<Promise<void>>();
  return {
    get free() {
      return limit - open.size;
    },
    begin(work) {
      const piece = work().finally(() => {
        open.delete(piece);
        onEnd();
      });
      open.add(piece);
    },
    async drained() {
      while (open.size > 0) await Promise.all(open);
    },
  };
}

/**
 * Does something to every item, at most `limit` at once, and keeps the order of the results.
 *
 * @throws what a piece of work throws; those under way end first
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}
