import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { countWhileEditing, indexOf } from "./audience-index.js";
import { importRows } from "./import-rows.js";
import { keepCredits } from "./keep-credits.js";
import { birthdayRegulars, lookAt, ruleForRegulars } from "./segments.js";
import { sharedPorts } from "./shared-ports.js";
import { startRecall } from "./start-recall.js";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

const secretKey = "for-this-test-only-0123456789abcdef";

async function* each<T>(...rows: T[]): AsyncGenerator<T> {
  yield* rows;
}

test("rows of a host's tables are taken, and a wrong one is told by its place", async () => {
  const kit = createRecallKit({ stores: memoryStores(), secretKey, logger: silentLogger });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const order = { externalId: "1", externalKey: "mimi", orderedAt: "2026-02-10 20:00", amount: 99 };
  const rejected = await importRows(kit, {
    customers: () => each({ externalKey: "mimi" }),
    orders: () => each(order, { ...order, externalId: "2", orderedAt: "yesterday" }),
  });
  expect(rejected).toBe(1);
  expect(warn).toHaveBeenCalledWith(1, "orderedAt", expect.any(String));
  await kit.close();
});

test("a segment of many conditions is counted question by question", async () => {
  const kit = createRecallKit({
    stores: memoryStores(),
    secretKey,
    logger: silentLogger,
    clock: { ...systemClock, now: () => Date.parse("2026-03-16T02:00:00Z") },
  });
  await kit.customers.upsert([
    { externalKey: "mimi", city: "上海", bornOn: "1990-03-20" },
    { externalKey: "staff-1", city: "上海", bornOn: "1990-03-20" },
    { externalKey: "new", city: "上海", bornOn: "1990-03-20" },
  ]);
  const days = ["2025-11-01", "2025-12-01", "2026-01-01"];
  await kit.orders.ingest(
    ["mimi", "staff-1"].flatMap((externalKey) =>
      days.map((day) => ({ externalId: `${externalKey} ${day}`, externalKey, orderedAt: `${day} 20:00`, amount: 200 })),
    ),
  );
  expect(await lookAt(kit, birthdayRegulars)).toBe(
    [
      "customers 3 → orders 2 → birthday 2 → engagement 2 → any 2 → none 1 → reachable 0",
      ...["label.unknown", "customer.unknown", "channel.missing"],
    ].join("\n"),
  );
  const rule = { name: "r", channel: "sms", content: { text: "hi" }, validFrom: "2026-01-01", validTo: "2026-12-31" };
  expect(await kit.audience.count(await ruleForRegulars(kit, rule))).toBe(2);
  const index = await indexOf(kit);
  expect(index.state).toBe("current");
  expect(await countWhileEditing(kit, index, { orders: { count: { min: 3 } } })).toBe(2);
  expect(await countWhileEditing(kit, index, birthdayRegulars, Date.parse("2026-03-16T02:00:00Z"))).toBe(
    await kit.audience.count({ segment: birthdayRegulars }),
  );
  await kit.close();
});

test("credits are kept for every merchant, and reports are what they were", async () => {
  const stores = await sqliteStores({ file: ":memory:", migrate: true });
  const kit = createRecallKit({ stores, secretKey, logger: silentLogger });
  const other = await kit.tenants.create({ name: "other" });
  const before = await kit.forTenant(other.id).report();
  await keepCredits(kit);
  const kept = await stores.conversions.rollUp(other.id, { begin: false, limit: 1, at: 0 });
  expect(kept).toEqual({ revision: 0, isCurrent: true });
  expect({ ...(await kit.forTenant(other.id).report()), asOf: before.asOf }).toEqual(before);
  await kit.close();
});

test("a backend's kit sends what is due while it runs, and stops when it is told to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-example-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const simulator = await startWecomSimulator();
  const { kit, stop } = await startRecall({
    file: join(folder, "recall.db"),
    secretKey,
    corpId: "ww-simulator",
    secret: "simulator-secret",
    baseUrl: simulator.url,
  });
  await kit.customers.upsert([{ externalKey: "mimi", externalUserId: "wm-mimi" }]);
  const rule = await kit.rules.create({
    name: "a",
    segment: { everybody: true },
    validFrom: "2026-01-01",
    validTo: "2099-12-31",
    content: { text: "https://shop.example/back" },
  });
  await kit.occurrences.runNow(rule.id);
  await vi.waitFor(async () => expect(await kit.report(rule.id)).toMatchObject({ accepted: 1 }), 20_000);
  expect(await kit.retain()).toBeDefined();
  await stop();
  await simulator.close();
});

test.skipIf(inject("redisUrl") === "")("the shared ports keep what one process found out", async () => {
  const { tokenCache, close } = await sharedPorts(inject("redisUrl"));
  expect(tokenCache).toBeDefined();
  await close();
});
