import { isOverQuota, type QuotaPolicy } from "../../contact/receive-quota.js";
import type { DeliveryState } from "../../delivery/states.js";
import { addReachable, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addPush } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";

const HOUR = 3_600_000;

/** A push that was charged, of which each person came to something. */
async function charged(
  scene: Scene,
  name: string,
  at: number,
  ends: readonly (readonly [key: string, to: DeliveryState, deliveredAt?: number])[],
  channel = "wecom",
): Promise<void> {
  const { stores, tenantId, now } = scene;
  const { batch } = await addPush(scene, name, { snapshot: { channel } });
  await stores.deliveries.chargeCaps(tenantId, batch.id, at);
  for (const [key, to, deliveredAt] of ends) {
    const selector = { batchId: batch.id, addresses: [`wm_${key}`] };
    await stores.deliveries.transition(tenantId, selector, "in_batch", "accepted", { acceptedAt: at }, now);
    if (to === "accepted") continue;
    const patch = deliveredAt === undefined ? {} : { deliveredAt };
    await stores.deliveries.transition(tenantId, selector, "accepted", to, patch, now);
  }
  const others = { batchId: batch.id };
  await stores.deliveries.transition(tenantId, others, "in_batch", "cancelled", {}, now);
  await stores.deliveries.refundCaps(tenantId, batch.id);
}

/** Facts about the gate `overQuota`. */
export const receiveQuotaFacts: Facts = {
  "people are over a quota by what they have and may still get, as a set and one by one": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 8);
    const since = now - 5 * HOUR;
    const quota: QuotaPolicy = { since, oldest: now - 50 * HOUR, max: 1 };
    await charged(scene, "p1", now - 40 * HOUR, [
      ["c1", "accepted"],
      ["c2", "delivered", since],
      ["c3", "delivered", since - 1],
      ["c4", "not_delivered"],
    ]);
    await charged(scene, "p2", now - 50 * HOUR - 1, [["c5", "accepted"]]);
    await charged(scene, "p3", now - HOUR, [["c6", "accepted"]], "sms");
    await charged(scene, "p4", now - 50 * HOUR, [["c7", "accepted"]]);
    const page = { tenantId, channel: "wecom", addressType: "external_userid" as const, query: everybody(scene) };
    const outlook = await stores.deliveries.outlook({ ...page, afterId: 0, limit: 10, chargesSince: quota.oldest });
    const judged = outlook.filter(({ received }) => isOverQuota(received, quota)).map(({ externalKey }) => externalKey);
    expectSame(judged, ["c1", "c2", "c7"], "one by one");
    const { batch } = await addPush(scene, "this");
    await stores.deliveries.chargeCaps(tenantId, batch.id, now);
    const held = { batchId: batch.id, heldBackBy: { overQuota: quota } };
    const count = await stores.deliveries.transition(tenantId, held, "in_batch", "suppressed", {}, now);
    const rows = (await stores.deliveries.list(tenantId, { batchId: batch.id, states: ["suppressed"] })).items;
    expectSame([count, rows.map(({ externalKey }) => externalKey)], [3, judged], "as a set");
    const twice = { ...held, heldBackBy: { overQuota: { ...quota, max: 2 } } };
    expectSame(await stores.deliveries.transition(tenantId, twice, "in_batch", "suppressed", {}, now), 0, "of two");
  },
};
