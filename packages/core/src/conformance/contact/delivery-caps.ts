import { type CapPolicy, NO_CAPS } from "../../contact/frequency-cap.js";
import type { DeliveryState } from "../../delivery/states.js";
import { addReachable, addTenant, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush, type Push } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";

const HOUR = 3_600_000;

/** A policy that nothing breaks, with one part replaced. */
const policy = (now: number, part: Partial<CapPolicy>): CapPolicy => ({
  now,
  dayStart: now,
  maxPerDay: NO_CAPS.maxPerDay,
  weekStart: now,
  maxPerWeek: NO_CAPS.maxPerWeek,
  minGapMs: 0,
  ...part,
});

/** Enters a new push to everybody into the ledger. */
async function charge(scene: Scene, name: string, at: number): Promise<Push> {
  const push = await addPush(scene, name);
  await scene.stores.deliveries.chargeCaps(scene.tenantId, push.batch.id, at);
  return push;
}

/** How many people of a new push are at their cap. */
async function countCapped(scene: Scene, name: string, cappedBy: CapPolicy): Promise<number> {
  const { batch } = await addPush(scene, name);
  return suppressCapped(scene, batch.id, cappedBy);
}

function suppressCapped({ stores, tenantId, now }: Scene, batchId: number, cappedBy: CapPolicy): Promise<number> {
  return stores.deliveries.transition(
    tenantId,
    { batchId, heldBackBy: { cappedBy } },
    "in_batch",
    "suppressed",
    { reason: "frequency_cap" },
    now,
  );
}

/** Facts about the cap ledger and the gate `cappedBy`. */
export const deliveryCapFacts: Facts = {
  "without charges nobody is at a cap": async (scene) => {
    await addReachable(scene.stores, scene.tenantId, 2);
    await addPush(scene, "p1");
    const strict = policy(scene.now, { dayStart: 0, maxPerDay: 1, weekStart: 0, maxPerWeek: 1, minGapMs: HOUR });
    expectSame(await countCapped(scene, "p2", strict), 0, "people at a cap");
  },

  "the day's cap counts from its first millisecond": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 1);
    await charge(scene, "p1", now - HOUR);
    expectSame(
      await countCapped(scene, "p2", policy(now, { dayStart: now - HOUR + 1, maxPerDay: 1 })),
      0,
      "charged before the day",
    );
    expectSame(
      await countCapped(scene, "p3", policy(now, { dayStart: now - HOUR, maxPerDay: 1 })),
      1,
      "charged at its start",
    );
    expectSame(await countCapped(scene, "p4", policy(now, { dayStart: now - HOUR, maxPerDay: 2 })), 0, "one of two");
    await charge(scene, "p5", now - HOUR + 1);
    expectSame(await countCapped(scene, "p6", policy(now, { dayStart: now - HOUR, maxPerDay: 2 })), 1, "two of two");
  },

  "the week's cap counts from its first millisecond": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 1);
    await charge(scene, "p1", now - 50 * HOUR);
    await charge(scene, "p2", now - 100 * HOUR);
    expectSame(
      await countCapped(scene, "p3", policy(now, { weekStart: now - 100 * HOUR + 1, maxPerWeek: 2 })),
      0,
      "one in the week",
    );
    expectSame(
      await countCapped(scene, "p4", policy(now, { weekStart: now - 100 * HOUR, maxPerWeek: 2 })),
      1,
      "two in the week",
    );
    expectSame(
      await countCapped(scene, "p5", policy(now, { weekStart: now - 100 * HOUR, maxPerWeek: 3 })),
      0,
      "two of three",
    );
  },

  "the smallest gap is enough": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 1);
    await charge(scene, "p1", now - 48 * HOUR);
    expectSame(await countCapped(scene, "p2", policy(now, { minGapMs: 48 * HOUR })), 0, "exactly the gap ago");
    expectSame(
      await countCapped(scene, "p3", policy(now, { minGapMs: 48 * HOUR + 1 })),
      1,
      "a millisecond less than the gap ago",
    );
  },

  "caps count per person over rules and channels": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 3);
    const sms = await addPush(scene, "p1", { snapshot: { channel: "sms" } });
    const move = { batchId: sms.batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, move, "in_batch", "cancelled", {}, now);
    await stores.deliveries.chargeCaps(tenantId, sms.batch.id, now);
    const { batch } = await addPush(scene, "p2");
    expectSame(await suppressCapped(scene, batch.id, policy(now, { maxPerDay: 1 })), 2, "people at the cap");
    expectSame(await stores.deliveries.addresses(tenantId, batch.id), ["wm_c2"], "who stays");
  },

  "a charge against the quota alone counts against no cap, and is given back like others": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 2);
    const test = await addPush(scene, "p1");
    await stores.deliveries.chargeCaps(tenantId, test.batch.id, now - 2, "quota");
    const sent = { batchId: test.batch.id, addresses: ["wm_c1"] };
    await stores.deliveries.transition(tenantId, sent, "in_batch", "accepted", { acceptedAt: now - 1 }, now);
    const strict = policy(now, { dayStart: 0, maxPerDay: 1, weekStart: 0, maxPerWeek: 1, minGapMs: HOUR });
    expectSame(await countCapped(scene, "p2", strict), 0, "people at a cap");
    const over = async (name: string) => {
      const { batch } = await addPush(scene, name);
      const held = { batchId: batch.id, heldBackBy: { overQuota: { since: 0, oldest: 0, max: 1 } } };
      return stores.deliveries.transition(tenantId, held, "in_batch", "suppressed", {}, now);
    };
    const page = { tenantId, channel: "wecom", addressType: "external_userid" as const, query: everybody(scene) };
    const told = await stores.deliveries.outlook({ ...page, afterId: 0, limit: 10, chargesSince: 0 });
    expectSame(
      told.map(({ charges, received }) => [charges, received]),
      [
        [[], [null]],
        [[], [null]],
      ],
      "outlook",
    );
    expectSame(await over("p3"), 2, "people over the quota");
    await stores.deliveries.refundCaps(tenantId, test.batch.id);
    expectSame(await over("p4"), 1, "people over the quota after the refund");
  },

  "a message does not count against itself": async (scene) => {
    const { now } = scene;
    await addReachable(scene.stores, scene.tenantId, 1);
    const { batch } = await charge(scene, "p1", now);
    const strict = policy(now, { maxPerDay: 1, maxPerWeek: 1, minGapMs: HOUR });
    expectSame(await suppressCapped(scene, batch.id, strict), 0, "people at a cap");
  },

  "a repeated charge moves its instant": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 1);
    const { batch } = await charge(scene, "p1", now - 2 * HOUR);
    await stores.deliveries.chargeCaps(tenantId, batch.id, now - HOUR);
    expectSame(
      await countCapped(scene, "p2", policy(now, { dayStart: now - 3 * HOUR, maxPerDay: 2 })),
      0,
      "charges counted twice",
    );
    expectSame(
      await countCapped(scene, "p3", policy(now, { dayStart: now - HOUR, maxPerDay: 1 })),
      1,
      "charges at the new instant",
    );
  },

  "a refund takes out what was certainly not sent": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { deliveries } = stores;
    const refunded: readonly DeliveryState[][] = [
      [],
      ["queued"],
      ["failed"],
      ["suppressed"],
      ["expired"],
      ["cancelled"],
    ];
    const kept: readonly DeliveryState[][] = [
      ["accepted"],
      ["accepted", "delivered"],
      ["accepted", "not_delivered"],
      ["unknown"],
      ["unknown", "needs_review"],
    ];
    const paths = [...refunded, ...kept];
    await addReachable(stores, tenantId, paths.length);
    const { batch } = await charge(scene, "p1", now);
    for (const [index, path] of paths.entries()) {
      const selector = { batchId: batch.id, addresses: [`wm_c${index + 1}`] };
      let from: DeliveryState = "in_batch";
      for (const state of path) {
        await deliveries.transition(tenantId, selector, from, state, {}, now);
        from = state;
      }
    }
    const all = await countCapped(scene, "p2", policy(now, { maxPerDay: 1 }));
    await deliveries.refundCaps(tenantId, batch.id);
    await deliveries.refundCaps(tenantId, batch.id);
    const next = await addPush(scene, "p3");
    const left = await suppressCapped(scene, next.batch.id, policy(now, { maxPerDay: 1 }));
    expectSame([all, left], [paths.length, kept.length], "people at the cap before and after");
    const free = refunded.map((_, index) => `wm_c${index + 1}`);
    expectSame(await deliveries.addresses(tenantId, next.batch.id), free, "who is free again");
  },

  "charges and refunds of a foreign batch change nothing": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 1);
    const other = await addTenant(stores);
    const { batch } = await addPush(scene, "p1");
    await stores.deliveries.chargeCaps(other, batch.id, now);
    expectSame(
      await countCapped(scene, "p2", policy(now, { maxPerDay: 1 })),
      0,
      "people at the cap after a foreign charge",
    );
    await stores.deliveries.chargeCaps(tenantId, batch.id, now);
    await stores.deliveries.refundCaps(other, batch.id);
    expectSame(
      await countCapped(scene, "p3", policy(now, { maxPerDay: 1 })),
      1,
      "people at the cap after a foreign refund",
    );
  },
};
