import { addReachable } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame, present } from "../expect.js";
import { addPush, deliveriesOf, pushTo, snapshotPage, statesOf } from "./push-builders.js";
import { addBatch, addRule, addRunning } from "./work-builders.js";

/** Facts about the rows and columns of a transition. */
export const deliveryTransitionFacts: Facts = {
  "a transition of a batch takes its rows in the state": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    const other = await addPush(scene, "p2");
    const { deliveries } = stores;
    await deliveries.transition(
      tenantId,
      { batchId: batch.id, addresses: ["wm_c2"] },
      "in_batch",
      "failed",
      {},
      now + 1,
    );
    const moved = await deliveries.transition(
      tenantId,
      { batchId: batch.id },
      "in_batch",
      "accepted",
      { acceptedAt: now },
      now + 2,
    );
    expectSame(moved, 2, "rows changed");
    expectSame(
      statesOf(await deliveriesOf(scene, { batchId: batch.id })),
      ["c1 accepted", "c2 failed", "c3 accepted"],
      "states",
    );
    expectSame(
      await deliveries.countByState(tenantId, { batchId: other.batch.id }),
      { in_batch: 3 },
      "the other batch",
    );
  },

  "a transition of an occurrence takes all its rows in the state": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 4);
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id);
    const batch = await addBatch(scene, occurrence);
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    await stores.deliveries.fillBatch({ tenantId, occurrenceId: occurrence.id, channel: "wecom" }, batch.id, 1, now);
    const other = await addPush(scene, "p2");
    const moved = await stores.deliveries.transition(
      tenantId,
      { occurrenceId: occurrence.id },
      "queued",
      "cancelled",
      { reason: "operator" },
      now,
    );
    expectSame(moved, 3, "rows changed");
    expectSame(
      await stores.deliveries.countByState(tenantId, { occurrenceId: occurrence.id }),
      { in_batch: 1, cancelled: 3 },
      "states",
    );
    expectSame(
      await stores.deliveries.countByState(tenantId, { occurrenceId: other.occurrence.id }),
      { in_batch: 4 },
      "another occurrence",
    );
  },

  "a patch writes its columns and leaves the others": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 1);
    const selector = { batchId: batch.id };
    const [before] = await deliveriesOf(scene);
    const row = present(before, "the delivery");
    await stores.deliveries.transition(
      tenantId,
      selector,
      "in_batch",
      "unknown",
      { reason: "喵🐱𠮷", acceptedAt: 0, deliveredAt: now },
      now + 1,
    );
    const full = {
      ...row,
      state: "unknown",
      reason: "喵🐱𠮷",
      acceptedAt: 0,
      deliveredAt: now,
      updatedAt: now + 1,
    } as const;
    expectSame(await deliveriesOf(scene), [full], "after a full patch");
    await stores.deliveries.transition(tenantId, selector, "unknown", "in_batch", {}, now + 2);
    expectSame(await deliveriesOf(scene), [{ ...full, state: "in_batch", updatedAt: now + 2 }], "after an empty patch");
    await stores.deliveries.transition(
      tenantId,
      selector,
      "in_batch",
      "queued",
      { reason: null, batchId: null },
      now + 3,
    );
    const freed = { ...full, state: "queued", reason: null, batchId: null, updatedAt: now + 3 } as const;
    expectSame(await deliveriesOf(scene), [freed], "after nulls");
  },

  "a delivered message stays delivered": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 2);
    const { deliveries } = stores;
    const selector = { batchId: batch.id };
    await deliveries.transition(tenantId, selector, "in_batch", "accepted", { acceptedAt: now }, now);
    await deliveries.transition(
      tenantId,
      { ...selector, addresses: ["wm_c1"] },
      "accepted",
      "delivered",
      { deliveredAt: now + 1 },
      now + 1,
    );
    expectSame(
      await deliveries.transition(
        tenantId,
        selector,
        "accepted",
        "not_delivered",
        { reason: "staff_not_confirmed" },
        now + 2,
      ),
      1,
      "rows given up",
    );
    expectSame(statesOf(await deliveriesOf(scene)), ["c1 delivered", "c2 not_delivered"], "states");
    const late = await deliveries.transition(
      tenantId,
      selector,
      "not_delivered",
      "delivered",
      { reason: null, deliveredAt: now + 3 },
      now + 3,
    );
    expectSame(late, 1, "rows delivered late");
    const rows = (await deliveriesOf(scene)).map(({ state, reason, acceptedAt, deliveredAt }) => ({
      state,
      reason,
      acceptedAt,
      deliveredAt,
    }));
    const delivered = { state: "delivered", reason: null, acceptedAt: now } as const;
    expectSame(
      rows,
      [
        { ...delivered, deliveredAt: now + 1 },
        { ...delivered, deliveredAt: now + 3 },
      ],
      "deliveries",
    );
  },

  "of 50 callers who move one batch one moves its rows": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 5);
    const move = () =>
      stores.deliveries.transition(tenantId, { batchId: batch.id }, "in_batch", "accepted", { acceptedAt: now }, now);
    const moved = await Promise.all(Array.from({ length: 50 }, move));
    expectSame(moved.toSorted((a, b) => b - a).slice(0, 2), [5, 0], "rows changed by the first two");
  },

  "only rows in a batch have their addresses sent": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    await stores.deliveries.transition(
      tenantId,
      { batchId: batch.id, addresses: ["wm_c2"] },
      "in_batch",
      "suppressed",
      { reason: "frequency_cap" },
      now,
    );
    expectSame(await stores.deliveries.addresses(tenantId, batch.id), ["wm_c1", "wm_c3"], "addresses");
  },
};
