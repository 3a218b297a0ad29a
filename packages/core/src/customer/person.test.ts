import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { DAY, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";
import { virtualClock } from "../testing/virtual-clock.js";
import { sha256Hex } from "../text.js";

test("somebody who is erased in the middle of a push gets nothing more, and no figure changes", async () => {
  const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
  await rig.push();
  const { kit } = rig;
  const orders = [0, 1].map((n) => ({
    externalId: `o${n}`,
    externalKey: `c${n}`,
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

describe("an opt-out outlives an erasure", () => {
  const owner = { externalKey: "c0", externalUserId: "wm_0", mobile: "+8613800138000", email: "Ann@shop.example" };

  test.each([
    ["the same key", { externalKey: "c0", externalUserId: "wm_new" }],
    ["the same external_userid", { externalKey: "other", externalUserId: "wm_0" }],
    ["the same mobile", { externalKey: "other", externalUserId: "wm_new", mobile: "+8613800138000" }],
    ["the same e-mail in another case", { externalKey: "other", externalUserId: "wm_new", email: "ann@SHOP.example" }],
  ])("for whoever comes back with %s", async (_, again) => {
    const rig = await pushRig({ people: 1 });
    const { kit } = rig;
    await kit.customers.upsert([owner]);
    const { createdAt } = await kit.suppressions.add({ externalKey: "c0", channel: "scripted", reason: "opt_out" });
    await kit.customers.erase("c0");
    await rig.clock.advance(DAY);
    await kit.customers.upsert([again]);
    await rig.push();
    expect(rig.channel.calls).toEqual([]);
    const { suppressions } = await kit.customers.export(again.externalKey);
    expect(suppressions).toMatchObject([{ channel: "scripted", reason: "opt_out", createdAt, address: null }]);
  });

  test("for a known customer who takes over an identity, and for buyers of orders", async () => {
    const { kit } = await pushRig({ people: 1 });
    await kit.customers.upsert([owner, { externalKey: "known" }]);
    await kit.suppressions.add({ externalKey: "c0", reason: "complaint" });
    await kit.customers.erase("c0");
    await kit.customers.upsert([{ externalKey: "known", mobile: "+8613800138000" }]);
    const buyer = { externalUserId: "wm_0" };
    await kit.orders.ingest([{ externalId: "o1", externalKey: "buyer", orderedAt: 1, amount: 1, buyer }]);
    for (const key of ["known", "buyer"]) {
      expect((await kit.customers.export(key)).suppressions).toMatchObject([{ channel: "*", reason: "complaint" }]);
    }
  });

  test("until an erasure without one, and never where there was none", async () => {
    const rig = await pushRig({ people: 2 });
    const { kit } = rig;
    await kit.suppressions.add({ externalKey: "c0", reason: "opt_out" });
    const back = [0, 1].map((n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` }));
    for (const key of ["c0", "c1"]) await kit.customers.erase(key);
    await kit.customers.upsert(back);
    const [entry, ...more] = (await kit.customers.export("c0")).suppressions;
    expect([entry?.reason, more, (await kit.customers.export("c1")).suppressions]).toEqual(["opt_out", [], []]);
    // The person changes their mind; imports do not bring the entry back.
    await kit.suppressions.remove(entry?.id ?? 0);
    await kit.customers.upsert([{ externalKey: "c0", name: "Ann" }]);
    expect((await kit.customers.export("c0")).suppressions).toEqual([]);
    await kit.customers.erase("c0");
    await kit.customers.upsert(back);
    expect((await kit.customers.export("c0")).suppressions).toEqual([]);
    await rig.push();
    expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch)).toSorted()).toEqual(["wm_0", "wm_1"]);
  });

  test("and is found neither by names nor by hashes that anybody can make", async () => {
    const { kit } = await pushRig({ people: 1 });
    await kit.customers.upsert([owner]);
    await kit.suppressions.add({ externalKey: "c0", reason: "opt_out" });
    await kit.customers.erase("c0");
    const names = ["c0", "wm_0", "+8613800138000", "Ann@shop.example"];
    const guesses = [...names, ...names.map(sha256Hex)];
    expect(await kit.stores.people.findOptOuts(1, guesses)).toEqual([]);
  });
});

test("an export holds what was handed in", async () => {
  const { kit } = await pushRig({ people: 1 });
  await kit.labels.assign([{ externalKey: "c0", kind: "city", key: "上海" }]);
  await kit.orders.ingest([{ externalId: "o9", externalKey: "c0", orderedAt: "2026-01-02 03:04:05", amount: 1.5 }], {
    source: "shop",
  });
  const person = await kit.customers.export("c0");
  expect(person).toMatchObject({ customer: { externalKey: "c0" }, labels: [{ kind: "city", key: "上海" }] });
  expect(person.orders.map(({ externalId }) => externalId)).toContain("o9");
  expect(JSON.parse(JSON.stringify(person))).toEqual(person);
});

test("an export holds the messages to the addresses of the person", async () => {
  const { kit } = await pushRig({ people: 2 });
  await kit.customers.upsert([{ externalKey: "c0", mobile: "+8613800138000", email: "ann@shop.example" }]);
  const template = { name: "t", channel: "sms", content: { text: "shipped" }, messageClass: "transactional" } as const;
  const { id: templateId } = await kit.messages.templates.create(template);
  for (const recipient of ["13800138000", "13800138001", "13800138000"])
    await kit.messages.send({ templateId, recipient });
  const { messages } = await kit.customers.export("c0");
  expect(messages.map(({ address }) => address)).toEqual(["+8613800138000", "+8613800138000"]);
  expect((await kit.customers.export("c1")).messages).toEqual([]);
});

test("what the application keeps is in an export, and an erasure that cannot reach it erases nothing", async () => {
  const notes = new Map([[1, "likes tea"]]);
  let isAway = true;
  const kit = createRecallKit({
    stores: memoryStores(),
    logger: silentLogger,
    personData: [
      {
        name: "notes",
        collect: async (_, { customerId, identities }) => ({ note: notes.get(customerId), identities }),
        erase: async (_, { customerId }) => {
          if (isAway) throw new Error("away");
          notes.delete(customerId);
        },
      },
    ],
  });
  await kit.customers.upsert([{ externalKey: "c", mobile: "+8613800138000" }]);
  const { beside } = await kit.customers.export("c");
  expect(beside).toEqual({ notes: { note: "likes tea", identities: { mobile: "+8613800138000" } } });

  await expect(kit.customers.erase("c")).rejects.toThrow("away");
  expect((await kit.customers.export("c")).customer.identities).toEqual({ mobile: "+8613800138000" });
  isAway = false;
  await kit.customers.erase("c");
  expect(notes.size).toBe(0);
});

test("rows go when their days are over, and the days are checked", async () => {
  const clock = virtualClock(0);
  const options = { stores: memoryStores(), clock, logger: silentLogger };
  const kit = createRecallKit({ ...options, retention: { changes: 1 } });
  await kit.customers.upsert([{ externalKey: "c" }]);
  await clock.advance(DAY);
  expect(await kit.retain()).toEqual({
    ...{ links: 0, changes: 0, transitions: 0, alarms: 0, answers: 0, addresses: 0 },
    ...{ traces: 0, messages: 0 },
  });
  await clock.advance(1);
  expect(await kit.retain()).toMatchObject({ changes: 1 });
  expect(await kit.stores.tenants.changesSince(1, 0, 10)).toEqual([]);
  for (const days of [0, 1.5, 40_000]) {
    expect(() => createRecallKit({ ...options, retention: { alarms: days } })).toThrow(/retention.alarms/);
  }
});
