// An undisturbed database answers everybody, however many come at once.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { engines } from "../testing/engines.js";
import { keepBusy } from "./busy-clients.js";

/** Requests to each engine. */
const REQUESTS = Number(process.env.CONTENTION_REQUESTS ?? 160);
/** Where `npm run bench contention` wants its figures; the name of the engine is added. */
const FIGURES = process.env.CONTENTION_FIGURES;

const servers = engines.filter(({ name }) => name !== "SQLite");

describe.each(servers.map((engine) => [engine.name, engine] as const))("contention on %s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${REQUESTS} requests of 16 clients to two servers: no answer of 500 and above, and nothing gives up`,
    { timeout: 60_000 + 100 * REQUESTS },
    async () => {
      const url = await engine.newUrl(tmpdir());
      const busyness = await keepBusy(url, REQUESTS, { isCounted: FIGURES !== undefined });
      const { statuses, faults, complaints, failedImports, ...figures } = busyness;
      if (FIGURES) {
        const answers = Object.values(statuses).reduce((sum, count) => sum + count, 0);
        const told = { ...figures, answers, faults: faults.length, complaints: complaints.length };
        writeFileSync(`${FIGURES}-${name}.json`, JSON.stringify(told));
      }
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      expect(failedImports).toEqual([]);
      expect(statuses[200] ?? 0).toBeGreaterThan(REQUESTS / 2);
    },
  );
});
