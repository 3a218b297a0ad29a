import { expect, test } from "vitest";
import type { OrderInput } from "../customer/order.js";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { DAY, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";

const everyBuyer = { segment: { lapse: { minDays: 0, maxDays: 30 } } };

test("paid, shipped, completed and refunded in part count as a purchase; a tenant says others for itself", async () => {
  const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
  const { id } = await kit.tenants.create({ name: "b", countedStatuses: [" 交易成功 ", "paid", "paid"] });
  const other = kit.forTenant(id);
  const orderedAt = Date.now() - DAY;
  const statuses = ["paid", "shipped", "completed", "partially_refunded", "pending", "cancelled", "refunded"];
  const rows = ["交易成功", ...statuses].map(
    (status): OrderInput => ({ externalId: status, externalKey: status, orderedAt, amount: 10, status }),
  );
  await kit.orders.ingest(rows);
  await other.orders.ingest(rows);
  expect([await kit.audience.count(everyBuyer), await other.audience.count(everyBuyer)]).toEqual([4, 2]);
  await kit.update({ countedStatuses: ["pending"] });
  expect([await kit.audience.count(everyBuyer), await other.audience.count(everyBuyer)]).toEqual([1, 2]);
  expect((await kit.tenants.list()).items).toMatchObject([
    { countedStatuses: ["pending"] },
    { countedStatuses: ["交易成功", "paid"] },
  ]);
  for (const countedStatuses of [[], [""], ["x".repeat(65)], "paid"]) {
    await expect(kit.update({ countedStatuses } as never)).rejects.toMatchObject({ code: "input.invalid" });
  }
});

test("the installation's statuses are those of tenants that say nothing", async () => {
  const stores = memoryStores();
  const kit = createRecallKit({ stores, logger: silentLogger, countedStatuses: ["done"] });
  expect((await kit.tenant()).countedStatuses).toEqual(["done"]);
  await kit.update({ countedStatuses: ["paid"] });
  expect((await createRecallKit({ stores, logger: silentLogger }).tenant()).countedStatuses).toEqual(["paid"]);
});

test("audience, simulation, push and figures of a tenant ask for the same statuses", async () => {
  const { kit, clock, push, after, ruleId } = await pushRig({ rule: { segment: everyBuyer.segment } });
  const order = (externalId: string, n: number, status: string, amountMinor: number): OrderInput => ({
    externalId,
    externalKey: `c${n}`,
    orderedAt: clock.now() - HOUR,
    amountMinor,
    status,
  });
  await kit.orders.ingest([order("1", 0, "paid", 100), order("2", 1, "交易成功", 100), order("3", 2, "shipped", 100)]);
  await kit.update({ countedStatuses: ["交易成功", "partially_refunded"] });
  expect(await kit.audience.count(everyBuyer)).toBe(1);
  const rule = await kit.rules.get(ruleId);
  const simulated = (await kit.simulate({ ...rule.definition, slots: [{ weekday: 1, time: "11:00" }] }))[0];
  expect(simulated?.sample.map(({ externalKey }) => externalKey)).toEqual(["c1"]);
  const occurrenceId = await push();
  await after(MINUTE);
  expect(await kit.occurrences.status(occurrenceId)).toMatchObject({ audienceSize: 1 });
  const later = { orderedAt: clock.now() + HOUR };
  await kit.orders.ingest([
    { ...order("4", 1, "partially_refunded", 500), ...later, refundedMinor: 200 },
    { ...order("5", 1, "paid", 50), ...later },
  ]);
  const asOf = clock.now() + DAY;
  const figures = { orders: 1, buyers: 1, revenueMinor: 500, refundedMinor: 200, netRevenueMinor: 300 };
  expect(await kit.report(ruleId, { asOf })).toMatchObject(figures);
  expect(await kit.statistics({ asOf })).toMatchObject(figures);
});
