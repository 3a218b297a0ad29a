import type { EngineContext } from "../engine/engine-context.js";
import { RETAINED_KINDS, type RetainedKind } from "../ports/retention-store.js";
import { alone } from "./alone.js";

/** Days for which rows are kept, by kind; 1 … 36500. */
export type Retention = Readonly<Record<RetainedKind, number>>;

/** Readers of the change feed have a week; what happened to a message can be told for half a year, links for half a year after they are over, traces for a week and messages for half a year. */
export const DEFAULT_RETENTION: Retention = {
  changes: 7,
  transitions: 180,
  alarms: 180,
  links: 180,
  traces: 7,
  messages: 180,
};

/** What one pass removed. */
export interface Retained extends Readonly<Record<RetainedKind, number>> {
  /** Answers kept for requests that might be repeated. */
  readonly answers: number;
  /** Addresses of people who asked to be erased. */
  readonly addresses: number;
}

const DAY_MS = 86_400_000;
const AT_ONCE = 1_000;

const NOTHING: Retained = {
  changes: 0,
  transitions: 0,
  alarms: 0,
  links: 0,
  traces: 0,
  messages: 0,
  answers: 0,
  addresses: 0,
};

/**
 * Removes what has outlived its time, in pieces, until nothing is left or the signal comes; nothing while another process that
 * shares the leases is at it.
 */
export async function retain(context: EngineContext, retention: Retention, signal?: AbortSignal): Promise<Retained> {
  const work = (stillAlone: () => Promise<boolean>) => remove(context, retention, stillAlone, signal);
  return (await alone(context, "retention", work)) ?? NOTHING;
}

async function remove(
  { stores, clock }: EngineContext,
  retention: Retention,
  stillAlone: () => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<Retained> {
  const now = clock.now();
  const removed = { ...NOTHING } as Record<keyof Retained, number>;
  let isAlone = true;
  const emptied = async (name: keyof Retained, piece: () => Promise<number>) => {
    for (let count = 1; count > 0 && isAlone && !signal?.aborted; ) {
      count = await piece();
      removed[name] += count;
      isAlone = count === 0 || (await stillAlone());
    }
  };
  for (const kind of RETAINED_KINDS) {
    await emptied(kind, () => stores.retention.purge(kind, now - retention[kind] * DAY_MS, AT_ONCE));
  }
  await emptied("answers", () => stores.idempotency.purge(now, AT_ONCE));
  await emptied("addresses", () => stores.people.finishErasures(AT_ONCE));
  return removed;
}
