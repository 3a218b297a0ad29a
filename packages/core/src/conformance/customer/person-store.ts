import {
  addCustomer,
  addLabel,
  addOrder,
  addReachable,
  addTenant,
  DIFFICULT_TEXT,
  everybody,
  newCustomer,
} from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { addClaim, newClaim, newCoupon } from "../coupon/coupon-store.js";
import { addPush, deliveriesOf, pushTo } from "../delivery/push-builders.js";
import { expectSame, present } from "../expect.js";
import { newLink } from "../link/link-store.js";

/** Facts about `PersonStore`. */
export function personStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("people", harness, facts, durable);
}

/** Somebody with everything that can be kept about a person, beside a neighbour with the like. */
async function addPerson(scene: Scene): Promise<number> {
  const { stores, tenantId } = scene;
  const identities = { external_userid: "wm_喵", mobile: "+8613800138000" };
  const id = await addCustomer(stores, tenantId, DIFFICULT_TEXT, {
    name: "喵😺",
    bornOn: "1990-02-28",
    timeZone: "Asia/Tokyo",
    identities,
  });
  const neighbour = await addCustomer(stores, tenantId, "neighbour", { identities: { external_userid: "wm_n" } });
  const city = await addLabel(stores, tenantId, "city", "上海");
  const sku = await addLabel(stores, tenantId, "sku", "SKU-1");
  await stores.labels.assign(tenantId, [
    { customerId: id, labelId: city },
    { customerId: neighbour, labelId: city },
  ]);
  const names = ["day", "vip"].map((name) => ({
    name,
    type: name === "vip" ? ("boolean" as const) : ("date" as const),
  }));
  const [day = 0, vip = 0] = await stores.customers.addAttributes(tenantId, names);
  await stores.customers.writeAttributes(tenantId, [
    { customerId: id, attributeId: day, value: "2026-02-28" },
    { customerId: id, attributeId: vip, value: 1 },
    { customerId: neighbour, attributeId: vip, value: 0 },
  ]);
  const lines = [{ sku: "SKU-1", name: "茶", quantity: 2, amountMinor: 10_000 }];
  await addOrder(stores, tenantId, id, "o2", { orderedAt: 9, lines, labelIds: [sku] });
  await addOrder(stores, tenantId, id, "o1", { orderedAt: 8, refundedMinor: 1, refundedAt: 9 });
  await addOrder(stores, tenantId, neighbour, "o3");
  for (const entry of [
    { address: "wm_喵", customerId: null },
    { address: null, customerId: id },
    { address: "wm_n", customerId: null },
  ]) {
    await stores.suppressions.put({ tenantId, channel: "sms", reason: "opt_out", createdAt: 3, ...entry });
  }
  await addPush(scene, "p1");
  return id;
}

const collected = async ({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, id: number) =>
  present(await stores.people.collect(tenantId, id), "the person");

/** A hash as it is kept, 64 hex digits. */
const hashOf = (n: number) => n.toString(16).padStart(64, "0");

const facts: Facts = {
  "nobody is collected or erased who is not there": async ({ stores, tenantId }) => {
    expectSame(await stores.people.collect(tenantId, 1_000_000_000), undefined, "collected");
    expectSame(await stores.people.erase(tenantId, 1_000_000_000, "k", 1), false, "erased");
  },

  "everything about a person is collected, and nothing of a neighbour": async (scene) => {
    const { stores, tenantId, now } = scene;
    const id = await addPerson(scene);
    const { customer, attributes, labels, orders, deliveries, suppressions } = await collected(scene, id);
    expectSame(attributes, { day: "2026-02-28", vip: true }, "attributes");
    const { rowHash: _, ...expected } = newCustomer(tenantId, DIFFICULT_TEXT, {
      name: "喵😺",
      bornOn: "1990-02-28",
      timeZone: "Asia/Tokyo",
      identities: { external_userid: "wm_喵", mobile: "+8613800138000" },
    });
    expectSame(customer, { ...expected, id }, "customer");
    expectSame(
      labels.map(({ kind, key, name }) => [kind, key, name]),
      [["city", "上海", "上海"]],
      "labels",
    );
    const [first, second, ...more] = orders;
    expectSame(
      [first?.externalId, first?.refundedMinor, first?.refundedAt, first?.lines, more],
      ["o1", 1, 9, [], []],
      "first order",
    );
    expectSame(
      [second?.externalId, second?.source, second?.orderedAt, second?.amountMinor, second?.status],
      ["o2", "shop", 9, 10_000, "paid"],
      "second order",
    );
    expectSame(second?.lines, [{ sku: "SKU-1", name: "茶", quantity: 2, amountMinor: 10_000 }], "lines");
    expectSame(
      second?.labels.map(({ kind, key }) => [kind, key]),
      [["sku", "SKU-1"]],
      "labels of the order",
    );
    const own = (await deliveriesOf(scene)).filter(({ customerId }) => customerId === id);
    expectSame([deliveries, own.length, own[0]?.updatedAt], [own, 1, now], "deliveries");
    const entries = (await stores.suppressions.list(tenantId, {})).items;
    expectSame(suppressions, entries.slice(0, 2), "suppressions");
  },

  "an erased person has no name, and every count stays": async (scene) => {
    const { stores, tenantId, now } = scene;
    const id = await addPerson(scene);
    const before = await collected(scene, id);
    expectSame(await stores.people.erase(tenantId, id, "erased:1", now + 5), true, "erased");
    const after = await collected(scene, id);
    const nameless = {
      externalKey: "erased:1",
      name: null,
      bornOn: null,
      timeZone: null,
      identities: {},
      updatedAt: now + 5,
    };
    expectSame(after.customer, { ...before.customer, ...nameless }, "customer");
    expectSame([after.labels, after.orders], [[], before.orders], "labels and orders");
    expectSame(after.attributes, {}, "attributes");
    expectSame(
      after.deliveries.map(({ state }) => state),
      before.deliveries.map(({ state }) => state),
      "deliveries",
    );
    expectSame(await stores.orders.count(tenantId), 3, "orders of the tenant");
    expectSame(await stores.customers.findByKeys(tenantId, [DIFFICULT_TEXT]), [], "customers with the old key");
    const owners = [{ type: "mobile", value: "+8613800138000" }] as const;
    expectSame(await stores.customers.findOwners(tenantId, owners), [], "owners of the number");
    expectSame((await stores.suppressions.list(tenantId, {})).items.length, 3, "suppressions");
    const neighbour = present((await stores.customers.findByKeys(tenantId, ["neighbour"]))[0], "the neighbour");
    const beside = await collected(scene, neighbour.id);
    expectSame(
      [beside.attributes.vip, beside.labels.length, beside.orders.length, beside.deliveries[0]?.address],
      [false, 1, 1, "wm_n"],
      "neighbour",
    );
  },

  "an address goes when no answer will name it any more": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 4);
    const rows = await deliveriesOf(scene);
    const only = (n: number) => ({ batchId: batch.id, addresses: [`wm_c${n}`] });
    await stores.deliveries.transition(tenantId, only(1), "in_batch", "failed", {}, now);
    await stores.deliveries.transition(tenantId, only(2), "in_batch", "accepted", { acceptedAt: now }, now);
    await stores.deliveries.transition(tenantId, only(3), "in_batch", "unknown", {}, now);
    for (const { customerId } of rows) await stores.people.erase(tenantId, customerId, `erased:${customerId}`, now);
    const addresses = async () => (await deliveriesOf(scene)).map(({ address }) => address);
    expectSame(await addresses(), [null, "wm_c2", "wm_c3", "wm_c4"], "addresses after the erasure");
    await stores.people.finishErasures(1_000_000);
    expectSame(await addresses(), [null, "wm_c2", "wm_c3", "wm_c4"], "addresses while the push goes on");
    await stores.deliveries.transition(tenantId, only(3), "unknown", "failed", {}, now);
    await stores.deliveries.transition(tenantId, only(4), "in_batch", "cancelled", {}, now);
    await stores.batches.advance({ tenantId, id: batch.id, leaseEpoch: batch.leaseEpoch }, { settled: true });
    expectSame(await stores.people.finishErasures(1_000_000), 3, "addresses cleared");
    expectSame(await addresses(), [null, null, null, null], "addresses at the end");
    expectSame(await stores.people.finishErasures(1_000_000), 0, "addresses left");
  },

  "a merged person's rows are the other's, and their key leads there": async (scene) => {
    const { stores, tenantId, now } = scene;
    const from = await addPerson(scene);
    const into = present((await stores.customers.findByKeys(tenantId, ["neighbour"]))[0], "the neighbour").id;
    await stores.suppressions.put({
      ...{ tenantId, channel: "sms", address: null, customerId: into, reason: "complaint", createdAt: 4 },
    });
    await stores.suppressions.put({
      ...{ tenantId, channel: "*", address: null, customerId: from, reason: "complaint", createdAt: 5 },
    });
    const before = [await collected(scene, into), await collected(scene, from)] as const;
    const merged = await stores.people.merge(tenantId, into, from, now);
    const theirOrders = before[1].orders.map(({ id }) => id);
    expectSame(
      { ...merged, orderIds: merged.orderIds.toSorted((a, b) => a - b) },
      { orderIds: theirOrders.toSorted((a, b) => a - b), deliveries: 0, apart: 1, suppressions: 1, labels: 0 },
      "what was moved",
    );
    const after = await collected(scene, into);
    expectSame(after.customer, before[0].customer, "customer");
    expectSame(after.orders.length, 3, "orders");
    expectSame(after.labels, before[0].labels, "labels");
    expectSame(after.formerKeys, [DIFFICULT_TEXT], "former keys");
    const deliveryIds = before.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    expectSame(
      after.deliveries.map(({ id }) => id),
      deliveryIds.toSorted((a, b) => a - b),
      "deliveries",
    );
    const entries = after.suppressions.flatMap(({ customerId, channel, reason }) =>
      customerId ? [[channel, reason]] : [],
    );
    expectSame(
      entries.toSorted(),
      [
        ["*", "complaint"],
        ["sms", "opt_out"],
      ],
      "suppressions",
    );
    const left = await collected(scene, from);
    expectSame([left.orders, left.labels, left.deliveries.length], [[], [], 1], "what is left of the other");
    const found = await stores.people.findMerged(tenantId, [DIFFICULT_TEXT, "neighbour"]);
    expectSame(found, [{ externalKey: DIFFICULT_TEXT, customerId: into }], "owners of former keys");
    expectSame(await stores.people.findMerged(await addTenant(stores), [DIFFICULT_TEXT]), [], "in another tenant");
    const former = await stores.people.findFormer(tenantId, from);
    expectSame(former, { externalKey: DIFFICULT_TEXT, customerId: into }, "whom an id was merged into");
    expectSame(await stores.people.findFormer(tenantId, into), undefined, "an id that was not merged");
    expectSame(await stores.people.findFormer(await addTenant(stores), from), undefined, "an id in another tenant");
    const third = await addCustomer(stores, tenantId, "third");
    await stores.people.merge(tenantId, third, into, now);
    const last = await collected(scene, third);
    expectSame((await stores.people.findFormer(tenantId, from))?.customerId, third, "whom an id leads to in the end");
    expectSame([last.formerKeys.length, last.orders.length, last.deliveries.length], [2, 3, 2], "merged once more");
    await stores.people.erase(tenantId, third, "erased:3", now);
    expectSame(await stores.people.findMerged(tenantId, [DIFFICULT_TEXT, "neighbour"]), [], "keys of somebody erased");
  },

  "of two deliveries of a push the one that is further on stands for a merged person": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 6);
    const ids = (await deliveriesOf(scene)).map(({ customerId }) => customerId);
    const only = (n: number) => ({ batchId: batch.id, addresses: [`wm_c${n}`] });
    const accept = (n: number, at: number) =>
      stores.deliveries.transition(tenantId, only(n), "in_batch", "accepted", { acceptedAt: at }, now);
    // c1 was reached after c2; c3 was not reached and c4 was; nothing happened to c5 and c6.
    await accept(1, now + 2);
    await accept(2, now + 1);
    await stores.deliveries.transition(tenantId, only(3), "in_batch", "failed", {}, now);
    await accept(4, now);
    const [c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0] = ids;
    for (const [into, from] of [
      [c1, c2],
      [c3, c4],
      [c5, c6],
    ] as const)
      await stores.people.merge(tenantId, into, from, now);
    const rows = await deliveriesOf(scene);
    const ownerOf = (n: number) => rows.find(({ address }) => address === `wm_c${n}`)?.customerId;
    expectSame([1, 2, 3, 4, 5, 6].map(ownerOf), [c2, c1, c4, c3, c5, c6], "owners by address");
    expectSame((await stores.deliveries.countByState(tenantId, { batchId: batch.id })).accepted, 3, "accepted");
  },

  "charges of the caps go along with a merge": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 2);
    await stores.deliveries.chargeCaps(tenantId, batch.id, now);
    const [c1 = 0, c2 = 0] = (await deliveriesOf(scene)).map(({ customerId }) => customerId);
    await stores.people.merge(tenantId, c1, c2, now);
    const page = {
      tenantId,
      channel: "wecom",
      addressType: "external_userid",
      afterId: 0,
      limit: 9,
      chargesSince: 0,
    } as const;
    const outlook = await stores.deliveries.outlook({ ...page, query: everybody(scene) });
    const chargesOf = (id: number) => outlook.find(({ customerId }) => customerId === id)?.charges;
    expectSame([chargesOf(c1), chargesOf(c2)], [[now, now], []], "charges");
  },

  "links and claims of a merged person are the other's, and no claim is lost": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [into = 0, from = 0] = await addReachable(stores, tenantId, 2);
    const links = [from, into].map((customerId, n) => newLink(scene, `l${n}`, { customerId }));
    await stores.transaction((tx) => tx.links.insertMany(tenantId, links));
    const coupon = await stores.coupons.insert(newCoupon(scene));
    for (const id of [from, into]) await addClaim(scene, newClaim(coupon, id));
    await addClaim(scene, newClaim(coupon, from, { number: 2 }));
    await stores.people.merge(tenantId, into, from, now);
    const after = await collected(scene, into);
    expectSame(
      after.links.map(({ customerId, externalKey }) => [customerId, externalKey]),
      [
        [into, "c1"],
        [into, "c1"],
      ],
      "links",
    );
    expectSame(
      after.claims.map(({ customerId, number, code }) => [customerId, number, code]),
      [
        [into, 2, `C${coupon.id}-${from}-1`],
        [into, 1, `C${coupon.id}-${into}-1`],
        [into, 3, `C${coupon.id}-${from}-2`],
      ],
      "claims",
    );
    const left = await collected(scene, from);
    expectSame([left.links, left.claims], [[], []], "what is left of the other");
    await stores.people.erase(tenantId, into, "erased:1", now);
    const nameless = await collected(scene, into);
    expectSame([nameless.links.length, nameless.claims.length], [2, 3], "links and claims after an erasure");
  },

  "what lists say of people goes on with a merge, and goes with an erasure": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [into = 0, from = 0] = await addReachable(stores, tenantId, 2);
    const say = (occurrenceId: number, customerId: number, product: string) =>
      stores.occurrences.putValues(tenantId, occurrenceId, [{ customerId, values: { product } }]);
    await say(1, from, "猫粮");
    await say(2, from, "猫砂");
    await say(2, into, "罐头");
    await stores.people.merge(tenantId, into, from, now);
    const said = async (occurrenceId: number) =>
      (await stores.occurrences.valuesOf(tenantId, occurrenceId, [into])).map(({ values }) => values.product);
    expectSame([await said(1), await said(2)], [["猫粮"], ["罐头"]], "values of the one who goes on");
    await stores.people.erase(tenantId, into, "erased:1", now);
    expectSame([await said(1), await said(2)], [[], []], "values of somebody erased");
  },

  "opt-outs of erased people are found by any of their hashes": async ({ stores: { people }, tenantId }) => {
    expectSame(await people.findOptOuts(tenantId, []), [], "opt-outs of nobody");
    const optOuts = [
      { channel: "*", reason: `complaint ${DIFFICULT_TEXT}`, createdAt: 3 },
      { channel: "sms", reason: "opt_out", createdAt: 4 },
    ];
    await people.keepOptOuts(tenantId, [hashOf(1), hashOf(2)], optOuts);
    await people.keepOptOuts(tenantId, [hashOf(3)], optOuts.slice(1));
    const many = Array.from({ length: 4_000 }, (_, n) => hashOf(n + 10));
    const found = await people.findOptOuts(tenantId, [...many, hashOf(3), hashOf(1)]);
    const byHash = found.toSorted((a, b) => (a.identityHash + a.channel < b.identityHash + b.channel ? -1 : 1));
    const expected = [
      ...optOuts.map((one) => ({ identityHash: hashOf(1), ...one })),
      { identityHash: hashOf(3), ...optOuts[1] },
    ];
    expectSame(byHash, expected, "opt-outs");
  },

  "of opt-outs under a hash the last word counts": async ({ stores: { people }, tenantId }) => {
    const optOut = { channel: "*", reason: "opt_out", createdAt: 3 };
    await people.keepOptOuts(tenantId, [hashOf(1), hashOf(2)], [optOut, { ...optOut, channel: "sms" }]);
    await people.keepOptOuts(tenantId, [hashOf(1)], [{ ...optOut, reason: "complaint" }]);
    await people.keepOptOuts(tenantId, [hashOf(2)], []);
    const found = await people.findOptOuts(tenantId, [hashOf(1), hashOf(2)]);
    expectSame(found, [{ identityHash: hashOf(1), ...optOut, reason: "complaint" }], "opt-outs");
  },

  "opt-outs of tenants are apart": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    const optOut = { channel: "*", reason: "opt_out", createdAt: 3 };
    await stores.people.keepOptOuts(tenantId, [hashOf(1)], [optOut]);
    expectSame(await stores.people.findOptOuts(other, [hashOf(1)]), [], "opt-outs of another tenant");
    await stores.people.keepOptOuts(other, [hashOf(1)], []);
    expectSame((await stores.people.findOptOuts(tenantId, [hashOf(1)])).length, 1, "opt-outs");
  },

  "people of tenants are apart": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const [id = 0] = await addReachable(stores, tenantId, 1);
    expectSame(await stores.people.collect(other, id), undefined, "collected by another tenant");
    expectSame(await stores.people.erase(other, id, "k", 1), false, "erased by another tenant");
    expectSame((await collected(scene, id)).customer.externalKey, "c1", "key");
  },
};

const durable: Facts<DurableScene> = {
  "an erasure is there after a restart": async (scene) => {
    const { tenantId, now } = scene;
    const [id = 0] = await addReachable(scene.stores, tenantId, 1);
    await scene.stores.people.erase(tenantId, id, "erased:1", now);
    const { customer } = await collected({ stores: await scene.reopen(), tenantId }, id);
    expectSame([customer.externalKey, customer.identities], ["erased:1", {}], "customer");
  },

  "opt-outs of erased people are there after a restart": async (scene) => {
    const { tenantId } = scene;
    await scene.stores.people.keepOptOuts(tenantId, [hashOf(1)], [{ channel: "*", reason: "opt_out", createdAt: 3 }]);
    const { people } = await scene.reopen();
    expectSame((await people.findOptOuts(tenantId, [hashOf(1)])).length, 1, "opt-outs");
  },
};
