import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/engines.js";
import { anotherMerchant, openMerchant, TEST_NOW } from "../../../testing/lead-merchant.js";
import { createCallBody } from "../calls/schema.js";
import { recordCall } from "../calls/service.js";
import type { Merchant } from "../merchant.js";
import { packageStats } from "../metrics/package-stats.js";
import { createPackageBody } from "../packages/schema.js";
import { createPackage, deletePackage } from "../packages/service.js";
import { createTaskBody } from "../tasks/schema.js";
import { createTask } from "../tasks/service.js";
import { loadLeads, type NewLead } from "./load-leads.js";
import { keepLead, nextLead, releaseLead } from "./next-lead.js";
import { getLead } from "./store.js";

const HOUR = 3_600_000;

function lead(phone: string, parts: Partial<NewLead> = {}): NewLead {
  return { phone, name: "", company: "", region: "", timeZone: undefined, consent: "unknown", ...parts };
}

/** A package with leads and a task. */
async function campaign(merchant: Merchant, phones: readonly (string | NewLead)[]) {
  const { id: packageId } = await createPackage(merchant, createPackageBody.parse({ name: "包", cost_per_lead: 2 }));
  const leads = phones.map((phone) => (typeof phone === "string" ? lead(phone) : phone));
  const loaded = await merchant.stores.transaction(() => loadLeads(merchant, packageId, leads));
  const { id: taskId } = await createTask(merchant, packageId, createTaskBody.parse({ task_name: "任务" }));
  return { packageId, taskId, loaded };
}

const [A, B, C] = ["+8613800138001", "+8613800138002", "+8613800138003"] as const;
const idOf = (next: Awaited<ReturnType<typeof nextLead>>) => next.lead?.id;
const phoneOf = (next: Awaited<ReturnType<typeof nextLead>>) => next.lead?.phone_number ?? null;

async function opened(stores: SqlStores) {
  const { merchant, clock } = await anotherMerchant(stores);
  const call = (taskId: number, body: object) => recordCall(merchant, taskId, createCallBody.parse(body));
  return { merchant, clock, call };
}

/** What holds on every engine; one database for all, since to make one takes longer than they do. */
const FACTS: Readonly<Record<string, (stores: SqlStores) => Promise<void>>> = {
  "a number is called once in a tenant, and never when it is suppressed": async (stores) => {
    const { merchant } = await opened(stores);
    const kit = merchant.context.kit.forTenant(merchant.tenantId);
    await kit.customers.upsert([{ externalKey: "c1", mobile: C }]);
    await kit.suppressions.add({ address: B, channel: "call", reason: "opt_out" });
    await kit.suppressions.add({ externalKey: "c1", reason: "complaint" });
    const first = await campaign(merchant, [A, B, C, A]);
    expect(first.loaded).toEqual({ inserted: 3, unchanged: 1, duplicates: 0, suppressed: 2 });
    const second = await campaign(merchant, [A]);
    expect(second.loaded).toEqual({ inserted: 1, unchanged: 0, duplicates: 1, suppressed: 0 });
    expect(phoneOf(await nextLead(merchant, first.taskId))).toBe(A);
    expect(await nextLead(merchant, first.taskId)).toMatchObject({ lead: null, reason: "later" });
    expect(await nextLead(merchant, second.taskId)).toEqual({ lead: null, reason: "empty", nextAt: null });
    // Who is gone with a package is called in the next one.
    await deletePackage(merchant, first.packageId, true);
    expect(phoneOf(await nextLead(merchant, second.taskId))).toBe(A);
  },

  "a suppression that comes after the load holds at once": async (stores) => {
    const { merchant } = await opened(stores);
    const { taskId } = await campaign(merchant, [A, B]);
    await merchant.context.kit.forTenant(merchant.tenantId).suppressions.add({ address: A, reason: "opt_out" });
    expect(phoneOf(await nextLead(merchant, taskId))).toBe(B);
  },

  "who does not answer comes back after 4 hours, three times in all": async (stores) => {
    const { merchant, clock, call } = await opened(stores);
    const { taskId, packageId } = await campaign(merchant, [A]);
    const waits: (number | null)[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      // A fresh morning, so that the time of the day is not what is tested.
      const next = await nextLead(merchant, taskId, { hours: { from: "00:00", to: "24:00" } });
      const { call: made } = await call(taskId, {
        lead_id: next.lead?.id,
        lease: next.lead?.lease_epoch,
        result: "no_answer",
      });
      const after = await getLead(merchant.stores, merchant.tenantId, made.lead_id ?? 0);
      waits.push(after.next_call_at === null ? null : (after.next_call_at - clock.now()) / HOUR);
      await clock.advance(4 * HOUR);
    }
    expect(waits).toEqual([4, 4, null]);
    expect(await nextLead(merchant, taskId)).toMatchObject({ reason: "empty" });
    expect((await packageStats(merchant, packageId)).leads).toEqual({
      loaded: 1,
      called: 1,
      callable: 0,
      by_state: { exhausted: 1 },
      penetration: 1,
    });
  },

  "a call-back comes at its time, before everybody who waits": async (stores) => {
    const { merchant, clock, call } = await opened(stores);
    const { taskId } = await campaign(merchant, [A, B, C]);
    const first = await nextLead(merchant, taskId);
    await call(taskId, { lead_id: first.lead?.id, lease: 1, result: "connected", callback_at: TEST_NOW + HOUR });
    expect(phoneOf(await nextLead(merchant, taskId))).toBe(B);
    await clock.advance(HOUR);
    expect(phoneOf(await nextLead(merchant, taskId))).toBe(A);
  },

  "people are called when it is day where they are": async (stores) => {
    const { merchant, clock, call } = await opened(stores);
    const { taskId } = await campaign(merchant, [lead("+14155550101", { timeZone: "America/New_York" }), A]);
    expect(phoneOf(await nextLead(merchant, taskId))).toBe(A);
    await call(taskId, { phone_number: A, result: "connected" });
    await clock.advance(9 * HOUR);
    const night = await nextLead(merchant, taskId);
    expect(night).toMatchObject({ lead: null, reason: "calling-hours" });
    await clock.advance(6 * HOUR);
    expect(phoneOf(await nextLead(merchant, taskId))).toBe("+14155550101");
  },

  "a lead is with one agent until it is called, given back or its lease ends": async (stores) => {
    const { merchant, clock, call } = await opened(stores);
    const other = { ...merchant, actor: "user:2" };
    const { taskId } = await campaign(merchant, [A]);
    const mine = await nextLead(merchant, taskId, { leaseMs: 1000 });
    const id = idOf(mine) ?? 0;
    await expect(
      recordCall(other, taskId, createCallBody.parse({ lead_id: id, result: "busy" })),
    ).rejects.toMatchObject({
      code: "lead.leased",
    });
    await clock.advance(900);
    await keepLead(merchant, id, 1, 1000);
    await clock.advance(900);
    expect(idOf(await nextLead(other, taskId))).toBeUndefined();
    await clock.advance(200);
    const theirs = await nextLead(other, taskId);
    expect([idOf(theirs), theirs.lead?.lease_epoch]).toEqual([id, 2]);
    for (const late of [keepLead(merchant, id, 1), releaseLead(merchant, id, 1)]) {
      await expect(late).rejects.toMatchObject({ code: "lead.lease-lost" });
    }
    await expect(call(taskId, { lead_id: id, lease: 1, result: "busy" })).rejects.toMatchObject({
      code: "lead.leased",
    });
    await releaseLead(other, id, 2);
    await expect(call(taskId, { lead_id: id, lease: 1, result: "busy" })).rejects.toMatchObject({
      code: "lead.lease-lost",
    });
    expect(idOf(await nextLead(merchant, taskId))).toBe(id);
  },

  "revenue is what leads ordered within 30 days after they were reached": async (stores) => {
    const { merchant, call } = await opened(stores);
    const { taskId, packageId } = await campaign(merchant, [A, B]);
    const kit = merchant.context.kit.forTenant(merchant.tenantId);
    await kit.customers.upsert([
      { externalKey: "a", mobile: A },
      { externalKey: "b", mobile: B },
    ]);
    await call(taskId, { phone_number: A, result: "connected", duration: 30 });
    await call(taskId, { phone_number: B, result: "busy" });
    const order = (orderNo: string, externalKey: string, days: number) => {
      const orderedAt = TEST_NOW + days * 24 * HOUR;
      return { externalId: orderNo, externalKey, orderedAt, amount: "10.00", status: "paid" };
    };
    const { rejected } = await kit.orders.ingest([
      order("before", "a", -1),
      order("after", "a", 1),
      order("late", "a", 31),
      order("never-reached", "b", 1),
    ]);
    expect(rejected).toEqual([]);
    expect(await packageStats(merchant, packageId)).toMatchObject({ total_revenue: 10, roi: null });
  },
};

describe.each(engines)("on $name", (engine) => {
  test.skipIf(engine.missing)("leads are handed out as they should be", { timeout: 120_000 }, async () => {
    const { stores } = await openMerchant(engine);
    for (const [fact, holds] of Object.entries(FACTS)) {
      await holds(stores).catch((error: unknown) => {
        throw new Error(`it is not so that ${fact}`, { cause: error });
      });
    }
  });
});

test("an agent who reads first and writes later gets a lead that somebody else has", async () => {
  const engine = engines[0];
  if (!engine) throw new Error("SQLite is always there");
  const { merchant } = await openMerchant(engine);
  const { packageId } = await campaign(merchant, [A, B]);
  const naive = () =>
    merchant.stores.sql
      .withTables<{ rk_leads: { id: number; package_id: number; next_call_at: number } }>()
      .selectFrom("rk_leads")
      .select("id")
      .where("package_id", "=", packageId)
      .orderBy("next_call_at")
      .orderBy("id")
      .executeTakeFirst();
  const [one, two] = await Promise.all([naive(), naive()]);
  expect(one).toEqual(two);
});
