import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { afterAll, expect, test, vi } from "vitest";
import { loadSampleShop } from "./load-shop.js";
import { runSamplePush, SAMPLE_RULE_NAME } from "./sample-push.js";

vi.setConfig({ testTimeout: 120_000 });

const now = Date.parse("2026-03-10T15:00:00+08:00");
const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
const file = join(folder, "sample.db");
const stores = await sqliteStores({ file, migrate: true });
const kit = createRecallKit({ stores, logger: silentLogger });
afterAll(async () => {
  await kit.close();
  await rm(folder, { recursive: true });
});

test("the sample shop loads once, and again on the same day changes nothing", async () => {
  const notes: string[] = [];
  const first = await loadSampleShop(kit, { now, onProgress: (note) => notes.push(note) });
  expect(first).toMatchObject({ customers: { inserted: 5000 }, orders: { inserted: 20_000, updated: 0 } });
  expect(notes.at(-1)).toBe("载入示例订单 20000/20000 · sample orders");
  const second = await loadSampleShop(kit, { now });
  expect(second).toMatchObject({
    customers: { unchanged: 5000, updated: 0 },
    orders: { unchanged: 20_000, updated: 0 },
  });
});

test("the sample push that was cut short is finished by the next one", async () => {
  const cutStores = await sqliteStores({ file: join(folder, "cut.db"), migrate: true });
  const cutKit = createRecallKit({ stores: cutStores, logger: silentLogger });
  await loadSampleShop(cutKit, { now });
  const stop = new AbortController();
  const onProgress = (note: string) => {
    if (note.includes("batch 1 accepted")) stop.abort(new Error("cut short"));
  };
  const cut = runSamplePush({ stores: cutStores, now, onProgress, signal: stop.signal });
  await expect(cut).rejects.toThrow("cut short");
  const { state, report } = await runSamplePush({ stores: cutStores, now });
  expect(state).toBe("completed");
  expect(report.accepted + report.failed).toBe(report.pushed);
  expect(report.waiting + report.unknown).toBe(0);
  expect((await cutKit.batches.list({})).items.map(({ attempts }) => attempts)).toEqual([1]);
  await cutKit.close();
});

test("the sample push goes all the way from its slot to conversions", async () => {
  const notes: string[] = [];
  const { report, ...summary } = await runSamplePush({ stores, now, onProgress: (note) => notes.push(note) });
  expect(summary).toMatchObject({ ruleName: SAMPLE_RULE_NAME, state: "completed" });
  expect(report.audience).toBeGreaterThan(300);
  expect(report.audience).toBeLessThan(800);
  expect(report.accepted).toBeGreaterThan(0);
  expect(report.delivered).toBeGreaterThan(report.accepted / 2);
  expect(report.notDelivered).toBeGreaterThan(0);
  expect(report.waiting).toBe(0);
  expect(report.failed).toBeGreaterThan(0);
  expect(report.delivered + report.notDelivered).toBe(report.accepted);
  expect(report.buyers).toBeGreaterThan(10);
  expect(report.buyerRate).toBeLessThan(0.3);
  expect(report.revenueMinor).toBeGreaterThan(0);
  expect(notes.some((note) => note.includes("results are in"))).toBe(true);

  const [occurrence] = (await kit.occurrences.list({ ruleId: summary.ruleId })).items;
  expect(occurrence).toMatchObject({ kind: "slot", nominal: "2026-03-02T10:00" });
  const reached = (await kit.deliveries.list({ ruleId: summary.ruleId })).items;
  expect(reached.every(({ address }) => address === null || address.startsWith("wm"))).toBe(true);
});

test("the sample push is not repeated", async () => {
  const before = await runSamplePush({ stores, now });
  const after = await runSamplePush({ stores, now: now + 86_400_000 });
  expect(after).toMatchObject({ ruleId: before.ruleId, occurrenceId: before.occurrenceId, state: "completed" });
  expect((await kit.occurrences.list({})).items).toHaveLength(1);
  expect((await kit.rules.page()).total).toBe(1);
});

test("the rule of the sample push never fires again by itself", async () => {
  const { items } = await kit.rules.list();
  expect(items[0]).toMatchObject({ nextDueAt: null, definition: { validFrom: "2026-03-02", validTo: "2026-03-02" } });
});
