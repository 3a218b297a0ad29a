import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { DAY, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";
import { virtualClock } from "../testing/virtual-clock.js";

test("somebody who is erased in the middle of a push gets nothing more, and no figure changes", async () => {
  const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
  await rig.push();
  const { kit } = rig;
  const orders = [0, 1].map((n) => ({
    externalId: `o${n}`,
    customerKey: `c${n}`,
    orderedAt: rig.clock.now() + 1,
    amount: 10,
  }));
  await kit.orders.ingest(orders, { source: "shop" });
  await rig.after(60_000);
  const before = await kit.report();
  expect(await kit.customers.erase("c0")).toMatchObject({ deliveries: 1, orders: 1, addressesPending: 0 });
  expect(await kit.customers.erase("c2")).toMatchObject({ deliveries: 1, addressesPending: 1 });
  expect(await kit.report()).toEqual({ ...before, asOf: (await kit.report()).asOf });
  await rig.after(60_000);
  await rig.after(60_000);
  expect(await rig.people()).toEqual(["delivered", "delivered", "suppressed: blocklist", "accepted"]);
  expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch))).toEqual(["wm_0", "wm_1", "wm_3"]);
  expect(await kit.retain()).toMatchObject({ addresses: 1 });
  const { items } = await kit.deliveries.list();
  expect(items.map(({ address }) => address)).toEqual([null, "wm_1", null, "wm_3"]);
  await expect(kit.customers.erase("c0")).rejects.toMatchObject({ code: "customer.not-found" });
  await expect(kit.customers.export("c0")).rejects.toMatchObject({ code: "customer.not-found" });
});

test("an alarm about somebody who is erased names them no more", async () => {
  const { kit } = await pushRig({ people: 2 });
  const alarm = {
    tenantId: 1,
    code: "unknown_ids_in_fail_list",
    entity: "batch",
    entityId: 1,
    detail: "",
    at: 0,
  } as const;
  await kit.stores.alarms.add({ ...alarm, addresses: ["wm_0", "wm_1"] });
  await kit.customers.erase("c0");
  expect((await kit.alarms.list()).items.map(({ addresses }) => addresses)).toEqual([["wm_1"]]);
});

test("an export holds what was handed in", async () => {
  const { kit } = await pushRig({ people: 1 });
  await kit.labels.assign([{ customerKey: "c0", kind: "city", key: "上海" }]);
  await kit.orders.ingest([{ externalId: "o9", customerKey: "c0", orderedAt: "2026-01-02 03:04:05", amount: 1.5 }], {
    source: "shop",
  });
  const person = await kit.customers.export("c0");
  expect(person).toMatchObject({ customer: { externalKey: "c0" }, labels: [{ kind: "city", key: "上海" }] });
  expect(person.orders.map(({ externalId }) => externalId)).toContain("o9");
  expect(JSON.parse(JSON.stringify(person))).toEqual(person);
});

test("rows go when their days are over, and the days are checked", async () => {
  const clock = virtualClock(0);
  const options = { stores: memoryStores(), clock, logger: silentLogger };
  const kit = createRecallKit({ ...options, retention: { changes: 1 } });
  await kit.customers.upsert([{ externalKey: "c" }]);
  await clock.advance(DAY);
  expect(await kit.retain()).toEqual({ changes: 0, transitions: 0, alarms: 0, answers: 0, addresses: 0 });
  await clock.advance(1);
  expect(await kit.retain()).toMatchObject({ changes: 1 });
  expect(await kit.stores.tenants.changesSince(1, 0, 10)).toEqual([]);
  for (const days of [0, 1.5, 40_000]) {
    expect(() => createRecallKit({ ...options, retention: { alarms: days } })).toThrow(/retention.alarms/);
  }
});
