import type { EngineContext } from "../engine/engine-context.js";
import { RETAINED_KINDS } from "../ports/retention-store.js";
import { alone } from "./alone.js";
import type { Retained, Retention } from "./retained.js";

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
