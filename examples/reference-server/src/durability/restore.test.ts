// A database is restored from a backup that was made in the middle of a push.
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openSendingShop } from "./sending-shop.js";

const PEOPLE = 80;

test.each([
  { args: ["--reconcile-first"], what: "nobody gets it twice" },
  { args: [], what: "people get it twice" },
])("started with $args, $what", { timeout: 90_000 }, async ({ args }) => {
  const file = (folder: string, name: string) => join(folder, `${name}.db`);
  const shop = await openSendingShop({ newUrl: async (folder) => `sqlite:${file(folder, "shop")}`, people: PEOPLE });
  const id = await shop.push();
  shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 1000, times: 4 });
  const server = await shop.start();
  await shop.untilTasks(2);
  const backup = await sqliteStores({ file: file(shop.folder, "shop") });
  await sql`vacuum into ${sql.lit(file(shop.folder, "backup"))}`.execute(backup.sql);
  await backup.close();
  await shop.untilDone();
  await server.kill();
  const twice = () => [...shop.simulator.ledger.tasksPerCustomer().values()].filter((count) => count > 1).length;
  expect(twice()).toBe(0);

  await copyFile(file(shop.folder, "backup"), file(shop.folder, "restored"));
  const restored = await sqliteStores({ file: file(shop.folder, "restored") });
  onTestFinished(() => restored.close());
  const kit = createRecallKit({ stores: restored, logger: silentLogger });
  const { batches } = await kit.occurrences.status(id);
  expect((batches.pending ?? 0) + (batches.leased ?? 0)).toBeGreaterThan(0);
  await shop.start({ DATABASE_URL: `sqlite:${file(shop.folder, "restored")}` }, ["--role", "all", ...args]);
  await expect
    .poll(async () => (await kit.occurrences.status(id)).state, { timeout: 60_000, interval: 200 })
    .toMatch(/^completed/);
  if (args.length === 0) return expect(twice()).toBeGreaterThan(0);
  expect(twice()).toBe(0);
  const { deliveries } = await kit.occurrences.status(id);
  const { accepted = 0, delivered = 0 } = deliveries;
  expect(accepted + delivered).toBe(PEOPLE);
});
