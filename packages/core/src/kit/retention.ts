import type { Clock } from "../clock.js";
import { RETAINED_KINDS, type RetainedKind } from "../ports/retention-store.js";
import type { Stores } from "../ports/stores.js";

/** Days for which rows are kept, by kind; 1 … 36500. */
export type Retention = Readonly<Record<RetainedKind, number>>;

/** Readers of the change feed have a week; what happened to a message can be told for half a year. */
export const DEFAULT_RETENTION: Retention = { changes: 7, transitions: 180, alarms: 180 };

/** What one pass removed. */
export interface Retained extends Readonly<Record<RetainedKind, number>> {
  /** Answers kept for requests that might be repeated. */
  readonly answers: number;
  /** Addresses of people who asked to be erased. */
  readonly addresses: number;
}

const DAY_MS = 86_400_000;
const AT_ONCE = 1_000;

/** Removes what has outlived its time, in pieces, until nothing is left or the signal comes. */
export async function retain(
  { stores, clock, retention }: { readonly stores: Stores; readonly clock: Clock; readonly retention: Retention },
  signal?: AbortSignal,
): Promise<Retained> {
  const now = clock.now();
  const removed = { changes: 0, transitions: 0, alarms: 0, answers: 0, addresses: 0 };
  const emptied = async (name: keyof typeof removed, remove: () => Promise<number>) => {
    for (let count = 1; count > 0 && !signal?.aborted; ) {
      count = await remove();
      removed[name] += count;
    }
  };
  for (const kind of RETAINED_KINDS) {
    await emptied(kind, () => stores.retention.purge(kind, now - retention[kind] * DAY_MS, AT_ONCE));
  }
  await emptied("answers", () => stores.idempotency.purge(now, AT_ONCE));
  await emptied("addresses", () => stores.people.finishErasures(AT_ONCE));
  return removed;
}
