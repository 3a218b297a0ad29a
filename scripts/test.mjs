// `npm test`: everything that must hold before a change is done. Extra arguments go to vitest.
// The last line is `N passed, N failed, N skipped`; a failed step counts as one failure.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { tableText } from "./conformance-table.mjs";
import { install } from "./install.mjs";
import { pack, publicPackages } from "./packages/pack.mjs";
import { run } from "./run.mjs";
import { countsFile } from "./test-counts.mjs";
import { root } from "./workspace.mjs";

/** The checker of OpenAPI asks nobody for a newer version of itself, and tells nobody that it ran. */
const REDOCLY = { REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", REDOCLY_TELEMETRY: "off", OPENAPI_CLI_TELEMETRY: "off" };

/** @type {{ name: string, seconds: number, isOk: boolean }[]} */
const results = [];
/** @type {import("./test-counts.mjs").TestCounts} */
let counts = { passed: 0, failed: 0, skipped: [] };

/**
 * @param {string} name
 * @param {() => Promise<boolean | void>} work fails by `false` or by throwing
 */
async function step(name, work) {
  const startedAt = performance.now();
  let isOk = false;
  try {
    isOk = (await work()) !== false;
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
  }
  results.push({ name, isOk, seconds: (performance.now() - startedAt) / 1000 });
}

/**
 * Runs a command whose output matters only when it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} [folder] relative to the root
 * @param {Record<string, string>} [environment] variables beside our own
 */
async function check(command, args, folder = "", environment = {}) {
  /** @type {Buffer[]} */
  const output = [];
  const env = { ...process.env, ...environment };
  const code = await run(command, args, { cwd: join(root, folder), env, onOutput: (chunk) => output.push(chunk) });
  if (code !== 0) process.stdout.write(`\n$ ${command} ${args.join(" ")}\n${Buffer.concat(output)}\n`);
  return code === 0;
}

/**
 * Packs a package as it would be published and has the archive looked at.
 *
 * @param {import("./workspace.mjs").WorkspacePackage} item
 */
async function checkPackage(item) {
  const { archive } = await pack(item, join(root, ".cache", "pack", item.folder));
  const isWellFormed = await check("publint", ["run", archive, "--strict"]);
  const attw = ["--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", archive];
  return (!item.hasTypes || (await check("attw", attw))) && isWellFormed;
}

async function checkPackages() {
  for (const item of publicPackages()) await step(`package form: ${item.folder}`, () => checkPackage(item));
}

/** Templates of the console are checked against the routes that they ask. */
async function checkConsole() {
  const folder = "examples/reference-server/web";
  return (await check("openapi-typescript", [], folder)) && (await check("vue-tsc", ["--noEmit", "-p", "."], folder));
}

async function checkSources() {
  await step("lint (biome)", () => check("biome", ["check", "--error-on-warnings", "."]));
  await step("structure", () => check("node", ["scripts/check-structure.mjs"]));
  // Before the search for dead exports: the types of the routes are made by it.
  await step("types of the console (vue-tsc)", checkConsole);
  await step("dead exports (knip)", () => check("knip", []));
  await step("docs/openapi.json (redocly)", () => check("redocly", ["lint", "docs/openapi.json"], "", REDOCLY));
  await step("docs/api (typedoc)", () => check("node", ["scripts/api-reference.mjs", "--check"]));
  await checkPackages();
}

async function runTests() {
  rmSync(countsFile, { force: true });
  const code = await run("vitest", ["run", ...process.argv.slice(2)], { isInherited: true });
  counts = JSON.parse(readFileSync(countsFile, "utf8"));
  // Failed tests are counted one by one, so the step itself fails only when none of them explains the code.
  return code === 0 || counts.failed > 0;
}

await step("install", install);
if (results.every(({ isOk }) => isOk)) {
  await step("build", () => build({ types: true }));
  // Two lanes for two cores: the type check takes as long as all other checks.
  await Promise.all([step("types (tsc -b)", () => check("tsc", ["-b"])), checkSources()]);
  await step("tests (vitest)", runTests);
}

const failedSteps = results.filter(({ isOk }) => !isOk);
const failed = counts.failed + failedSteps.length;
const rows = results.map(
  ({ name, isOk, seconds }) => `${isOk ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(6)} s  ${name}`,
);
const slowest = (counts.slowest ?? []).map(({ file, seconds }) => `${seconds.toFixed(1).padStart(13)} s  ${file}`);
const skips = counts.skipped.map(({ name, reason }) => `skipped: ${name}${reason ? ` (${reason})` : ""}`);
const table = tableText(counts.conformance ?? {}, { whole: process.env.CI === "true" });
const longest = slowest.length > 0 ? ["the slowest test files:", ...slowest] : [];
// Last, since whoever reads no more than the end of a long log wants to know it.
const failures = (counts.failures ?? []).map((failure) => `failed: ${failure}`);
process.stdout.write(`\n${table}\n\n${[...longest, ...rows, ...skips, ...failures].join("\n")}\n`);
process.stdout.write(`${counts.passed} passed, ${failed} failed, ${counts.skipped.length} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
