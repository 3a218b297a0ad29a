import { expect, test } from "vitest";
import { countsOf, unseenAfterMore } from "./seen.js";
import { simulate } from "./simulate.js";

const SEEDS = Number(process.env.SIM_SEEDS ?? 150);
const FIRST = Number(process.env.SIM_FIRST ?? 1);
/** One that brings about what the first ones don't. */
const RARE_SEED = 641;
/** What is rare may take so many more. */
const MORE_SEEDS = 2_000;

test(`${SEEDS} seeds with a message for each: nothing lost, nothing twice, nothing untrue, every transition and fault seen`, {
  timeout: 60_000 + (SEEDS + MORE_SEEDS) * 500,
}, async () => {
  const seeds = await countsOf(FIRST, SEEDS, { personal: true });
  const counts = new Map([...seeds, ...(await countsOf(RARE_SEED, 1, { personal: true }))]);
  // Of a person only a late yes is certain: a late no may belong to an earlier call.
  // A lease that outlives its batch takes hundreds of seeds; those of a shared channel hold it.
  const isExcused = (name: string) => ["delivery unknown → failed", "batch leased → expired"].includes(name);
  const more = { personal: true, from: FIRST + SEEDS, most: MORE_SEEDS, isExcused };
  expect(await unseenAfterMore(counts, more)).toEqual([]);
});

test("a seed is one run here too", async () => {
  const runs = [await simulate(3, { personal: true }), await simulate(3, { personal: true }), await simulate(3)];
  const [first, second, shared] = runs.map(({ hash }) => hash);
  expect(second).toBe(first);
  expect(shared).not.toBe(first);
});
