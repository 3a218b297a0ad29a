import { systemClock } from "./clock.js";
import { createDrain, type Drain, type OfferedWork } from "./engine/drain.js";
import { checkAnnouncements, priorityClassOf } from "./engine/priority-classes.js";
import { PRIORITY_CLASSES, type PriorityClass, type WorkQueue } from "./ports/work-queue.js";

/** Announcements kept at most; more are left to the sweep. */
const MOST_KEPT = 100_000;

/** {@link WorkQueue} of one process: what it announces it works on itself, and other processes find it in the ledger. */
export function memoryWorkQueue(): WorkQueue {
  const kept: Record<PriorityClass, OfferedWork[]> = { urgent: [], high: [], normal: [], low: [] };
  const drains = new Set<Drain>();
  let next = 0;
  let count = 0;

  function hand(priorityClass: PriorityClass, work: OfferedWork): void {
    const all = [...drains];
    const drain = all[next++ % Math.max(1, all.length)];
    if (drain) drain.offer(priorityClass, work);
    else kept[priorityClass].push(work);
  }

  function offered(priorityClass: PriorityClass, kind: string, id: number): OfferedWork {
    const work: OfferedWork = {
      kind,
      id,
      settle(outcome) {
        if (outcome === "done") count -= 1;
        // A turn of the event loop between two tries of the same work.
        else void systemClock.sleep(0).then(() => hand(priorityClass, work));
      },
    };
    return work;
  }

  return {
    async announce(work) {
      checkAnnouncements(work);
      let taken = 0;
      for (const { kind, id, priority } of work) {
        if (count >= MOST_KEPT) break;
        count += 1;
        taken += 1;
        hand(priorityClassOf(priority), offered(priorityClassOf(priority), kind, id));
      }
      return taken;
    },
    async consume(options) {
      const drain = createDrain(options);
      drains.add(drain);
      for (const name of PRIORITY_CLASSES) for (const work of kept[name].splice(0)) drain.offer(name, work);
      return {
        async close() {
          drains.delete(drain);
          await drain.close();
          await systemClock.sleep(0);
        },
      };
    },
    async depth() {
      const { urgent, high, normal, low } = kept;
      return { urgent: urgent.length, high: high.length, normal: normal.length, low: low.length };
    },
    async close() {
      for (const drain of drains) await drain.close();
      drains.clear();
    },
  };
}
