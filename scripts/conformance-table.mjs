// Which facts of the conformance suites were shown on which engine, from the tests of a run.

/** Engines by the title of the tests that run the suites on them. */
const ENGINES = [
  { name: "memory", titles: ["memory stores of their own", "memory token cache", "memory leases and rate limiter"] },
  { name: "libsql", titles: ["a file through libsql"] },
  { name: "node:sqlite", titles: ["a file through node"] },
  { name: "PostgreSQL", titles: ["PostgreSQL (needs a server)"] },
  { name: "MariaDB", titles: ["MariaDB (needs a server)"] },
  { name: "Redis", titles: ["Redis (needs a server)"] },
];
/** Cases are named `area: fact`. */
const CASE = /^([a-z][a-z ]*): (.+)$/;
const SIGNS = { passed: "✓", failed: "✗", skipped: "–", pending: "–" };

/** @typedef {Record<string, Record<string, string>>} Table signs by case and engine */

/**
 * @param {Iterable<import("vitest/node").TestCase>} tests
 * @returns {Table}
 */
export function conformanceTable(tests) {
  /** @type {Table} */
  const table = {};
  for (const test of tests) {
    const engine = ENGINES.find(({ titles }) => test.parent.type === "suite" && titles.includes(test.parent.name));
    if (!engine || !CASE.test(test.name)) continue;
    const row = table[test.name] ?? {};
    row[engine.name] = SIGNS[test.result().state];
    table[test.name] = row;
  }
  return table;
}

/**
 * @param {Table} table
 * @param {{ whole: boolean }} options whole: a line per case instead of one per area
 */
export function tableText(table, { whole }) {
  const engines = ENGINES.map(({ name }) => name).filter((name) => Object.values(table).some((row) => row[name]));
  if (engines.length === 0) return "";
  const lines = whole
    ? Object.entries(table).map(([name, row]) => [name, ...engines.map((engine) => row[engine] ?? "")])
    : areas(table, engines);
  const widths = engines.map((engine) => Math.max(engine.length, 7));
  const head = ["", ...engines];
  return [head, ...lines]
    .map(([name = "", ...cells]) => `${cells.map((cell, n) => cell.padStart(widths[n] ?? 0)).join("  ")}  ${name}`)
    .join("\n");
}

/**
 * @param {Table} table
 * @param {string[]} engines
 */
function areas(table, engines) {
  const names = [...new Set(Object.keys(table).map((name) => CASE.exec(name)?.[1] ?? ""))];
  return names.map((area) => [
    area,
    ...engines.map((engine) => {
      const signs = Object.entries(table).flatMap(([name, row]) =>
        name.startsWith(`${area}: `) && row[engine] ? [row[engine]] : [],
      );
      const shown = signs.filter((sign) => sign === SIGNS.passed).length;
      return signs.length === 0 ? "" : `${shown}/${signs.length}`;
    }),
  ]);
}
