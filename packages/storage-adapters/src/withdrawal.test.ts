import { createRecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import { recordingChannel, virtualClock } from "@recallkit/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { mysqlStores } from "./mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "./mysql/test-support.js";
import { postgresStores } from "./postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "./postgres/test-support.js";
import { sqliteStores } from "./sqlite/sqlite-stores.js";

const MINUTE = 60_000;

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

describe.each(ENGINES)("on %s", (_, isThere, open) => {
  test.skipIf(!isThere)("what people take back in the middle of a push stops what is left of it", async () => {
    const stores = await open();
    const clock = virtualClock(Date.UTC(2026, 5, 1, 2));
    const channel = recordingChannel({ clock, maxBatchSize: 1 });
    const kit = createRecallKit({
      stores,
      clock,
      channels: [channel],
      logger: silentLogger,
      secretKey: "x".repeat(32),
    });
    const keys = ["a", "b", "c", "d", "e", "f"];
    await kit.customers.upsert(keys.map((externalKey) => ({ externalKey, externalUserId: `wm_${externalKey}` })));
    await kit.contactPolicy.set({ consent: "required" });
    const word = { channel: "*", status: "granted", source: "form" } as const;
    await kit.consents.recordMany(keys.filter((key) => key !== "b").map((externalKey) => ({ ...word, externalKey })));
    const rule = await kit.rules.create({
      name: "all",
      segment: { everybody: true },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      content: { text: "喵" },
      batchPauseMs: MINUTE,
    });
    await kit.occurrences.runNow(rule.id);
    const next = async () => {
      await clock.advance(MINUTE);
      await kit.tick();
    };
    await kit.tick();
    await next();
    await next();
    await kit.consents.record({ externalKey: "d", channel: channel.name, status: "withdrawn", source: "reply" });
    await kit.suppressions.add({ externalKey: "e", reason: "opt_out" });
    for (let n = 0; n < 4; n += 1) await next();
    const { items } = await kit.deliveries.list();
    expect(items.map(({ externalKey, state, reason }) => `${externalKey} ${reason ?? state}`)).toEqual([
      "a delivered",
      "b no_consent",
      "c delivered",
      "d no_consent",
      "e opt_out",
      "f delivered",
    ]);
    await kit.close();
  });
});
