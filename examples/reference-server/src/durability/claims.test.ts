// Two processes take work from one ledger.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { startChild } from "../testing/child.js";
import { type Engine, engines } from "../testing/engines.js";

const ROWS = 100_000;
const DUE = 1_700_000_000_000;

const CLAIM = `
const stores = await open(false);
say("ready");
await told();
for (let empty = 0; empty < 3; ) {
  const lease = { owner: process.env.OWNER, now: ${DUE + 1}, until: ${DUE + 3_600_000}, limit: 1000 };
  const claimed = await stores.batches.claim("send", lease).catch((error) => {
    if (!error.retryable) throw error;
    return undefined;
  });
  if (!claimed) continue;
  if (claimed.length === 0) empty++;
  else say(JSON.stringify(claimed.map(({ id }) => id)));
}
await stores.close();
process.exit(0);`;

/** A ledger with batches that are due. */
async function ledger(engine: Engine, rows: number): Promise<{ readonly url: string; readonly stores: SqlStores }> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-claims-"));
  const url = await engine.newUrl(folder);
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: [] });
  onTestFinished(async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate();
  const kit = createRecallKit({ stores, logger: silentLogger });
  const { id: ruleId } = await kit.rules.create({
    name: "r",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    channel: "wecom",
    content: { text: "hello" },
  });
  const { id: occurrenceId } = await kit.occurrences.runNow(ruleId);
  await stores.sql
    .updateTable("rk_occurrences")
    .set({ state: "running", due_at: DUE, expires_at: 4_000_000_000_000 })
    .where("id", "=", occurrenceId)
    .execute();
  for (let start = 0; start < rows; start += 5_000) {
    const batches = Array.from({ length: Math.min(5_000, rows - start) }, (_, n) => ({
      id: start + n + 1,
      tenant_id: 1,
      occurrence_id: occurrenceId,
      rule_id: ruleId,
      channel: "wecom",
      number: start + n + 1,
      state: "pending",
      size: 1,
      marker: String(start + n),
      capability: "lookup",
      warnings: "[]",
      attempts: 0,
      resends: 0,
      faults: 0,
      look_ups: 0,
      not_before: DUE - (start + n),
      polls: 0,
      settled: 0,
      lease_epoch: 0,
      created_at: DUE,
    }));
    await stores.rows.write({ name: "rk_batches", key: ["id"], isNumbered: true }, batches);
  }
  return { url, stores };
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("claims on %s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `two processes take ${ROWS} batches, 1 000 at a time, none twice and none left`,
    { timeout: 180_000 },
    async () => {
      const { url, stores } = await ledger(engine, ROWS);
      const children = ["one", "two"].map((OWNER) => startChild(CLAIM, { DATABASE_URL: url, OWNER }));
      for (const child of children) expect(await child.line()).toBe("ready");
      for (const child of children) child.tell("go");
      const takenBy = await Promise.all(
        children.map(async (child) => {
          const ids: number[] = [];
          for (let line = await child.line(); line !== undefined; line = await child.line())
            ids.push(...JSON.parse(line));
          expect(await child.ended).toBe(0);
          return ids;
        }),
      );
      const taken = takenBy.flat();
      expect([taken.length, new Set(taken).size]).toEqual([ROWS, ROWS]);
      const { n } = await stores.sql
        .selectFrom("rk_batches")
        .select((eb) => eb.fn.countAll<number>().as("n"))
        .where("lease_epoch", "=", 1)
        .where("lease_owner", "is not", null)
        .executeTakeFirstOrThrow();
      expect(n).toBe(ROWS);
    },
  );

  run("whoever reads first and writes afterwards takes the same rows as another", async () => {
    const { stores } = await ledger(engine, 10);
    const look = () => stores.sql.selectFrom("rk_batches").select("id").where("lease_owner", "is", null).execute();
    const seen = [await look(), await look()];
    for (const rows of seen) {
      const ids = rows.map(({ id }) => id);
      await stores.sql.updateTable("rk_batches").set({ lease_owner: "x" }).where("id", "in", ids).execute();
    }
    expect(new Set(seen.flat().map(({ id }) => id)).size).toBe(seen.flat().length / 2);
  });
});
