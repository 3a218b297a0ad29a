import { expect, test } from "vitest";
import { silentLogger } from "../logger.js";
import { virtualClock } from "../testing/index.js";
import { memoryWorkQueue } from "../work-queue.js";
import { announceDue } from "./announce-due.js";

test("what a queue lost is announced again from the ledger, until it is done, and nothing is done twice", async () => {
  const clock = virtualClock(0);
  const ledger = new Map(Array.from({ length: 2500 }, (_, n) => [n + 1, "due"]));
  const queue = memoryWorkQueue();
  // A broker that forgets two of three.
  let turn = 0;
  const forgetful = {
    ...queue,
    announce: (work: Parameters<typeof queue.announce>[0]) => queue.announce(work.filter(() => turn++ % 3 === 0)),
  };
  const done: number[] = [];
  const taking = await queue.consume({
    concurrency: 10,
    async handle({ id }) {
      if (ledger.get(id) === "due") {
        ledger.set(id, "done");
        done.push(id);
      }
      return "done";
    },
  });
  const stop = new AbortController();
  const sweeping = announceDue(forgetful, {
    due: async (after, limit) =>
      [...ledger]
        .filter(([id, state]) => id > after && state === "due")
        .slice(0, limit)
        .map(([id]) => ({ kind: "row", id, priority: 5 })),
    ...{ clock, logger: silentLogger, signal: stop.signal },
  });
  for (let sweep = 0; sweep < 30 && done.length < ledger.size; sweep++) {
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(30_000);
  }
  stop.abort();
  await sweeping;
  await taking.close();
  expect(done.toSorted((a, b) => a - b)).toEqual([...ledger.keys()]);
});
