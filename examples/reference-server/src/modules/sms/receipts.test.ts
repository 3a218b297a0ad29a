import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import type { SmsReceipt } from "@recallkit/sms";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Engine, engines } from "../../testing/engines.js";
import { smsMigrations } from "./migrations.js";
import { smsReceipts } from "./receipts.js";
import { listCallbacks, listReplies, removeOld } from "./store.js";
import { takeReplies, takeReports } from "./take-over.js";

async function opened(engine: Engine) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-receipts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stores = await engine.open(folder);
  onTestFinished(() => stores.close());
  await stores.migrate([smsMigrations]);
  return { stores, kit: createRecallKit({ stores, logger: silentLogger }), clock: systemClock };
}

const delivered: SmsReceipt = { providerMessageId: "m1", address: "+8613800000001", kind: "delivered", at: 5 };
const failed: SmsReceipt = {
  ...{ providerMessageId: "m1", address: "+8613800000001", kind: "not_delivered", reason: "DB:0103" },
};
const told = { tenantId: 1, provider: "yunpian" } as const;

describe.each(engines.map((engine) => [engine.name, engine] as const))("receipts in %s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run.each([
    ["delivered last", [failed, delivered]],
    ["delivered first", [delivered, failed]],
    ["each twice", [failed, delivered, failed, delivered]],
  ])("are free of order, and delivered stays: %s", async (_case, order) => {
    const { stores } = await opened(engine);
    const receipts = smsReceipts(stores, 1);
    for (const one of order) await receipts.put([one]);
    expect(await receipts.find(["m1", "m2"])).toEqual([delivered]);
    expect(await smsReceipts(stores, 2).find(["m1"])).toEqual([]);
  });

  run("of a forger stand beside the true ones and displace none", async () => {
    const { stores } = await opened(engine);
    const receipts = smsReceipts(stores, 1);
    await receipts.put([{ ...delivered, address: "+8613900000009" }, failed]);
    const found = await receipts.find(["m1"]);
    expect(found.map(({ address, kind }) => [address, kind]).toSorted()).toEqual([
      ["+8613800000001", "not_delivered"],
      ["+8613900000009", "delivered"],
    ]);
  });

  run("and replies are taken once, listed by tenant, and go with their time", async () => {
    const desk = await opened(engine);
    const { stores, kit } = desk;
    const reply = { id: "r1", from: "+8613800000001", text: "退订\u{1f600}", at: 7 };
    expect([await takeReports(desk, told, [delivered, delivered]), await takeReports(desk, told, [delivered])]).toEqual(
      [1, 0],
    );
    expect([await takeReplies(desk, told, [reply]), await takeReplies(desk, told, [reply])]).toEqual([1, 0]);
    expect((await kit.suppressions.list()).items).toMatchObject([
      { channel: "sms", address: "+8613800000001", reason: "opt_out" },
    ]);
    const events = await listCallbacks(stores, 1, { limit: 10 });
    expect(events.items.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["reply", "opt_out"],
      ["report", "delivered"],
    ]);
    expect((await listReplies(stores, 1, {})).items).toMatchObject([{ body: "退订\u{1f600}", is_opt_out: 1 }]);
    expect((await listReplies(stores, 2, {})).items).toEqual([]);
    const later = systemClock.now() + 1;
    for (const table of ["rk_callbacks", "rk_sms_receipts", "rk_sms_replies"] as const) {
      expect(await removeOld(stores, table, 1)).toBe(0);
      expect(await removeOld(stores, table, later)).toBeGreaterThan(0);
      expect(await removeOld(stores, table, later)).toBe(0);
    }
  });
});
