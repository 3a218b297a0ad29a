import { describe } from "vitest";
import { memoryWorkQueue } from "../memory/index.js";
import type { ConsumeOptions, WorkAnnouncement, WorkQueue } from "../ports/work-queue.js";
import { type WorkQueueHarness, workQueueConformance } from "./index.js";
import { type Broken, provesEveryCase } from "./testing/broken.js";

/** A working queue with a fault. */
function brokenQueue(
  fault: (real: WorkQueue) => Partial<WorkQueue>,
  caughtBy: readonly string[],
): Broken<WorkQueueHarness> {
  const open = async () => {
    const real = memoryWorkQueue();
    return { ...real, ...fault(real) };
  };
  return { harness: { open }, caughtBy };
}

const consuming = (change: (options: ConsumeOptions) => ConsumeOptions) => (real: WorkQueue) => ({
  consume: (options: ConsumeOptions) => real.consume(change(options)),
});
const announcing = (change: (work: WorkAnnouncement) => WorkAnnouncement) => (real: WorkQueue) => ({
  announce: (work: readonly WorkAnnouncement[]) => real.announce(work.map(change)),
});

describe("work queue", () => {
  provesEveryCase(workQueueConformance, {
    "is never empty": brokenQueue(
      () => ({ depth: async () => ({ urgent: 0, high: 0, normal: 0, low: 1 }) }),
      ["an empty queue is empty"],
    ),
    "has one queue": brokenQueue(
      announcing((work) => ({ ...work, priority: 5 })),
      [
        "work is handled with its kind, id and queue, and is gone then",
        "urgent work overtakes much that is not",
        "work of every queue goes on beside urgent work",
      ],
    ),
    "believes that all is done": brokenQueue(
      // After the first failure nothing comes any more: what stands for it is other work.
      consuming((options) => {
        const failed = new Set<number>();
        return {
          ...options,
          async handle(work) {
            if (failed.has(work.id)) return options.handle({ ...work, id: work.id + 1 });
            const outcome = await options.handle(work).catch(() => "again" as const);
            if (outcome === "again") failed.add(work.id);
            return outcome;
          },
        };
      }),
      ["work that is not done comes again, and so does what was thrown over"],
    ),
    "takes twice as much at once": brokenQueue(
      consuming((options) => ({ ...options, concurrency: options.concurrency * 2 })),
      ["no more is under way at once than was asked for"],
    ),
    "drops the last of them for the next": brokenQueue(
      (real) => {
        let consumers = 0;
        return {
          consume: (options) => {
            consumers += 1;
            const shift = consumers > 1 ? 1 : 0;
            return real.consume({ ...options, handle: (work) => options.handle({ ...work, id: work.id + shift }) });
          },
        };
      },
      ["what a consumer leaves goes to the next one"],
    ),
    "tells every consumer the same": brokenQueue(
      consuming((options) => {
        let turn = 0;
        return { ...options, handle: (work) => options.handle({ ...work, id: ++turn }) };
      }),
      ["two consumers share the work"],
    ),
    "takes what it is given": brokenQueue(
      (real) => ({
        announce: async (work) => {
          const right = work.filter(({ kind, id }) => kind !== "" && Number.isSafeInteger(id));
          return real.announce(
            right.map((each) => ({ ...each, kind: "message", id: Math.max(1, each.id), priority: 5 })),
          );
        },
      }),
      ["what is no kind, id or priority is refused"],
    ),
  });
});
