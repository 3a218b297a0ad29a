// Databases of every release, as they were left, under this program. A release adds its own.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Clock, createRecallKit, silentLogger } from "@recallkit/core";
import { openSqliteStores, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import { wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { sql } from "kysely";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { runCommand } from "../testing/command-line.js";

const dumps = fileURLToPath(new URL("__fixtures__/", import.meta.url));
const releases = (await readdir(dumps)).map((name) => name.replace(/\.sql$/, ""));
/** When the databases were left. */
const LEFT_AT = 1_763_712_000_000 + 60_000;

/** The database of a release, in a folder of its own. */
async function restored(release: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-upgrade-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.db");
  const database = new Database(file);
  database.exec(await readFile(join(dumps, `${release}.sql`), "utf8"));
  database.close();
  return file;
}

async function open(file: string): Promise<SqlStores> {
  const stores = await openSqliteStores({ file, sets: moduleMigrations });
  onTestFinished(() => stores.close());
  return stores;
}

/** Tables with their columns, and indexes, in an order of their own: columns that came later stand at the end. */
async function schemaOf({ sql: db }: SqlStores) {
  const columns = await sql<{
    place: string;
  }>`select m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' ||
    c.pk as place from sqlite_master as m cross join pragma_table_info(m.name) as c
    where m.type = 'table' and m.name not like 'sqlite%' order by 1`.execute(db);
  const indexes = await sql<{ sql: string }>`select sql from sqlite_master where type = 'index' and sql is not null
    order by name`.execute(db);
  return { columns: columns.rows.map(({ place }) => place), indexes: indexes.rows.map(({ sql: text }) => text) };
}

/** The time at which the database was left, going on. */
function goingOn(): Clock {
  const begun = performance.now();
  return {
    now: () => LEFT_AT + Math.floor(performance.now() - begun),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }).catch(() => {}),
  };
}

test.each(releases)("a database of %s gets the schema that a new one has", async (release) => {
  const file = await restored(release);
  const environment = { DATABASE_URL: `sqlite:${file}`, DATA_DIR: join(file, "..") };
  const plan = await runCommand(["--json", "migrate", "up", "--plan"], environment);
  const stores = await open(file);
  const { pending } = await stores.migrationStatus();
  expect((plan.answer.steps as readonly unknown[]).length).toBe(pending.length);
  expect(pending.length).toBeGreaterThan(0);
  const text = await runCommand(["--lang", "en", "migrate", "up", "--plan"], environment);
  expect(text.stdout).toMatch(/recallkit\/9 name-people-of-occurrences \(older versions do not start after it\)/);
  expect(text.stdout).toMatch(/add-column rk_occurrences, 2 rows/);
  await stores.migrate();
  const fresh = await open(join(file, "..", "fresh.db"));
  await fresh.migrate();
  expect(await schemaOf(stores)).toEqual(await schemaOf(fresh));
});

test.each(releases)(
  "what %s knew is known, and the push that waited goes out once",
  { timeout: 60_000 },
  async (release) => {
    const stores = await open(await restored(release));
    await stores.migrate();
    const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }], confirm: { afterMs: 0 } });
    onTestFinished(() => simulator.close());
    const clock = goingOn();
    const kit = createRecallKit({
      stores,
      clock,
      logger: silentLogger,
      secretKey: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
      channels: [wecomChannel({ corpId: "ww1", secret: "s", baseUrl: simulator.url })],
      timings: { resultsPollMs: 0 },
    });
    const report = await kit.report(1, { asOf: LEFT_AT + 7 * 86_400_000 });
    expect(report).toMatchObject({ audience: 12, delivered: 12, orders: 1, buyers: 1, revenueMinor: 12_800 });
    expect(await kit.occurrences.status(2)).toMatchObject({ state: "planned" });
    await expect
      .poll(
        async () => {
          await kit.tick();
          return (await kit.occurrences.status(2)).state;
        },
        { timeout: 30_000 },
      )
      .toBe("completed");
    // Half of them had a message a minute ago, which counts although an older program wrote it down.
    expect((await kit.occurrences.status(2)).deliveries).toEqual({ delivered: 12, suppressed: 12 });
    expect([...simulator.ledger.tasksPerCustomer().values()]).toEqual(Array.from({ length: 12 }, () => 1));
  },
);
