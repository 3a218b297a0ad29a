import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { perTurn } from "./per-turn.js";

test("whoever asks in one turn shares a read that begins after it; later ones get another", async () => {
  let stored = "old";
  const read: string[] = [];
  const ask = perTurn(async (key) => {
    read.push(key);
    await turn();
    return stored;
  });
  const [first, second, other] = [ask("a"), ask("a"), ask("b")];
  expect(read).toEqual([]);
  stored = "new";
  expect(await Promise.all([first, second, other])).toEqual(["new", "new", "new"]);
  expect(read).toEqual(["a", "b"]);
  const under = ask("a");
  await turn();
  // A read that is under way is nobody's who asks now.
  const late = ask("a");
  await Promise.all([under, late]);
  expect(read).toEqual(["a", "b", "a", "a"]);
});

test("a failure is told to everybody who asked for it, and kept for nobody", async () => {
  let isBroken = true;
  const ask = perTurn(async (key) => {
    if (isBroken) throw new RangeError(key);
    return key;
  });
  const both = await Promise.allSettled([ask("a"), ask("a")]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isBroken = false;
  expect(await ask("a")).toBe("a");
});
