import { systemClock } from "../../clock.js";
import type { AnnouncedWork, ConsumeOptions, WorkAnnouncement, WorkQueue } from "../../ports/work-queue.js";
import type { ConformanceCase } from "../conformance-case.js";
import { ascending, expectError, expectSame, expectThat } from "../expect.js";

/** How the cases reach a queue. */
export interface WorkQueueHarness {
  /** An empty queue that nobody else knows; it is closed at the end of its case. */
  open(): Promise<WorkQueue>;
}

/** Facts about `WorkQueue`. */
export function workQueueConformance({ open }: WorkQueueHarness): readonly ConformanceCase[] {
  return Object.entries(facts).map(([fact, check]) => ({
    name: `work queue: ${fact}`,
    run: async () => {
      const queue = await open();
      try {
        await check(queue);
      } finally {
        await queue.close();
      }
    },
  }));
}

const work = (id: number, priority = 5, kind = "message"): WorkAnnouncement => ({ kind, id, priority });
const many = (count: number, priority: number, first = 1) =>
  Array.from({ length: count }, (_, n) => work(first + n, priority));
const NOTHING = { urgent: 0, high: 0, normal: 0, low: 0 };

/** Takes announcements until so many were handled. */
async function take(
  queue: WorkQueue,
  count: number,
  handle: (work: AnnouncedWork, turn: number) => Awaited<ReturnType<ConsumeOptions["handle"]>> = () => "done",
  concurrency = 1,
): Promise<readonly AnnouncedWork[]> {
  const handled: AnnouncedWork[] = [];
  let enough = () => {};
  const whole = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const taking = await queue.consume({
    concurrency,
    async handle(each) {
      // What comes beyond waits for whoever takes next.
      if (handled.length >= count) return "again";
      handled.push(each);
      if (handled.length === count) enough();
      return handle(each, handled.length);
    },
  });
  await whole;
  await taking.close();
  return handled;
}

async function depthOf(queue: WorkQueue): Promise<number> {
  return Object.values((await queue.depth()) ?? { ...NOTHING, low: -1 }).reduce((sum, count) => sum + count, 0);
}

/** Brokers tell what became of announcements with a delay. */
async function settledDepth(queue: WorkQueue, expected: number): Promise<number> {
  let depth = await depthOf(queue);
  for (let n = 0; n < 200 && depth !== expected; n += 1) {
    await systemClock.sleep(0);
    depth = await depthOf(queue);
  }
  return depth;
}

const facts: Readonly<Record<string, (queue: WorkQueue) => Promise<void>>> = {
  "an empty queue is empty": async (queue) => {
    expectSame(await queue.depth(), NOTHING, "depth");
    expectSame(await queue.announce([]), 0, "announced");
  },

  "work is handled with its kind, id and queue, and is gone then": async (queue) => {
    const given = [work(7, 10, "batch"), work(Number.MAX_SAFE_INTEGER, 6), work(2, 3), work(3, 0)];
    expectSame(await queue.announce(given), 4, "announced");
    expectSame(await settledDepth(queue, 4), 4, "depth");
    const handled = await take(queue, 4);
    expectSame(
      handled.toSorted((a, b) => a.id - b.id).map(({ kind, id, priorityClass }) => [kind, id, priorityClass]),
      [
        ["message", 2, "normal"],
        ["message", 3, "low"],
        ["batch", 7, "urgent"],
        ["message", Number.MAX_SAFE_INTEGER, "high"],
      ],
      "handled",
    );
    expectSame(await settledDepth(queue, 0), 0, "depth");
  },

  "work that is not done comes again, and so does what was thrown over": async (queue) => {
    await queue.announce([work(1)]);
    const handled = await take(queue, 3, (_, turn) => {
      if (turn === 1) throw new Error("a handler that fails");
      return turn === 2 ? "again" : "done";
    });
    expectSame(
      handled.map(({ id }) => id),
      [1, 1, 1],
      "handled",
    );
    expectSame(await settledDepth(queue, 0), 0, "depth");
  },

  "urgent work overtakes much that is not": async (queue) => {
    await queue.announce([...many(500, 0), ...many(500, 4, 501)]);
    await queue.announce([work(9999, 10)]);
    const handled = await take(queue, 100);
    expectThat(
      handled.some(({ id }) => id === 9999),
      "the urgent one is among the first hundred",
    );
  },

  "work of every queue goes on beside urgent work": async (queue) => {
    await queue.announce([...many(200, 10), ...many(200, 7, 201), ...many(200, 5, 401), ...many(200, 1, 601)]);
    const handled = (await take(queue, 150)).map(({ priorityClass }) => priorityClass);
    const count = (name: string) => handled.filter((each) => each === name).length;
    expectThat(count("low") >= 5, `low had ${count("low")} turns`);
    expectThat(count("urgent") > count("high") && count("high") > count("normal"), "each queue has its weight");
    expectThat(count("normal") > count("low"), "each queue has its weight");
  },

  "no more is under way at once than was asked for": async (queue) => {
    await queue.announce(many(30, 5));
    let busy = 0;
    let most = 0;
    const handled: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const taking = queue.consume({
        concurrency: 4,
        async handle({ id }) {
          busy += 1;
          most = Math.max(most, busy);
          for (let n = 0; n < 5; n += 1) await systemClock.sleep(0);
          busy -= 1;
          handled.push(id);
          if (handled.length === 30)
            void systemClock.sleep(0).then(() => taking.then((each) => each.close()).then(resolve, reject));
          return "done";
        },
      });
    });
    expectSame(most, 4, "at once");
    expectSame(
      ascending(handled),
      many(30, 5).map(({ id }) => id),
      "handled",
    );
  },

  "what a consumer leaves goes to the next one": async (queue) => {
    await queue.announce(many(20, 5));
    const first = (await take(queue, 5)).map(({ id }) => id);
    const second = (await take(queue, 15)).map(({ id }) => id);
    expectSame(
      ascending([...first, ...second]),
      many(20, 5).map(({ id }) => id),
      "handled",
    );
  },

  "two consumers share the work": async (queue) => {
    await queue.announce(many(40, 5));
    const [a, b] = await Promise.all([take(queue, 10), take(queue, 10)]);
    expectSame(new Set([...a, ...b].map(({ id }) => id)).size, 20, "handled");
  },

  "what is no kind, id or priority is refused": async (queue) => {
    for (const wrong of [
      work(1, 11),
      work(1, -1),
      work(1, 2.5),
      work(0),
      work(1.5),
      work(1, 5, ""),
      work(1, 5, "a b"),
    ]) {
      await expectError(queue.announce([work(1), wrong]), "input.invalid");
    }
    expectSame(await depthOf(queue), 0, "depth");
  },
};
