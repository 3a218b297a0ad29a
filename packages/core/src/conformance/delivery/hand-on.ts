import type { DeliveryState } from "../../delivery/states.js";
import type { HandOn } from "../../ports/delivery-store.js";
import { addCustomer, addTenant } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectSame, present } from "../expect.js";
import { addPush, deliveriesOf, type Push } from "./push-builders.js";

/** A push by `wecom` to people `c1` … who have a number too, but for the last of them. */
async function pushTo(scene: Scene, people: number): Promise<Push> {
  for (let n = 1; n <= people; n += 1) {
    const mobile = n < people ? { mobile: `+86138${n}` } : {};
    await addCustomer(scene.stores, scene.tenantId, `c${n}`, {
      identities: { external_userid: `wm_c${n}`, ...mobile },
    });
  }
  return addPush(scene, "p1");
}

const toSms = (from: HandOn["from"], at: number): HandOn => ({ from, to: "sms", addressType: "mobile", at });

/** Lets people of a batch end. */
async function end(
  { stores, tenantId, now }: Scene,
  batchId: number,
  key: string,
  to: DeliveryState,
  reason: string | null,
): Promise<void> {
  const selector = { batchId, addresses: [`wm_${key}`] };
  const from = to === "not_delivered" ? "accepted" : "in_batch";
  if (from === "accepted") await stores.deliveries.transition(tenantId, selector, "in_batch", from, {}, now);
  await stores.deliveries.transition(tenantId, selector, from, to, { reason }, now);
}

const told = async (scene: Scene) =>
  (await deliveriesOf(scene)).map(
    ({ externalKey, channel, state, handedTo }) =>
      `${externalKey} ${channel} ${state}${handedTo ? ` → ${handedTo}` : ""}`,
  );

/** Facts about people who are handed to the next channel. */
export const handOnFacts: Facts = {
  "people of a batch who certainly got nothing are handed on, each once": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 9);
    await end(scene, batch.id, "c1", "failed", "invalid");
    await end(scene, batch.id, "c2", "failed", "provider_blacklist");
    await end(scene, batch.id, "c3", "suppressed", "not_a_friend");
    await end(scene, batch.id, "c4", "suppressed", "opt_out");
    await end(scene, batch.id, "c5", "not_delivered", "called_off");
    await end(scene, batch.id, "c6", "not_delivered", "no_report");
    await end(scene, batch.id, "c7", "unknown", null);
    await end(scene, batch.id, "c9", "failed", null);
    const handOn = () => stores.deliveries.handOn(tenantId, toSms({ batchId: batch.id }, now + 5));
    expectSame([await handOn(), await handOn()], [3, 0], "people handed on, and once more");
    expectSame(
      await told(scene),
      [
        "c1 wecom failed → sms",
        "c2 wecom failed",
        "c3 wecom suppressed → sms",
        "c4 wecom suppressed",
        "c5 wecom not_delivered → sms",
        "c6 wecom not_delivered",
        "c7 wecom unknown",
        "c8 wecom in_batch",
        "c9 wecom failed",
        "c1 sms queued",
        "c3 sms queued",
        "c5 sms queued",
      ],
      "deliveries",
    );
  },

  "who is handed on is fresh, and counted where they are now": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch, occurrence, rule } = await pushTo(scene, 3);
    await end(scene, batch.id, "c1", "failed", "invalid");
    await end(scene, batch.id, "c2", "failed", "invalid");
    await stores.deliveries.handOn(tenantId, toSms({ batchId: batch.id }, now + 5));
    const fresh = (await deliveriesOf(scene)).filter(({ channel }) => channel === "sms");
    expectSame(
      fresh.map(({ id, customerId, ...row }) => row),
      [1, 2].map((n) => ({
        tenantId,
        occurrenceId: occurrence.id,
        ruleId: rule.id,
        externalKey: `c${n}`,
        channel: "sms",
        address: `+86138${n}`,
        batchId: null,
        providerMessageId: null,
        state: "queued" as const,
        reason: null,
        handedTo: null,
        acceptedAt: null,
        deliveredAt: null,
        updatedAt: now + 5,
      })),
      "rows of the next channel",
    );
    const { deliveries } = stores;
    const key = { occurrenceId: occurrence.id };
    expectSame(await deliveries.countByState(tenantId, key), { queued: 2, in_batch: 1 }, "people");
    expectSame(await deliveries.countByState(tenantId, { batchId: batch.id }), { failed: 2, in_batch: 1 }, "rows");
    expectSame(
      [...(await deliveries.countByReason(tenantId, key))].sort((a, b) => a.people - b.people),
      [
        { state: "in_batch" as const, reason: null, people: 1 },
        { state: "queued" as const, reason: null, people: 2 },
      ],
      "reasons",
    );
    const group = { channel: "wecom", to: "sms", state: "failed" as const, reason: "invalid", people: 2 };
    expectSame(await deliveries.handedOn(tenantId, occurrence.id), [group], "who was handed on");
    const isQueued = (channel: string) => deliveries.hasAny(tenantId, occurrence.id, ["queued"], channel);
    expectSame([await isQueued("wecom"), await isQueued("sms")], [false, true], "queued on each channel");
  },

  "an address that the occurrence has on the channel is not written to again": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    await end(scene, batch.id, "c1", "failed", "invalid");
    await stores.deliveries.handOn(tenantId, toSms({ batchId: batch.id }, now));
    const [first, second] = await deliveriesOf(scene);
    // The number changes hands.
    const [from, to] = await stores.customers.getMany(tenantId, [first?.customerId ?? 0, second?.customerId ?? 0]);
    await stores.customers.updateMany([
      { ...present(from, "who had the number"), identities: { external_userid: "wm_c1" } },
    ]);
    const identities = { external_userid: "wm_c2", mobile: "+861381" };
    await stores.customers.updateMany([{ ...present(to, "who gets it"), identities }]);
    await end(scene, batch.id, "c2", "failed", "invalid");
    expectSame(await stores.deliveries.handOn(tenantId, toSms({ batchId: batch.id }, now)), 0, "people handed on");
  },

  "a page of suppressed people is handed on by customer id": async (scene) => {
    const { stores, tenantId, now } = scene;
    for (const n of [1, 2, 3, 4]) {
      await addCustomer(stores, tenantId, `c${n}`, { identities: { mobile: `+86138${n}` } });
    }
    const { occurrence } = await addPush(scene, "p1");
    const ids = (await deliveriesOf(scene)).map(({ customerId }) => customerId);
    const page = { occurrenceId: occurrence.id, channel: "wecom", afterId: ids[0] ?? 0, throughId: ids[2] ?? 0 };
    expectSame(await stores.deliveries.handOn(tenantId, toSms(page, now)), 2, "people handed on");
    const elsewhere = { ...page, channel: "email", afterId: 0, throughId: 1_000_000_000 };
    expectSame(await stores.deliveries.handOn(tenantId, toSms(elsewhere, now)), 0, "of another channel");
    expectSame((await told(scene)).slice(4), ["c2 sms queued", "c3 sms queued"], "deliveries");
  },

  "who is handed on is no longer charged": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    await stores.deliveries.chargeCaps(tenantId, batch.id, now);
    await end(scene, batch.id, "c1", "not_delivered", "called_off");
    await end(scene, batch.id, "c2", "not_delivered", "no_report");
    await stores.deliveries.handOn(tenantId, toSms({ batchId: batch.id }, now));
    const outlook = await stores.deliveries.outlook({
      tenantId,
      channel: "wecom",
      addressType: "external_userid",
      query: { tenantId, orders: { asOf: now, statuses: ["paid"] }, labelGroups: [] },
      afterId: 0,
      limit: 10,
      chargesSince: 0,
    });
    expectSame(
      outlook.map(({ externalKey, charges }) => [externalKey, charges.length]),
      [
        ["c1", 0],
        ["c2", 1],
        ["c3", 1],
      ],
      "charges",
    );
  },

  "nobody of another tenant is handed on": async (scene) => {
    const { stores, now } = scene;
    const { batch, occurrence } = await pushTo(scene, 3);
    await end(scene, batch.id, "c1", "failed", "invalid");
    const other = await addTenant(stores);
    expectSame(await stores.deliveries.handOn(other, toSms({ batchId: batch.id }, now)), 0, "people handed on");
    expectSame(await stores.deliveries.handedOn(other, occurrence.id), [], "who was handed on");
  },
};
