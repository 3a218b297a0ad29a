// `npm run bench [NAME …]`: measures, prints, and keeps the figures in bench/results. Nothing here is asserted.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { build } from "../scripts/build.mjs";
import { install } from "../scripts/install.mjs";
import { root } from "../scripts/workspace.mjs";

const BENCHMARKS = [
  "simulator",
  "dispatch",
  "personal",
  "contention",
  "http",
  "reading",
  "import",
  "callbacks",
  "coupons",
  "landing",
  "leads",
  "package",
  "messages",
  "audience",
  "evidence",
  "batches",
  "conversions",
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(", ")}; there are ${BENCHMARKS.join(", ")}`);

await install();
await build({ types: false });
const [cpu] = cpus();
const machine = {
  node: process.version,
  cpu: `${cpu?.model.trim()} × ${cpus().length}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  version: JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8")).version,
};
process.stdout.write(`${machine.node}, ${machine.cpu}, ${machine.memoryGb} GB\n`);
mkdirSync(join(root, "bench/results"), { recursive: true });
for (const name of wanted.length > 0 ? wanted : BENCHMARKS) {
  /** @type {{ measure(): Promise<Record<string, number>> }} */
  const { measure } = await import(`./${name}.mjs`);
  const figures = await measure();
  process.stdout.write(`\n${name}\n`);
  for (const [figure, value] of Object.entries(figures))
    process.stdout.write(`${String(value).padStart(10)}  ${figure}\n`);
  const result = { at: new Date().toISOString().slice(0, 10), ...machine, figures };
  writeFileSync(join(root, `bench/results/${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
