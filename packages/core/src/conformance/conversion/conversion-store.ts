import { addReachable, addShop, addTenant, newOrder } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { pushResultFacts } from "../delivery/push-results.js";
import { addRule } from "../delivery/work-builders.js";
import { expectSame } from "../expect.js";
import { DAY, figures, NOTHING, reach } from "./conversion-builders.js";
import { conversionCreditFacts } from "./conversion-credits.js";
import { conversionFunnelFacts } from "./conversion-funnel.js";
import { conversionInstantFacts } from "./conversion-instants.js";
import { conversionPeriodFacts } from "./conversion-periods.js";
import { conversionRollUpFacts } from "./conversion-roll-up.js";

/** Facts about `ConversionStore`: who was reached, and which orders are credited to whom; and about what reports read beside it. */
export function conversionStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "conversions",
    harness,
    {
      ...people,
      ...conversionCreditFacts,
      ...filters,
      ...conversionPeriodFacts,
      ...conversionInstantFacts,
      ...conversionFunnelFacts,
      ...conversionRollUpFacts,
      ...pushResultFacts,
      ...tenants,
    },
    restart,
  );
}

const people: Facts = {
  "without deliveries all figures are 0": async (scene) => {
    await addShop(scene, { c1: [{ orderedAt: scene.now }] });
    expectSame(await figures(scene), NOTHING, "figures");
  },

  "people are counted by the state of their delivery": async (scene) => {
    await addReachable(scene.stores, scene.tenantId, 12);
    const push = await addPush(scene, "p1");
    await reach(scene, push, "accepted", { c1: scene.now, c2: scene.now });
    await reach(scene, push, "delivered", { c3: scene.now });
    await reach(scene, push, "not_delivered", { c4: scene.now, c5: scene.now, c6: scene.now });
    await reach(scene, push, "failed", { c7: scene.now });
    await reach(scene, push, "unknown", { c8: scene.now });
    await reach(scene, push, "needs_review", { c9: scene.now });
    await reach(scene, push, "suppressed", { c10: scene.now });
    await reach(scene, push, "cancelled", { c11: scene.now });
    const expected = { ...NOTHING, waiting: 2, delivered: 1, notDelivered: 3, failed: 1, unknown: 2, audience: 12 };
    expectSame(await figures(scene), expected, "figures");
  },

  "people of several deliveries are counted once, by the best": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 5);
    const [first, second] = [await addPush(scene, "p1"), await addPush(scene, "p2", { snapshot: { channel: "sms" } })];
    await reach(scene, first, "delivered", { c1: now });
    await reach(scene, first, "accepted", { c2: now });
    await reach(scene, first, "not_delivered", { c3: now });
    await reach(scene, first, "failed", { c4: now });
    await reach(scene, first, "unknown", { c5: now });
    await reach(scene, second, "accepted", { c1: now });
    await reach(scene, second, "not_delivered", { c2: now });
    await reach(scene, second, "failed", { c3: now });
    await reach(scene, second, "unknown", { c4: now });
    const expected = { ...NOTHING, delivered: 1, waiting: 1, notDelivered: 1, failed: 1, unknown: 1, audience: 5 };
    expectSame(await figures(scene), expected, "figures");
  },
};

const filters: Facts = {
  "figures cover the rules and the occurrence asked for": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 2);
    const rule = await addRule(scene, "r1");
    const [early, late] = [await addPush(scene, "p1", { rule }), await addPush(scene, "p2", { rule })];
    const other = await addPush(scene, "p3");
    await reach(scene, early, "accepted", { c1: now });
    await reach(scene, late, "delivered", { c1: now });
    await reach(scene, other, "failed", { c1: now, c2: now });
    expectSame(await figures(scene, { ruleIds: [rule.id] }), { ...NOTHING, delivered: 1, audience: 2 }, "of a rule");
    expectSame(
      await figures(scene, { ruleIds: [other.rule.id] }),
      { ...NOTHING, failed: 2, audience: 2 },
      "of another rule",
    );
    const both = { ...NOTHING, delivered: 1, failed: 1, audience: 2 };
    expectSame(await figures(scene, { ruleIds: [rule.id, other.rule.id] }), both, "of two rules");
    expectSame(
      await figures(scene, { occurrenceId: early.occurrence.id }),
      { ...NOTHING, waiting: 1, audience: 2 },
      "of an occurrence",
    );
    const neither = { ruleIds: [other.rule.id], occurrenceId: early.occurrence.id };
    expectSame(await figures(scene, neither), NOTHING, "of an occurrence of another rule");
  },

  "figures cover occurrences from the start of a period and not from its end": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 4);
    for (const [index, dueAt] of [now - 1, now, now + 9, now + 10].entries()) {
      const push = await addPush(scene, `p${index + 1}`, { occurrence: { dueAt } });
      await reach(scene, push, "accepted", { [`c${index + 1}`]: now });
    }
    const waiting = async (period: { from?: number; to?: number }) => (await figures(scene, period)).waiting;
    expectSame(await waiting({ from: now, to: now + 10 }), 2, "both ends");
    expectSame(await waiting({ from: now }), 3, "start");
    expectSame(await waiting({ to: now }), 1, "end");
  },
};

const tenants: Facts = {
  "foreign deliveries and orders are not counted": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 1);
    const push = await addPush(scene, "p1");
    await reach(scene, push, "delivered", { c1: now });
    await stores.orders.insertMany([newOrder(tenantId, buyer, "o1", { orderedAt: now })]);
    const other = { ...scene, tenantId: await addTenant(stores) };
    expectSame(await figures(other), NOTHING, "their figures");
    expectSame(await figures(other, { occurrenceId: push.occurrence.id }), NOTHING, "their figures of my occurrence");
    expectSame(await figures(other, { ruleIds: [push.rule.id] }), NOTHING, "their figures of my rule");
    expectSame((await figures(scene)).orders, 1, "my orders");
  },
};

const restart: Facts<DurableScene> = {
  "figures survive a restart": async (scene) => {
    const { stores, tenantId, now } = scene;
    const [buyer = 0] = await addReachable(stores, tenantId, 2);
    const push = await addPush(scene, "p1");
    await reach(scene, push, "delivered", { c1: now });
    await stores.orders.insertMany([newOrder(tenantId, buyer, "o1", { orderedAt: now + DAY })]);
    const expected = { ...NOTHING, delivered: 1, audience: 2, orders: 1, buyers: 1, revenueMinor: 10_000 };
    expectSame(await figures({ ...scene, stores: await scene.reopen() }), expected, "figures");
  },
};
