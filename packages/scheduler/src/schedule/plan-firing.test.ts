import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { intervalFirings } from "./firings.js";
import { type Misfire, MOST_COUNTED, planFiring } from "./plan-firing.js";

const MINUTE = 60_000;
const firings = intervalFirings(MINUTE);
const planned = (misfire: Misfire, lateMs: number, catchUp = 3) =>
  planFiring(firings, { misfire, graceMs: 10_000, catchUp }, MINUTE, MINUTE + lateMs).map(
    ({ dueAt, cause, missed }) => [dueAt / MINUTE, cause, missed],
  );

describe("a firing that was not missed", () => {
  test.each(["skip", "once", "all"] as const)("runs, whatever the policy: %s", (misfire) => {
    expect(planned(misfire, 10_000)).toEqual([[1, "schedule", null]]);
  });
});

describe("after five minutes without a process", () => {
  test("skip marks what was missed, and runs what is on time", () => {
    expect(planned("skip", 4 * MINUTE + 1)).toEqual([
      [1, "misfire", 4],
      [5, "schedule", null],
    ]);
    expect(planned("skip", 4.5 * MINUTE)).toEqual([[1, "misfire", 5]]);
  });

  test("once runs the newest in place of all", () => {
    expect(planned("once", 4.5 * MINUTE)).toEqual([
      [1, "misfire", 4],
      [5, "misfire", null],
    ]);
    expect(planned("once", 4 * MINUTE + 1)).toEqual([
      [1, "misfire", 4],
      [5, "schedule", null],
    ]);
  });

  test("all makes up for the newest, in their order", () => {
    expect(planned("all", 4 * MINUTE + 1)).toEqual([
      [1, "misfire", 1],
      [2, "misfire", null],
      [3, "misfire", null],
      [4, "misfire", null],
      [5, "schedule", null],
    ]);
  });
});

test("missed firings are counted up to a bound", () => {
  expect(planned("skip", 10_000 * MINUTE + 30_000)).toEqual([[1, "misfire", MOST_COUNTED]]);
});

test("every firing runs or is counted as missed", () => {
  const input = fc.record({
    misfire: fc.constantFrom<Misfire>("skip", "once", "all"),
    lateMs: fc.integer({ min: 0, max: (MOST_COUNTED - 2) * MINUTE }),
    graceMs: fc.integer({ min: 0, max: 3 * MINUTE }),
    catchUp: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(input, ({ misfire, lateMs, graceMs, catchUp }) => {
      const plan = planFiring(firings, { misfire, graceMs, catchUp }, MINUTE, MINUTE + lateMs);
      const told = plan.reduce((sum, { missed }) => sum + (missed ?? 1), 0);
      expect(told).toBe(Math.floor(lateMs / MINUTE) + 1);
      const runs = plan.filter(({ missed }) => missed === null).map(({ dueAt }) => dueAt);
      expect(runs).toEqual([...new Set(runs)].toSorted((a, b) => a - b));
    }),
  );
});
