import { expect, test } from "vitest";
import { asyncScope } from "./async-scope.js";

test("values go along with asynchronous work, each in its scope, and end with it", async () => {
  const [first, second] = [asyncScope<string>(), asyncScope<number>()];
  expect([first.get(), second.get()]).toEqual([undefined, undefined]);
  const seen = await first.run("a", async () => {
    await Promise.resolve();
    const inner = await second.run(1, async () => {
      await Promise.resolve();
      const deeper = first.run("b", () => [first.get(), second.get()]);
      return [first.get(), second.get(), deeper];
    });
    return [inner, first.get(), second.get()];
  });
  expect(seen).toEqual([["a", 1, ["b", 1]], "a", undefined]);
  expect([first.get(), second.get()]).toEqual([undefined, undefined]);
});

test("work side by side does not see each other's", async () => {
  const scope = asyncScope<number>();
  const work = (n: number) =>
    scope.run(n, async () => {
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      return scope.get();
    });
  expect(await Promise.all([work(1), work(2), work(3)])).toEqual([1, 2, 3]);
});
