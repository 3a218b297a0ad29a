import { describe, expect, test } from "vitest";
import { DAY, HOUR, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

const order = (n: number, externalKey: string, orderedAt: number) => ({
  externalId: `o${n}`,
  externalKey,
  orderedAt,
  amount: 10,
});

describe("a merge", () => {
  test("leaves the key of the one who was merged in use: their orders may change, and they are explained", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    const old = order(1, "old", clock.now());
    await kit.orders.ingest([old, order(2, "new", clock.now())]);
    await kit.customers.merge("new", "old");
    expect(await kit.orders.ingest([old])).toMatchObject({ unchanged: 1, rejected: [] });
    const refunded = { ...old, refunded: 4 };
    expect(await kit.orders.ingest([refunded])).toMatchObject({ updated: 1, rejected: [] });
    expect(await kit.orders.ingest([{ ...refunded, externalKey: "new" }])).toMatchObject({ updated: 1, rejected: [] });
    expect(await kit.orders.ingest([{ ...refunded, externalKey: "else" }])).toMatchObject({
      rejected: [{ code: "order.customer-changed" }],
    });
    const source = { segment: { everybody: true } };
    expect(await kit.audience.explain(source, { externalKey: "old" })).toEqual(
      await kit.audience.explain(source, { externalKey: "new" }),
    );
  });

  test("unites what is known, and what both know stays as the first one has it", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    await kit.customers.upsert([
      { externalKey: "new", name: "甲", email: "a@example.com", city: "北京" },
      {
        externalKey: "old",
        name: "乙",
        bornOn: "1990-01-01",
        email: "b@example.com",
        externalUserId: "wm",
        city: "上海",
      },
    ]);
    await kit.orders.ingest([order(1, "new", clock.now()), order(2, "old", clock.now())]);
    await kit.suppressions.add({ externalKey: "old", reason: "opt_out" });
    const merged = await kit.customers.merge("new", "old");
    expect(merged).toEqual({
      customerId: 1,
      orders: 1,
      deliveries: 0,
      apart: 0,
      suppressions: 1,
      labels: 0,
      identities: 1,
    });
    const person = await kit.customers.export("new");
    expect(person).toMatchObject({
      customer: {
        externalKey: "new",
        name: "甲",
        bornOn: "1990-01-01",
        identities: { email: "a@example.com", external_userid: "wm" },
      },
      formerKeys: ["old"],
      labels: [{ key: "北京" }],
      suppressions: [{ reason: "opt_out", externalKey: "new" }],
    });
    expect(person.orders.map(({ externalId }) => externalId)).toEqual(["o1", "o2"]);
  });

  test("lets the old key lead to the person in every call and import, and is done once", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    await kit.customers.upsert([{ externalKey: "new" }, { externalKey: "old" }, { externalKey: "older" }]);
    await kit.customers.merge("old", "older");
    await kit.customers.merge("new", "old");
    const rows = [order(1, "old", clock.now()), order(2, "older", clock.now())];
    expect(await kit.orders.ingest(rows)).toMatchObject({ inserted: 2, customers: { inserted: 0 } });
    expect(await kit.orders.ingest(rows)).toMatchObject({ unchanged: 2 });
    expect(await kit.customers.upsert([{ externalKey: "older", name: "甲" }])).toMatchObject({ updated: 1 });
    expect(await kit.labels.assign([{ externalKey: "old", kind: "city", key: "上海" }])).toMatchObject({ inserted: 1 });
    expect(await kit.suppressions.add({ externalKey: "old", reason: "opt_out" })).toMatchObject({ externalKey: "new" });
    const person = await kit.customers.export("older");
    expect([person.customer.name, person.orders.length, person.labels.length]).toEqual(["甲", 2, 1]);
    expect(await kit.customers.merge("new", "old")).toMatchObject({ customerId: 1, orders: 0 });
    await expect(kit.customers.merge("new", "nobody")).rejects.toMatchObject({ code: "customer.not-found" });
  });

  test("is told by the change feed, with the orders that changed hands", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    await kit.customers.upsert([{ externalKey: "new" }, { externalKey: "old" }]);
    await kit.orders.ingest([order(1, "old", clock.now())]);
    const { revision } = await kit.tenant();
    await kit.customers.merge("new", "old");
    const changes = await kit.stores.tenants.changesSince(1, revision, 10);
    expect(changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["customer 1", "customer 2", "order 1"]);
  });

  test("and an erasure after it take every key and address, and keep the opt-out for each key", async () => {
    const rig = await pushRig({ people: 2 });
    const { kit } = rig;
    await rig.push();
    await rig.after(DAY);
    await kit.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    await kit.customers.merge("c0", "c1");
    expect(await kit.customers.erase("c1")).toMatchObject({ customerId: 1, deliveries: 2, addressesPending: 0 });
    expect((await kit.deliveries.list()).items.map(({ address }) => address)).toEqual([null, null]);
    await expect(kit.customers.export("c1")).rejects.toMatchObject({ code: "customer.not-found" });
    await kit.customers.upsert([{ externalKey: "c1" }]);
    expect((await kit.customers.export("c1")).suppressions).toMatchObject([{ reason: "opt_out" }]);
  });
});

describe("a merge in the middle of a push", () => {
  const apart = { maxBatchSize: 1, rule: { batchPauseMs: HOUR } } as const;

  test("sends the person one message, by what was on its way", async () => {
    const rig = await pushRig({ people: 3, ...apart });
    await rig.push();
    // c0 has the message; the one for c2 still waits.
    await rig.kit.customers.merge("c2", "c0");
    for (const _ of [1, 2, 3]) await rig.after(HOUR);
    expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch))).toEqual(["wm_0", "wm_1"]);
    expect(await rig.people()).toEqual(["delivered", "delivered", "suppressed: blocklist"]);
    const owners = (await rig.kit.deliveries.list()).items.map(({ externalKey }) => externalKey);
    expect(owners).toEqual(["c2", "c1", "merged:1"]);
    expect(await rig.kit.report()).toMatchObject({ audience: 3 });
  });

  test("counts what either had against the caps of the person", async () => {
    const rig = await pushRig({ people: 1 });
    await rig.push();
    await rig.kit.customers.upsert([{ externalKey: "x", externalUserId: "wm_x" }]);
    await rig.kit.customers.merge("x", "c0");
    await rig.after(HOUR);
    await rig.push();
    expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch))).toEqual(["wm_0"]);
    expect((await rig.people()).at(-1)).toBe("suppressed: frequency_cap");
  });
});

describe("rows beside the ledger", () => {
  test("follow whoever is merged, by hand, with customers and with buyers; where they fail nobody is merged", async () => {
    const merges: string[] = [];
    const notes = {
      name: "notes",
      collect: async () => undefined,
      erase: async () => {},
      async merge(_: unknown, { intoId, fromId }: { readonly intoId: number; readonly fromId: number }) {
        merges.push(`${fromId} into ${intoId}`);
        if (intoId === 1) throw new Error("not these");
      },
    };
    const { kit, clock } = await pushRig({ people: 4, personData: [notes] });
    await kit.customers.merge("c1", "c2");
    await kit.customers.upsert([{ externalKey: "c3", externalUserId: "wm_1" }], { onIdentityMove: "merge" });
    const buyer = { externalUserId: "wm_1" };
    await kit.orders.ingest([{ ...order(1, "x", clock.now()), buyer }], { onIdentityMove: "merge" });
    expect(merges).toEqual(["3 into 2", "2 into 4", "4 into 5"]);
    await expect(kit.customers.merge("c0", "x")).rejects.toThrow("not these");
    expect((await kit.customers.export("x")).formerKeys).not.toContain("c0");
    expect((await kit.customers.export("c0")).formerKeys).toEqual([]);
  });
});

describe("an identity that moves", () => {
  test("merges its owners where that is asked for: a CRM that changed its keys", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    const facts = { externalUserId: "wm_1", mobile: "+8613800138000" };
    await kit.orders.ingest([{ ...order(1, "old1", clock.now()), buyer: { name: "甲", ...facts } }]);
    const result = await kit.customers.upsert([{ externalKey: "new1", ...facts }], { onIdentityMove: "merge" });
    expect(result).toMatchObject({ inserted: 1, moved: 2, dropped: [], rejected: [] });
    const person = await kit.customers.export("new1");
    expect(person).toMatchObject({ customer: { name: "甲" }, formerKeys: ["old1"], orders: [{ externalId: "o1" }] });
    expect(person.customer.identities).toEqual({ external_userid: "wm_1", mobile: "+8613800138000" });
    const again = { ...order(1, "old1", clock.now()), buyer: facts };
    expect(await kit.orders.ingest([again])).toMatchObject({ unchanged: 1, customers: { unchanged: 1 } });
  });

  test("merges chains within a chunk into one person, with their orders", async () => {
    const { kit, clock } = await pushRig({ people: 0 });
    const people = [1, 2, 3].map((n) => ({
      externalKey: `c${n}`,
      mobile: `+861380013800${n}`,
      email: `c${n}@shop.cn`,
    }));
    await kit.customers.upsert(people);
    await kit.orders.ingest(people.map(({ externalKey }, n) => order(n, externalKey, clock.now())));
    const rows = [
      { ...order(3, "c1", clock.now()), buyer: { mobile: "+8613800138002" } },
      { ...order(4, "c3", clock.now()), buyer: { email: "c2@shop.cn" } },
      order(0, "c1", clock.now()),
    ];
    const result = await kit.orders.ingest(rows, { onIdentityMove: "merge" });
    expect(result).toMatchObject({ inserted: 2, unchanged: 1, moved: 2, rejected: [] });
    for (const key of ["c1", "c2", "c3"]) expect((await kit.customers.export(key)).orders.length).toBe(5);
    expect((await kit.tenant()).revision).toBeGreaterThan(0);
  });
});
