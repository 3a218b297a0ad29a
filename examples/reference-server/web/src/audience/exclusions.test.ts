import { expect, test } from "vitest";
import { exclusionsOf } from "./exclusions";

const counted = {
  count: 100,
  asked: 100,
  contacted: 80,
  steps: [
    { name: "customers", count: 500 },
    { name: "window", count: 100 },
    { name: "reachable", count: 95 },
  ],
  reasons: { opt_out: 5, frequency_cap: 10, no_address: 5 },
};

test("the audience less everybody who is left out is who gets it", () => {
  const { steps, reasons, isWhole } = exclusionsOf(counted);
  expect(steps.map(({ name }) => name)).toEqual(["customers", "window"]);
  expect(reasons.map(({ reason }) => reason)).toEqual(["frequency_cap", "no_address", "opt_out"]);
  expect(counted.count - reasons.reduce((sum, { count }) => sum + count, 0)).toBe(counted.contacted);
  expect(isWhole).toBe(true);
});

test("an audience that was only looked at in part says so", () => {
  expect(exclusionsOf({ ...counted, count: 20_000, asked: 10_000 }).isWhole).toBe(false);
});
