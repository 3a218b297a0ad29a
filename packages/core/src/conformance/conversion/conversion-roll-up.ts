import { addReachable, addTenant, newOrder } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";
import { DAY, figures, reach } from "./conversion-builders.js";

/** Steps until nothing is left to read, of one change each. */
async function catchUp({ stores, tenantId, now }: Scene): Promise<void> {
  for (let steps = 0; steps < 100; steps++) {
    const step = await stores.conversions.rollUp(tenantId, { begin: true, limit: 1, at: now });
    if (step?.isCurrent) {
      expectSame(
        step.revision,
        (await stores.tenants.get(tenantId))?.revision,
        "the change that credits are known up to",
      );
      return;
    }
  }
  expectSame("never current", "current", "credits");
}

/** An order that the feed tells of. */
async function order(scene: Scene, customerId: number, number: string, orderedAt: number): Promise<void> {
  const { stores, tenantId, now } = scene;
  const row = newOrder(tenantId, customerId, number, { orderedAt, amountMinor: 10 });
  await stores.transaction(async (tx) => {
    const [id = 0] = await tx.orders.insertMany([row]);
    await tx.tenants.recordChanges(tenantId, [{ kind: "order", id }], { at: now });
  });
}

async function expectEqual(scene: Scene, orders: number, when: string): Promise<void> {
  const { stores, tenantId, now } = scene;
  const found = await figures(scene);
  expectSame(found.orders, orders, `orders ${when}`);
  expectSame(await figures(scene, { fromRollUp: true }), found, `figures from kept credits ${when}`);
  const query = { tenantId, asOf: now + 30 * DAY, windowMs: 7 * DAY, statuses: ["paid"] };
  const always = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
  expectSame(
    await stores.conversions.figuresOf({ ...query, fromRollUp: true }, always),
    await stores.conversions.figuresOf(query, always),
    `figures of a period from kept credits ${when}`,
  );
  expectSame(
    await stores.conversions.products({ ...query, fromRollUp: true }, 9),
    await stores.conversions.products(query, 9),
    `products from kept credits ${when}`,
  );
}

/** Facts about credits that a store keeps, or finds anew each time. */
export const conversionRollUpFacts: Facts = {
  "figures from kept credits are those of a search, with orders, reports and pushes that come late": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 3);
    const push = await addPush(scene, "p1");
    await reach(scene, push, "accepted", { c1: now, c2: now });
    await order(scene, first, "1", now + DAY);
    await catchUp(scene);
    await expectEqual(scene, 1, "at first");
    await order(scene, second, "2", now + 1);
    await expectEqual(scene, 2, "after an order that nobody read");
    await catchUp(scene);
    await expectEqual(scene, 2, "after an order");
    const one = { batchId: push.batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, one, "accepted", "delivered", { deliveredAt: now + 2 }, now);
    await expectEqual(scene, 1, "after a report that nobody read");
    await catchUp(scene);
    await expectEqual(scene, 1, "after a report");
    const later = await addPush(scene, "p2");
    await reach(scene, later, "not_delivered", { c1: now + DAY });
    await reach(scene, later, "accepted", { c3: now });
    await catchUp(scene);
    await expectEqual(scene, 1, "after a push that did not arrive");
  },

  "credits are kept from when they are begun until they are dropped": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [customer = 0] = await addReachable(stores, tenantId, 1);
    await reach(scene, await addPush(scene, "p1"), "delivered", { c1: now });
    await order(scene, customer, "1", now);
    const step = { begin: false, limit: 1000, at: now };
    // A store that keeps nothing is always current.
    expectSame((await stores.conversions.rollUp(tenantId, step))?.isCurrent ?? true, true, "what was never begun");
    await catchUp(scene);
    expectSame((await stores.conversions.rollUp(tenantId, step))?.isCurrent, true, "with nothing new");
    let left = 1;
    for (let steps = 0; left > 0 && steps < 9; steps++) left = await stores.conversions.dropRollUp(tenantId, 1);
    expectSame(left, 0, "credits that are left");
    await expectEqual(scene, 1, "after they were dropped");
    await catchUp(scene);
    await expectEqual(scene, 1, "once they were found anew");
  },

  "each tenant has its own kept credits": async (scene) => {
    const { stores, tenantId, now } = scene;
    const other = { ...scene, tenantId: await addTenant(stores) };
    for (const one of [scene, other]) {
      const [customer = 0] = await addReachable(stores, one.tenantId, 1);
      await reach(one, await addPush(one, "p1"), "accepted", { c1: now });
      await order(one, customer, "1", now);
      await catchUp(one);
    }
    await expectEqual(scene, 1, "of one");
    await expectEqual(other, 1, "of the other");
    const dropped = await stores.conversions.dropRollUp(other.tenantId, 9);
    expectSame(dropped < 9, true, "fewer credits than were asked for");
    expectSame(
      (await stores.conversions.rollUp(tenantId, { begin: false, limit: 9, at: now }))?.isCurrent,
      true,
      "the credits of one",
    );
  },
};
