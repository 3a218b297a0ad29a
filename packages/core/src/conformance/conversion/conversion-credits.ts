import type { OrderWrite } from "../../ports/order-store.js";
import { addReachable, newOrder } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";
import { DAY, figures, NOTHING, reach, WINDOW } from "./conversion-builders.js";

/** Adds orders of a customer, numbered after its id. */
async function addOrders(
  { stores, tenantId }: Scene,
  customerId: number,
  ...orders: readonly Partial<OrderWrite>[]
): Promise<void> {
  const rows = orders.map((order, index) => newOrder(tenantId, customerId, `${customerId}/${index + 1}`, order));
  await stores.orders.insertMany(rows);
}

/** Orders credited under a query. */
const creditedTo = async (scene: Scene, query: Parameters<typeof figures>[1] = {}) =>
  (await figures(scene, query)).orders;

/** Facts about which orders are credited, and to which delivery. */
export const conversionCreditFacts: Facts = {
  "orders are credited from the touch to the end of the window": async (scene) => {
    const { stores, tenantId, now } = scene;
    const ids = await addReachable(stores, tenantId, 4);
    await reach(scene, await addPush(scene, "p1"), "delivered", { c1: now, c2: now, c3: now, c4: now });
    for (const [index, orderedAt] of [now - 1, now, now + WINDOW - 1, now + WINDOW].entries()) {
      await addOrders(scene, ids[index] ?? 0, { orderedAt, amountMinor: 10 ** index });
    }
    const counted = await figures(scene);
    expectSame([counted.orders, counted.buyers, counted.revenueMinor], [2, 2, 110], "orders, buyers and revenue");
  },

  "the touch is the delivery, or the acceptance while no report is known": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [reported = 0, waiting = 0] = await addReachable(stores, tenantId, 2);
    const push = await addPush(scene, "p1");
    await reach(scene, push, "delivered", { c1: now + DAY }, now);
    await reach(scene, push, "accepted", { c2: now });
    await addOrders(
      scene,
      reported,
      { orderedAt: now + 5, amountMinor: 1 },
      { orderedAt: now + WINDOW, amountMinor: 10 },
    );
    await addOrders(
      scene,
      waiting,
      { orderedAt: now + 5, amountMinor: 100 },
      { orderedAt: now + WINDOW, amountMinor: 1000 },
    );
    expectSame((await figures(scene)).revenueMinor, 110, "revenue");
  },

  "only accepted and delivered messages are credited": async (scene) => {
    const { stores, tenantId, now } = scene;
    const states = [
      "not_delivered",
      "failed",
      "unknown",
      "needs_review",
      "suppressed",
      "cancelled",
      "expired",
    ] as const;
    const ids = await addReachable(stores, tenantId, states.length + 1);
    const push = await addPush(scene, "p1");
    for (const [index, state] of states.entries()) await reach(scene, push, state, { [`c${index + 1}`]: now });
    await reach(scene, push, "accepted", { [`c${states.length + 1}`]: now });
    for (const id of ids) await addOrders(scene, id, { orderedAt: now + 1 });
    expectSame(await creditedTo(scene), 1, "orders");
  },

  "a message that was not delivered leaves the credit to the one before": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    await reach(scene, first, "delivered", { c1: now });
    await reach(scene, second, "not_delivered", { c1: now + DAY });
    await addOrders(scene, buyer, { orderedAt: now + 2 * DAY });
    const orders = [
      await creditedTo(scene, { ruleIds: [first.rule.id] }),
      await creditedTo(scene, { ruleIds: [second.rule.id] }),
    ];
    expectSame(orders, [1, 0], "orders of each rule");
  },

  "the last touch over all rules takes the credit": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    await reach(scene, second, "accepted", { c1: now });
    await reach(scene, first, "delivered", { c1: now + DAY });
    const between = { orderedAt: now + DAY - 1, amountMinor: 1 };
    const after = { orderedAt: now + DAY, amountMinor: 10 };
    const late = { orderedAt: now + WINDOW, amountMinor: 100 };
    await addOrders(scene, buyer, between, after, late);
    const revenue = async (query: Parameters<typeof figures>[1]) => (await figures(scene, query)).revenueMinor;
    expectSame(await revenue({}), 111, "of both rules");
    expectSame(await revenue({ ruleIds: [first.rule.id] }), 110, "of the later touch");
    expectSame(await revenue({ ruleIds: [second.rule.id] }), 1, "of the earlier touch");
    expectSame(await revenue({ occurrenceId: second.occurrence.id }), 1, "of the occurrence with the earlier touch");
    expectSame(await revenue({ from: now, to: now }), 0, "of no occurrence");
  },

  "of equal touches the later delivery takes the credit": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2")];
    await reach(scene, second, "accepted", { c1: now });
    await reach(scene, first, "delivered", { c1: now });
    await addOrders(scene, buyer, { orderedAt: now });
    const orders = [
      await creditedTo(scene, { ruleIds: [first.rule.id] }),
      await creditedTo(scene, { ruleIds: [second.rule.id] }),
    ];
    expectSame(orders, [0, 1], "orders of each rule");
  },

  "buyers are counted once and orders each": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 3);
    await reach(scene, await addPush(scene, "p1"), "accepted", { c1: now, c2: now, c3: now });
    const large = Number.MAX_SAFE_INTEGER - 600;
    await addOrders(scene, first, { orderedAt: now, amountMinor: 100 }, { orderedAt: now + 1, amountMinor: 0 });
    await addOrders(scene, second, { orderedAt: now, amountMinor: large }, { orderedAt: now + 1, amountMinor: 500 });
    const expected = { ...NOTHING, waiting: 3, audience: 3, orders: 4, buyers: 2, revenueMinor: large + 600 };
    expectSame(await figures(scene), expected, "figures");
  },

  "an order of a customer who was not addressed is not credited": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 1);
    await reach(scene, await addPush(scene, "p1"), "accepted", { c1: now });
    const [stranger = 0] = await addReachable(stores, tenantId, 1, "d");
    await addOrders(scene, stranger, { orderedAt: now });
    expectSame(await figures(scene), { ...NOTHING, waiting: 1, audience: 1 }, "figures");
  },

  "refunds before asOf are taken off": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    await reach(scene, await addPush(scene, "p1"), "accepted", { c1: now });
    const asOf = now + 3 * DAY;
    const order = { orderedAt: now, amountMinor: 1000 };
    await addOrders(
      scene,
      buyer,
      { ...order, refundedMinor: 1, refundedAt: null },
      { ...order, refundedMinor: 10, refundedAt: asOf - 1 },
      { ...order, refundedMinor: 100, refundedAt: asOf },
      { ...order, refundedMinor: 1000, refundedAt: asOf },
      { ...order, refundedMinor: 1000, refundedAt: asOf - 1 },
    );
    const counted = await figures(scene, { asOf });
    expectSame(
      [counted.orders, counted.revenueMinor, counted.refundedMinor],
      [4, 4000, 11],
      "orders, revenue and refunds",
    );
  },

  "orders count by status and before asOf": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    await reach(scene, await addPush(scene, "p1"), "accepted", { c1: now });
    await addOrders(
      scene,
      buyer,
      { orderedAt: now + 1, amountMinor: 1 },
      { orderedAt: now + 2, amountMinor: 10 },
      { orderedAt: now + 1, amountMinor: 100, status: "completed" },
      { orderedAt: now + 1, amountMinor: 1000, status: "created" },
    );
    const query = { asOf: now + 2, statuses: ["paid", "completed"] };
    expectSame((await figures(scene, query)).revenueMinor, 101, "revenue");
    expectSame((await figures(scene, { ...query, statuses: [] })).orders, 0, "orders without a status that counts");
  },
};
