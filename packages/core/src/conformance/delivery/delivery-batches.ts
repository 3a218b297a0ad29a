import { addCustomer, addReachable } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { deliveriesOf, snapshotPage } from "./push-builders.js";
import { addBatch, addBatches, addRule, addRunning } from "./work-builders.js";

const running = async (scene: Scene) => addRunning(scene, (await addRule(scene, "r1")).id);

/** Facts about how queued deliveries fill batches. */
export const batchFillFacts: Facts = {
  "batches fill by customer id": async (scene) => {
    const { stores, tenantId, now } = scene;
    const ids = await addReachable(stores, tenantId, 5);
    const occurrence = await running(scene);
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { afterId: ids[2] ?? 0 }));
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    const key = { tenantId, occurrenceId: occurrence.id, channel: "wecom" };
    const [first, second] = [
      await addBatch(scene, occurrence, { number: 1 }),
      await addBatch(scene, occurrence, { number: 2 }),
    ];
    const moved = [
      await stores.deliveries.fillBatch(key, first.id, 3, now + 1),
      await stores.deliveries.fillBatch(key, second.id, 3, now + 2),
      await stores.deliveries.fillBatch(key, second.id, 3, now + 3),
    ];
    expectSame(moved, [3, 2, 0], "rows moved");
    expectSame(await stores.deliveries.addresses(tenantId, first.id), ["wm_c1", "wm_c2", "wm_c3"], "first batch");
    expectSame(await stores.deliveries.addresses(tenantId, second.id), ["wm_c4", "wm_c5"], "second batch");
    const rows = (await deliveriesOf(scene, { batchId: second.id })).map(({ state, updatedAt }) => [state, updatedAt]);
    expectSame(
      rows,
      [
        ["in_batch", now + 2],
        ["in_batch", now + 2],
      ],
      "state and time",
    );
  },

  "batches fill with queued rows of their occurrence and channel": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 2);
    await addCustomer(stores, tenantId, "c3");
    const rule = await addRule(scene, "r1");
    const [occurrence, other] = [await addRunning(scene, rule.id), await addRunning(scene, rule.id, { nominal: "n2" })];
    await stores.deliveries.snapshot(snapshotPage(scene, other));
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { channel: "sms" }));
    const batch = await addBatch(scene, occurrence);
    const key = { tenantId, occurrenceId: occurrence.id, channel: "wecom" };
    expectSame(await stores.deliveries.fillBatch(key, batch.id, 10, now), 0, "rows without a snapshot of the channel");
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    expectSame(await stores.deliveries.fillBatch(key, batch.id, 10, now), 2, "queued rows");
  },

  "50 callers who fill batches move each row once": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 60);
    const occurrence = await running(scene);
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    const key = { tenantId, occurrenceId: occurrence.id, channel: "wecom" };
    const batches = await stores.transaction((tx) => addBatches({ stores: tx }, occurrence, 50));
    const moved = await Promise.all(batches.map(({ id }) => stores.deliveries.fillBatch(key, id, 2, now)));
    expectSame(
      moved.reduce((sum, count) => sum + count),
      60,
      "rows moved in all",
    );
    for (const [index, { id }] of batches.entries()) {
      expectSame((await stores.deliveries.addresses(tenantId, id)).length, moved[index] ?? 0, "rows of one batch");
    }
  },
};
