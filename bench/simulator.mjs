// What a seed of the deterministic simulator costs.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const SEEDS = 1000;

export async function measure() {
  /** @type {typeof import("../packages/core/src/testing/index.ts")} */
  const { simulate } = await import(pathToFileURL(join(root, "packages/core/dist/testing/index.js")).href);
  const times = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const startedAt = performance.now();
    await simulate(seed);
    times.push(performance.now() - startedAt);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const rounded = (/** @type {number | undefined} */ ms) => Math.round((ms ?? 0) * 10) / 10;
  return {
    seeds: SEEDS,
    "ms a seed, mean": rounded(times.reduce((sum, ms) => sum + ms, 0) / SEEDS),
    "ms a seed, median": rounded(sorted[SEEDS / 2]),
    "ms a seed, 95 of 100 below": rounded(sorted[Math.floor(SEEDS * 0.95)]),
  };
}
