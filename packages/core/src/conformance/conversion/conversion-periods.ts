import type { OrderLine } from "../../customer/order.js";
import { addReachable, newOrder } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush, type Push } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";
import { DAY, figures, NOTHING, reach, WINDOW } from "./conversion-builders.js";

const base = ({ tenantId, now }: Scene) => ({ tenantId, asOf: now + 30 * DAY, windowMs: WINDOW, statuses: ["paid"] });

function pushAt(scene: Scene, name: string, dueAt: number, kind: "slot" | "test" = "slot"): Promise<Push> {
  return addPush(scene, name, { occurrence: { dueAt, kind } });
}

function line(sku: string | null, name: string | null, quantity: number, amountMinor: number): OrderLine {
  return { sku, name, quantity, amountMinor };
}

/** Facts about figures by period, searches by name, products, and tests. */
export const conversionPeriodFacts: Facts = {
  "figures are told period by period": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [first = 0] = await addReachable(stores, tenantId, 2);
    await reach(scene, await pushAt(scene, "p1", now), "delivered", { c1: now, c2: now });
    await reach(scene, await pushAt(scene, "p2", now + 1), "failed", { c1: now });
    await reach(scene, await pushAt(scene, "p3", now + DAY), "delivered", { c1: now + DAY });
    await stores.orders.insertMany([
      newOrder(tenantId, first, "o1", { orderedAt: now + 5, amountMinor: 10 }),
      newOrder(tenantId, first, "o2", { orderedAt: now + DAY, amountMinor: 7, refundedMinor: 2, refundedAt: now }),
    ]);
    const periods = [0, 1, 2].map((day) => ({ from: now + day * DAY, to: now + (day + 1) * DAY }));
    const found = await stores.conversions.figuresOf(base(scene), periods);
    const day1 = { delivered: 2, audience: 2, orders: 1, buyers: 1, revenueMinor: 10 };
    const day2 = { delivered: 1, audience: 2, orders: 1, buyers: 1, revenueMinor: 7, refundedMinor: 2 };
    expectSame(found, [{ ...NOTHING, ...day1 }, { ...NOTHING, ...day2 }, NOTHING], "figures");
    expectSame(await stores.conversions.figuresOf(base(scene), []), [], "figures of no period");
    const range = await stores.conversions.dueRange(base(scene));
    expectSame(range, { first: now, last: now + DAY }, "range");
    expectSame(await stores.conversions.dueRange({ ...base(scene), to: now }), undefined, "range of nothing");
  },

  "a search takes rules by a part of their name, deleted ones too": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 1);
    const push = await addPush(scene, "召回A%");
    await addPush(scene, "other");
    await stores.rules.softDelete(tenantId, push.rule.id, now);
    const audience = async (search: string) => (await figures(scene, { search })).audience;
    const found = [];
    for (const search of ["召回a%", "%", "A_", "x".repeat(5000)]) found.push(await audience(search));
    expectSame(found, [1, 1, 0, 0], "people");
    const tried = [];
    await stores.batches.advance(push.batch, { attemptedAt: now });
    for (const search of ["召回a%", "_"]) {
      tried.push((await stores.batches.tried(tenantId, { search }, { offset: 0, limit: 9 })).total);
    }
    expectSame(tried, [1, 0], "batches");
  },

  "tests count nobody and take no credit": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [first = 0] = await addReachable(stores, tenantId, 1);
    await reach(scene, await pushAt(scene, "p1", now), "delivered", { c1: now });
    const test = await pushAt(scene, "p2", now, "test");
    await reach(scene, test, "delivered", { c1: now + 1 });
    await stores.orders.insertMany([newOrder(tenantId, first, "o1", { orderedAt: now + 5, amountMinor: 10 })]);
    const counted = await figures(scene);
    expectSame([counted.audience, counted.delivered, counted.orders], [1, 1, 1], "figures");
    expectSame((await figures(scene, { occurrenceId: test.occurrence.id })).audience, 0, "people of the test");
    await stores.batches.advance(test.batch, { attemptedAt: now });
    expectSame((await stores.batches.tried(tenantId, {}, { offset: 0, limit: 9 })).items, [], "batches of tests");
  },

  "products of credited orders are summed, most revenue first": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 2);
    await reach(scene, await addPush(scene, "p1"), "delivered", { c1: now, c2: now });
    const order = (customerId: number, id: string, orderedAt: number, ...lines: readonly OrderLine[]) =>
      newOrder(tenantId, customerId, id, { orderedAt, lines });
    await stores.orders.insertMany([
      order(first, "o1", now, line("s1", "旧", 1, 100), line("s1", "新", 2, 200), line(null, "散装", 1, 50)),
      order(second, "o2", now, line("s1", null, 1, 100), line("s2", "b", 3, 50), line(null, null, 1, 1)),
      order(second, "o3", now - 1, line("s3", "too early", 1, 9999)),
    ]);
    const products = await stores.conversions.products(base(scene), 10);
    expectSame(
      products,
      [
        { sku: "s1", name: "旧", quantity: 4, orders: 2, buyers: 2, amountMinor: 400 },
        { sku: null, name: "散装", quantity: 1, orders: 1, buyers: 1, amountMinor: 50 },
        { sku: "s2", name: "b", quantity: 3, orders: 1, buyers: 1, amountMinor: 50 },
        { sku: null, name: null, quantity: 1, orders: 1, buyers: 1, amountMinor: 1 },
      ],
      "products",
    );
    expectSame(await stores.conversions.products(base(scene), 1), products.slice(0, 1), "one product");
    expectSame(await stores.conversions.products(base(scene), 0), [], "no product");
    expectSame(await stores.conversions.products({ ...base(scene), to: now }, 9), [], "products of no push");
  },
};
