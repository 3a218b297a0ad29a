// A vitest reporter: writes how many tests passed and failed, and which were skipped, for scripts/test.mjs.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conformanceTable } from "./conformance-table.mjs";
import { root } from "./workspace.mjs";

/** @typedef {{ passed: number, failed: number, skipped: { name: string, reason?: string }[], failures?: string[], slowest?: { file: string, seconds: number }[], conformance?: import("./conformance-table.mjs").Table }} TestCounts */

export const countsFile = join(root, ".cache", "test-counts.json");

/**
 * @param {Iterable<import("vitest/node").TestCase>} tests
 * @returns {TestCounts}
 */
function countTests(tests) {
  /** @type {TestCounts} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const test of tests) {
    const result = test.result();
    if (result.state === "passed") counts.passed += 1;
    else if (result.state === "failed") counts.failed += 1;
    else {
      const reason = result.state === "skipped" ? result.note : "did not run";
      const name = `${test.module.relativeModuleId} > ${test.fullName}`;
      counts.skipped.push({ name, ...(reason && { reason }) });
    }
  }
  return counts;
}

/**
 * The files whose tests and imports took longest: where a lane that grew too long is cut.
 *
 * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
 * @param {number} count
 */
function slowestFiles(modules, count) {
  return modules
    .map((module) => {
      const { duration, collectDuration } = module.diagnostic();
      return { file: module.relativeModuleId, seconds: (duration + collectDuration) / 1000 };
    })
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count);
}

/**
 * The first line of what went wrong.
 *
 * @param {ReadonlyArray<unknown> | undefined} errors
 */
function reasonOf(errors) {
  const [error] = errors ?? [];
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return (
    String(message ?? "failed")
      .split("\n", 1)[0]
      ?.slice(0, 300) ?? ""
  );
}

/** @satisfies {import("vitest/node").Reporter} */
export const testCounts = {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const counts = {
      ...countTests(tests),
      slowest: slowestFiles(modules, 20),
      conformance: conformanceTable(tests),
    };
    const namesOf = (/** @type {typeof tests} */ failing) =>
      failing.map((test) => `${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test.result().errors)}`);
    counts.failures = namesOf(tests.filter((test) => test.result().state === "failed"));
    // A file or a hook that breaks fails without a failed test; it counts as one.
    const holders = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = holders.filter((holder) => holder.errors().length > 0);
    counts.failures.push(
      ...broken.map(
        (holder) =>
          `${"module" in holder ? holder.module.relativeModuleId : holder.relativeModuleId}: ${reasonOf(holder.errors())}`,
      ),
      ...unhandledErrors.map((error) => `outside of tests: ${reasonOf([error])}`),
    );
    counts.failed += broken.length + unhandledErrors.length;
    mkdirSync(dirname(countsFile), { recursive: true });
    writeFileSync(countsFile, JSON.stringify(counts));
  },
};
