// 16 clients on two server processes over a private PostgreSQL and a private MariaDB, which are not asked to keep their word
// over a power cut. It is the test of the same name with more requests.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../scripts/run.mjs";

const REQUESTS = 1000;

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const file = join(folder, "figures");
  const env = { ...process.env, CONTENTION_REQUESTS: String(REQUESTS), CONTENTION_FIGURES: file };
  // The test fails where an answer is missing; the figures are told all the same.
  await run("vitest", ["run", "examples/reference-server/src/durability/contention.test.ts"], { env });
  /** @type {Record<string, number>} */
  const figures = {};
  for (const engine of ["PostgreSQL", "MariaDB"]) {
    const told = JSON.parse(readFileSync(`${file}-${engine}.json`, "utf8"));
    figures[`requests a second, ${engine}`] = Math.round(told.answers / told.seconds);
    figures[`transactions repeated of 1 000, ${engine}`] = Math.round((told.undone / told.begun) * 10_000) / 10;
    figures[`answers of 500 and above, ${engine}`] = told.faults;
    figures[`log lines of what gave up, ${engine}`] = told.complaints;
  }
  rmSync(folder, { recursive: true, force: true });
  return figures;
}
