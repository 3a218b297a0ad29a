// A command that imports files of institutions is killed; the next one goes on where it ended, in little memory.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { customersOf, INSTITUTIONS, recordsOf, writeTree } from "../modules/revisit-imports/testing.js";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const KILLS = 5;
/** Of the text of the records; more than what the process may hold where the size is large. */
const MEGABYTES = Number(process.env.REVISIT_IMPORT_MB ?? 3);
const PEOPLE = 200;
const RECORDS = Math.max(3_000, Math.floor((MEGABYTES * 1024 * 1024) / 560));

test(`${KILLS} kills of an import of ${MEGABYTES} MB: the next one goes on, and sums hold`, {
  timeout: 300_000 + MEGABYTES * 5_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-revisit-kill-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeTree(folder, {
    "initial/common/institutions.json": INSTITUTIONS,
    "initial/institutions/BJ-HA-001/customers.json": customersOf("BJ-HA-001", PEOPLE),
    "initial/institutions/BJ-HA-001/consumption_records.json": recordsOf("BJ-HA-001", RECORDS, PEOPLE),
  });
  const file = join(folder, "shop.db");
  const argv = [cli, "--db", `sqlite:${file}`, "--json", "revisit", "import", "--initial", folder, "--settle-ms", "0"];
  const env = { PATH: process.env.PATH, NODE_OPTIONS: "--max-old-space-size=160" };
  const stores = await sqliteStores({ file, migrate: true });
  onTestFinished(() => stores.close());
  await stores.migrate(moduleMigrations);
  const orders = async () =>
    stores.sql
      .selectFrom("rk_orders")
      .select(({ fn }) => [fn.countAll<number>().as("count"), fn.sum<number>("amount_minor").as("amount")])
      .executeTakeFirstOrThrow();

  for (let kill = 1; kill <= KILLS; kill++) {
    const child = spawn(process.execPath, argv, { env, stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const target = (kill * RECORDS) / (KILLS + 2);
    await expect.poll(async () => (await orders()).count, { timeout: 60_000, interval: 5 }).toBeGreaterThan(target);
    child.kill("SIGKILL");
    await ended;
    const { count, amount } = await orders();
    expect(count).toBeLessThan(RECORDS);
    expect(amount).toBe(count * 270_000);
  }
  const run = async () => JSON.parse((await promisify(execFile)(process.execPath, argv, { env })).stdout);
  const last = await run();
  expect(last.files.at(-1)).toMatchObject({ state: "done", rows: RECORDS, inserted: RECORDS, rejected: 0 });
  expect(await orders()).toEqual({ count: RECORDS, amount: RECORDS * 270_000 });
  expect(await run()).toMatchObject({ rows: RECORDS + PEOPLE + 1, unchanged: RECORDS + PEOPLE + 1, inserted: 0 });
});
