// A migration that meets somebody who reads the table: it gives up in time, so that nobody waits behind it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MigrationSet } from "@recallkit/storage-adapters/migrations";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { engines } from "../testing/engines.js";

const FIRST = { name: "create-probe", sql: ["CREATE TABLE rk_probe (id INTEGER NOT NULL PRIMARY KEY)"] };
const SECOND = { name: "widen-probe", sql: ["ALTER TABLE rk_probe ADD COLUMN note INTEGER"] };
const older: readonly MigrationSet[] = [{ id: "probe", steps: [FIRST] }];
const newer: readonly MigrationSet[] = [{ id: "probe", steps: [FIRST, SECOND] }];

describe.each(engines.filter(({ name }) => name !== "SQLite"))("$name", (engine) => {
  test.skipIf(engine.missing)(
    "a lock of others is waited for as long as asked, and then nothing was changed",
    {
      timeout: 60_000,
    },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-lock-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const setting = parseDatabaseUrl(await engine.newUrl(folder));
      if (typeof setting === "string") throw new Error(setting);
      const open = async (sets: readonly MigrationSet[]) => {
        const stores = await openStoresAt(setting, { sets });
        onTestFinished(() => stores.close());
        return stores;
      };
      const [before, after] = [await open(older), await open(newer)];
      await before.migrate();
      await before.transaction(async (tx) => {
        await sql`select * from rk_probe`.execute(tx.sql);
        const refused = after.migrate(undefined, { lockTimeoutMs: 200 });
        await expect(refused).rejects.toMatchObject({ code: "storage.busy", retryable: true });
        // Nobody waits behind it any more.
        await sql`select * from rk_probe`.execute(after.sql);
        expect((await after.migrationStatus()).pending.map(({ name }) => name)).toEqual(["widen-probe"]);
      });
      expect((await after.migrate()).map(({ name }) => name)).toEqual(["widen-probe"]);
    },
  );
});
