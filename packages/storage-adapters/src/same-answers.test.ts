import { isDeepStrictEqual } from "node:util";
import { createRecallKit, RecallKitError, silentLogger, type TenantKit } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, describe, expect, test } from "vitest";
import { mysqlStores } from "./mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "./mysql/test-support.js";
import { postgresStores } from "./postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "./postgres/test-support.js";
import { sqliteStores } from "./sqlite/sqlite-stores.js";

const GREATEST = Number.MAX_SAFE_INTEGER;
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;
const NOTHING = { items: [], nextCursor: null };

/** The greatest and least values that are no mistake, what nobody has, and what every engine must say to it. */
const CALLS: readonly (readonly [string, (kit: TenantKit) => Promise<unknown>, unknown])[] = [
  ["rules.get", (kit) => kit.rules.get(GREATEST), "rule.not-found"],
  ["rules.versions", (kit) => kit.rules.versions(GREATEST), "rule.not-found"],
  ["rules.delete", (kit) => kit.rules.delete(GREATEST), "rule.not-found"],
  ["rules.setStatus", (kit) => kit.rules.setStatus(GREATEST, "paused"), "rule.not-found"],
  [
    "rules.page",
    (kit) => kit.rules.page({ search: "%_\\" }, { offset: GREATEST, limit: GREATEST }),
    { items: [], total: 0 },
  ],
  ["rules.list since", (kit) => kit.rules.list({ createdFrom: FIRST, createdTo: LAST }), NOTHING],
  ["occurrences.runNow", (kit) => kit.occurrences.runNow(GREATEST), "rule.not-found"],
  ["occurrences.status", (kit) => kit.occurrences.status(GREATEST), "occurrence.not-found"],
  ["occurrences.latest", (kit) => kit.occurrences.latest(GREATEST), undefined],
  ["occurrences.lastRuns", (kit) => kit.occurrences.lastRuns(Array(200).fill(GREATEST)), new Map()],
  ["occurrences.lastRuns of none", (kit) => kit.occurrences.lastRuns([]), new Map()],
  ["occurrences.cancel", (kit) => kit.occurrences.cancel(GREATEST), "occurrence.not-found"],
  ["occurrences.remind", (kit) => kit.occurrences.remind(GREATEST), "occurrence.not-found"],
  ["occurrences.list", (kit) => kit.occurrences.list({ cursor: String(GREATEST), limit: GREATEST }), NOTHING],
  ["occurrences.list since", (kit) => kit.occurrences.list({ states: ["planned"], since: FIRST }), NOTHING],
  ["batches.list", (kit) => kit.batches.list({ ruleId: GREATEST, states: ["dead", "dead"], since: LAST }), NOTHING],
  ["batches.get", (kit) => kit.batches.get(GREATEST), undefined],
  ["batches.decide", (kit) => kit.batches.decide(GREATEST, "accepted"), "batch.not-found"],
  ["batches.redrive", (kit) => kit.batches.redrive(GREATEST), "batch.not-found"],
  ["deliveries.list", (kit) => kit.deliveries.list({ batchId: GREATEST, limit: GREATEST, since: FIRST }), NOTHING],
  ["attempts.list", (kit) => kit.attempts.list({ occurrenceId: GREATEST, cursor: null, since: LAST }), NOTHING],
  ["alarms.list", (kit) => kit.alarms.list({ cursor: String(GREATEST), limit: GREATEST }), NOTHING],
  ["consents.get", (kit) => kit.consents.get("nobody"), "customer.not-found"],
  ["consents.list", (kit) => kit.consents.list({ channel: "é", cursor: String(GREATEST) }), NOTHING],
  ["suppressions.list", (kit) => kit.suppressions.list({ channel: "é", limit: GREATEST }), NOTHING],
  ["suppressions.remove", (kit) => kit.suppressions.remove(GREATEST), "suppression.not-found"],
  ["customers.export", (kit) => kit.customers.export("nobody"), "customer.not-found"],
  ["customers.erase", (kit) => kit.customers.erase("nobody"), "customer.not-found"],
  [
    "customers.upsert of a hole",
    (kit) => kit.customers.upsert([null as never]).then(({ rejected }) => rejected.length),
    1,
  ],
  ["orders.ingest of a hole", (kit) => kit.orders.ingest([null as never]).then(({ rejected }) => rejected.length), 1],
  ["labels.list", (kit) => kit.labels.list("sku", { cursor: "𠮷", limit: GREATEST }), NOTHING],
  ["audience.count", (kit) => kit.audience.count(LAPSED, { asOf: FIRST }), 0],
  ["audience.count", (kit) => kit.audience.count(LAPSED, { asOf: LAST }), 0],
  ["report", (kit) => kit.report(GREATEST, { asOf: FIRST, from: FIRST, to: LAST }).then(({ audience }) => audience), 0],
  ["statistics", (kit) => kit.statistics({ asOf: LAST, to: LAST, products: 0 }).then(({ byDay }) => byDay), []],
  [
    "results.page",
    (kit) => kit.results.page({ search: "x" }, { offset: GREATEST, limit: GREATEST }),
    { items: [], total: 0 },
  ],
  ["results.list", (kit) => kit.results.list({ from: FIRST, cursor: `${LAST}:${GREATEST}`, limit: GREATEST }), NOTHING],
  ["rules.list behind", (kit) => kit.rules.list({ cursor: `${FIRST}:1`, limit: GREATEST }), NOTHING],
  ["sendTest", (kit) => kit.sendTest(GREATEST, { addresses: ["a"] }), "rule.not-found"],
];
const LAPSED = { segment: { lapse: { minDays: 0, maxDays: 3650 } } };

const postgres = newSchema();
const mysql = newDatabase();
afterAll(() => Promise.all([postgresUrl && postgres.drop(), mysqlUrl && mysql.drop()]));

const ENGINES: readonly (readonly [string, boolean, () => Promise<Stores>])[] = [
  ["memory", true, async () => memoryStores()],
  ["SQLite", true, () => sqliteStores({ file: ":memory:", migrate: true })],
  ["PostgreSQL (needs a server)", postgresUrl !== "", () => postgresStores({ ...postgres, migrate: true })],
  [
    "MariaDB (needs a server)",
    mysqlUrl !== "",
    () => mysql.create().then(() => mysqlStores({ ...mysql, migrate: true })),
  ],
];

describe.each(ENGINES)("%s", (_, isThere, open) => {
  test.skipIf(!isThere)("answers as every engine does at the edges of what may be asked", async () => {
    const kit = createRecallKit({ stores: await open(), logger: silentLogger, secretKey: "x".repeat(32) });
    const wrong: unknown[] = [];
    for (const [name, call, expected] of CALLS) {
      const answer = await call(kit).catch((error: unknown) => (RecallKitError.is(error) ? error.code : error));
      if (!isDeepStrictEqual(answer, expected)) wrong.push({ name, answer });
    }
    expect(wrong).toEqual([]);
    await expect(kit.forTenant(GREATEST).rules.list()).rejects.toMatchObject({ code: "tenant.not-found" });
    await kit.close();
  });
});
