import { expect, test } from "vitest";
import { createMutex } from "./mutex.js";

test("turns are given one at a time, in the order of asking", async () => {
  const turn = createMutex();
  const log: string[] = [];
  const work = async (name: string) => {
    const release = await turn();
    log.push(`${name} in`);
    await Promise.resolve();
    log.push(`${name} out`);
    release();
  };
  await Promise.all(["a", "b", "c"].map(work));
  expect(log).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
});

test("giving a turn back twice lets in one more, not two", async () => {
  const turn = createMutex();
  const first = await turn();
  const second = turn();
  let thirdIsIn = false;
  const third = turn().then((release) => {
    thirdIsIn = true;
    return release;
  });
  first();
  first();
  const release = await second;
  expect(thirdIsIn).toBe(false);
  release();
  (await third)();
});
