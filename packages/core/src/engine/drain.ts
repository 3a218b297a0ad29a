import {
  type ConsumeOptions,
  PRIORITY_CLASSES,
  type PriorityClass,
  type WorkAnnouncement,
  type WorkOutcome,
} from "../ports/work-queue.js";
import { weightedTurns } from "./priority-classes.js";

/** An announcement that waits in this process for its turn. */
export interface OfferedWork extends Pick<WorkAnnouncement, "kind" | "id"> {
  /** Told once what became of it; `returned`: its turn did not come. */
  settle(outcome: WorkOutcome | "returned"): void;
}

/** Turns of announcements within a process. */
export interface Drain {
  /** Lets a piece of work wait for its turn. */
  offer(priorityClass: PriorityClass, work: OfferedWork): void;
  /** Takes no more, gives back what waits, and resolves when what is under way has ended. */
  close(): Promise<void>;
}

/** Hands announcements to a handler, so many at once, the queues by their weights. */
export function createDrain({ concurrency, handle }: ConsumeOptions): Drain {
  const waiting: Record<PriorityClass, OfferedWork[]> = { urgent: [], high: [], normal: [], low: [] };
  const turn = weightedTurns();
  const open = new Set<Promise<void>>();
  let isClosed = false;

  function fill(): void {
    while (open.size < concurrency && !isClosed) {
      const priorityClass = turn((name) => waiting[name].length > 0);
      const work = priorityClass && waiting[priorityClass].shift();
      if (!priorityClass || !work) return;
      const { kind, id } = work;
      // What a handler throws, at once or later, is another turn.
      const piece = Promise.resolve()
        .then(() => handle({ kind, id, priorityClass }))
        .catch((): WorkOutcome => "again")
        .then((outcome) => {
          open.delete(piece);
          work.settle(outcome);
          fill();
        });
      open.add(piece);
    }
  }

  return {
    offer(priorityClass, work) {
      if (isClosed) {
        work.settle("returned");
        return;
      }
      waiting[priorityClass].push(work);
      fill();
    },
    async close() {
      isClosed = true;
      for (const name of PRIORITY_CLASSES) for (const work of waiting[name].splice(0)) work.settle("returned");
      while (open.size > 0) await Promise.all(open);
    },
  };
}
