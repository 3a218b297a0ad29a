import { describe, expect, test } from "vitest";
import { FALL_BACK_MUTANTS, MUTANTS, type MutantName, SMS_MUTANTS } from "./mutants.js";
import { countsOf, unseenAfterMore } from "./seen.js";
import { simulate } from "./simulate.js";

const SEEDS = Number(process.env.SIM_SEEDS ?? 150);
const FIRST = Number(process.env.SIM_FIRST ?? 1);
/** What is rare may take so many more. */
const MORE_SEEDS = 2_000;
const MUTANT_SEEDS = 200;

/** Seeds that found something once, with what it was. */
const REGRESSIONS: Readonly<Record<number, string>> = {
  15: "a repeat by key rested in pending, and its people were called suppressed though they had the message",
  20: "caps were given back to people of a repeat who might have the message",
  52: "the same where the rule takes the risk",
  6117: "a process stood still between asking and judging, and took an early 'not found' for a settled one",
  6661: "the same, and the people were called refused though they had the message",
};

async function faultsOf(seed: number): Promise<string> {
  const { faults, story } = await simulate(seed);
  return faults.length === 0 ? "" : [`seed ${seed}`, ...faults, "", ...story.slice(-40)].join("\n");
}

test.each(Object.entries(REGRESSIONS))("seed %s keeps every promise now: %s", async (seed) => {
  expect(await faultsOf(Number(seed))).toBe("");
});

test(`${SEEDS} seeds: nothing lost, nothing twice, nothing untrue, every transition and fault seen`, {
  timeout: 60_000 + (SEEDS + MORE_SEEDS) * 500,
}, async () => {
  const counts = await countsOf(FIRST, SEEDS);
  expect(await unseenAfterMore(counts, { from: FIRST + SEEDS, most: MORE_SEEDS })).toEqual([]);
});

test("a seed is one run, whenever it is run", async () => {
  for (const seed of [3, 4, 10]) {
    const [first, second] = [await simulate(seed), await simulate(seed)];
    expect(second.hash).toBe(first.hash);
  }
  expect((await simulate(1)).hash).not.toBe((await simulate(2)).hash);
});

describe(`each safeguard is missed within ${MUTANT_SEEDS} seeds`, () => {
  test.each(Object.keys(MUTANTS) as MutantName[])("%s", { timeout: 120_000 }, async (mutant) => {
    const caught = async () => {
      for (let seed = 1; seed <= MUTANT_SEEDS; seed++) {
        const { faults } = await simulate(
          seed,
          FALL_BACK_MUTANTS.includes(mutant)
            ? { mutant, fallBack: true }
            : SMS_MUTANTS.includes(mutant)
              ? { mutant, sms: true }
              : { mutant, personal: seed % 2 === 0 },
        );
        if (faults.length > 0) return faults[0];
      }
      return undefined;
    };
    expect(await caught()).toMatch(/^(lost|duplicate|untrue|cap|opt-out|quiet|consent|budget|stuck|a process failed)/);
  });
});
