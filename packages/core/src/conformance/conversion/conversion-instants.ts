import { addReachable, newOrder } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";
import { DAY, figures, NOTHING, reach, WINDOW } from "./conversion-builders.js";

/** Figures with pushes and orders as of an instant. */
const asOf = (scene: Scene, at: number) => figures(scene, { asOf: at, pushesAsOf: at });

/** Facts about figures as of an instant that is over. */
export const conversionInstantFacts: Facts = {
  "people are counted by what was known of them before an instant": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 6);
    const [first, second] = [
      await addPush(scene, "p1"),
      await addPush(scene, "p2", { occurrence: { dueAt: now + DAY } }),
    ];
    const later = now + 2 * DAY;
    await reach(scene, first, "delivered", { c1: later }, now);
    await reach(scene, first, "accepted", { c2: now + DAY });
    await reach(scene, first, "not_delivered", { c3: later }, now);
    await reach(scene, first, "failed", { c4: later });
    await reach(scene, first, "unknown", { c5: later });
    await reach(scene, second, "needs_review", { c6: later });
    await reach(scene, second, "accepted", { c1: now + DAY });
    const audience = 6;
    const known = { ...NOTHING, delivered: 1, waiting: 1, notDelivered: 1, failed: 1, unknown: 2, audience };
    expectSame(await asOf(scene, now), NOTHING, "when the first push is due");
    expectSame(await asOf(scene, now + 1), { ...NOTHING, waiting: 2, audience }, "right after");
    expectSame(await asOf(scene, now + DAY + 1), { ...NOTHING, waiting: 3, audience }, "a day later");
    expectSame(await asOf(scene, later), { ...NOTHING, waiting: 3, audience }, "when the last word comes");
    expectSame(await asOf(scene, later + 1), known, "right after it");
    expectSame(await figures(scene), known, "at the end");
  },

  "orders are credited by the touches that were known before an instant": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [late = 0, undone = 0] = await addReachable(stores, tenantId, 2);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    // Accepted before the order and delivered after it; and a second touch that came to nothing in the end.
    await reach(scene, first, "delivered", { c1: now + 2 * DAY }, now);
    await reach(scene, first, "delivered", { c2: now });
    await reach(scene, second, "not_delivered", { c2: now + 3 * DAY }, now + DAY);
    await stores.orders.insertMany([
      newOrder(tenantId, late, "o1", { orderedAt: now + DAY, amountMinor: 1 }),
      newOrder(tenantId, undone, "o2", { orderedAt: now + 2 * DAY, amountMinor: 10 }),
    ]);
    const revenues = async (at: number) => {
      const revenue = async (occurrenceId: number) =>
        (await figures(scene, { asOf: at, pushesAsOf: at, occurrenceId })).revenueMinor;
      return [await revenue(first.occurrence.id), await revenue(second.occurrence.id)];
    };
    expectSame(await revenues(now + DAY), [0, 0], "before the orders");
    expectSame(await revenues(now + 2 * DAY), [1, 0], "before the delivery");
    expectSame(await revenues(now + 2 * DAY + 1), [0, 10], "after it");
    expectSame(await revenues(now + 3 * DAY + 1), [10, 0], "once the second is known not to have arrived");
  },

  "of equal touches the later delivery takes the credit as of an instant too": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    const test = await addPush(scene, "p3", { occurrence: { kind: "test" } });
    for (const push of [second, first, test]) await reach(scene, push, "accepted", { c1: now });
    const end = { orderedAt: now + WINDOW, amountMinor: 100 };
    await stores.orders.insertMany([
      newOrder(tenantId, buyer, "o1", { orderedAt: now }),
      newOrder(tenantId, buyer, "o2", end),
    ]);
    const at = now + 30 * DAY;
    const orders = async (occurrenceId: number) =>
      (await figures(scene, { asOf: at, pushesAsOf: at, occurrenceId })).orders;
    expectSame([await orders(first.occurrence.id), await orders(second.occurrence.id)], [0, 1], "orders of each");
  },

  "days and products are those before an instant": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    await reach(scene, await addPush(scene, "p1"), "delivered", { c1: now + 2 * DAY }, now);
    await addPush(scene, "p2", { occurrence: { dueAt: now + DAY } });
    const lines = [{ sku: "s1", name: "a", quantity: 1, amountMinor: 5 }];
    await stores.orders.insertMany([newOrder(tenantId, buyer, "o1", { orderedAt: now + 9, amountMinor: 5, lines })]);
    const query = (at: number) => ({ tenantId, asOf: at, pushesAsOf: at, windowMs: WINDOW, statuses: ["paid"] });
    const { conversions } = stores;
    const ranges = [await conversions.dueRange(query(now + DAY)), await conversions.dueRange(query(now))];
    expectSame(ranges, [{ first: now, last: now }, undefined], "ranges");
    const periods = [0, 1].map((day) => ({ from: now + day * DAY, to: now + (day + 1) * DAY }));
    const day = { ...NOTHING, audience: 1, waiting: 1, orders: 1, buyers: 1, revenueMinor: 5 };
    expectSame(await conversions.figuresOf(query(now + DAY), periods), [day, NOTHING], "figures by day");
    expectSame((await conversions.products(query(now + DAY), 9)).length, 1, "products");
    expectSame(await conversions.products(query(now + 3 * DAY), 9), [], "products once the delivery is known");
  },
};
