import type { FunnelCounts, FunnelStepName } from "../../conversion/funnel.js";
import { addOrder, addReachable } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { addClaim, newClaim, newCoupon } from "../coupon/coupon-store.js";
import { addPush, deliveriesOf } from "../delivery/push-builders.js";
import { expectSame, present, walk } from "../expect.js";
import { newLink } from "../link/link-store.js";
import { DAY, reach, WINDOW } from "./conversion-builders.js";

const queryOf = ({ tenantId, now }: Scene) =>
  ({ tenantId, asOf: now + 30 * DAY, windowMs: WINDOW, statuses: ["paid"] }) as const;

/**
 * Seven people of one push over WeCom, one of whom was sent an SMS too: c1 nothing, c2 refused, c3 unknown, c4 accepted,
 * c5 looked, c6 touched the page and claimed, c7 claimed by the link of the batch and used it; c6 bought.
 */
async function recall(scene: Scene) {
  const { stores, tenantId, now } = scene;
  await addReachable(stores, tenantId, 7);
  const push = await addPush(scene, "p1");
  await reach(scene, push, "failed", { c2: now });
  await reach(scene, push, "unknown", { c3: now });
  await reach(scene, push, "accepted", { c4: now, c5: now, c7: now });
  await reach(scene, push, "delivered", { c6: now });
  const deliveries = await deliveriesOf(scene, { occurrenceId: push.occurrence.id });
  const of = (key: string) =>
    present(
      deliveries.find(({ externalKey }) => externalKey === key),
      key,
    );
  const occurrenceId = push.occurrence.id;
  const own = (key: string) => {
    const { id: deliveryId, customerId } = of(key);
    return newLink(scene, key, { occurrenceId, deliveryId, customerId });
  };
  const shared = newLink(scene, "all", { kind: "shared", occurrenceId, batchNumber: 1 });
  await stores.transaction((tx) => tx.links.insertMany(tenantId, [own("c4"), own("c5"), own("c6"), shared]));
  const { items } = await stores.links.list(tenantId, { occurrenceId });
  const linkOf = (key: string | null) =>
    present(
      items.find(({ customerId }) => customerId === (key === null ? null : of(key).customerId)),
      "the link",
    ).id;
  await stores.links.visit(tenantId, linkOf("c5"), "view", now + 1);
  await stores.links.visit(tenantId, linkOf("c6"), "view", now + 2);
  await stores.links.visit(tenantId, linkOf("c6"), "click", now + 3);
  const coupon = await stores.coupons.insert(newCoupon(scene));
  const claim = (key: string, link: string | null) =>
    addClaim(scene, newClaim(coupon, of(key).customerId, { linkId: linkOf(link), claimedAt: now + 4 }));
  await claim("c6", "c6");
  const used = await claim("c7", null);
  const redeemed = { orderNo: "o1", amountMinor: 500, reason: null, kind: "redeemed" } as const;
  await stores.coupons.moveClaim(used, "claimed", "redeemed", { dueAt: null, updatedAt: now + 5 }, redeemed);
  await addOrder(stores, tenantId, of("c6").customerId, "o1", { orderedAt: now + 6 });
  return of;
}

const WHOLE: Omit<FunnelCounts, "channel"> = {
  audience: 7,
  sent: 5,
  accepted: 4,
  delivered: 1,
  viewed: 3,
  clicked: 2,
  claimed: 2,
  redeemed: 1,
  unknown: 1,
};

/** How far people came. */
export const conversionFunnelFacts: Facts = {
  "people come as far as deliveries, links and claims tell, in all and by channel": async (scene) => {
    const { stores } = scene;
    expectSame(await stores.conversions.funnel(queryOf(scene)), [], "a funnel of nobody");
    await recall(scene);
    const sms = await addPush(scene, "p2", { snapshot: { channel: "sms" } });
    await reach(scene, sms, "accepted", { c1: scene.now });
    const rows = await stores.conversions.funnel(queryOf(scene));
    const none = { delivered: 0, viewed: 0, clicked: 0, claimed: 0, redeemed: 0, unknown: 0 };
    expectSame(
      rows,
      [
        { channel: null, ...WHOLE, sent: 6, accepted: 5 },
        { channel: "sms", audience: 7, sent: 1, accepted: 1, ...none },
        { channel: "wecom", ...WHOLE },
      ],
      "all channels, then each",
    );
    const one = await stores.conversions.funnel({ ...queryOf(scene), channel: "wecom" });
    expectSame(
      one.map(({ audience }) => audience),
      [7, 7],
      "over one channel",
    );
  },

  "the people of a step, and those who did not come to it, are told by page": async (scene) => {
    const { stores } = scene;
    const of = await recall(scene);
    const keys = async (step: FunnelStepName, reached: boolean) => {
      const people = await walk((cursor) =>
        stores.conversions.funnelPeople(queryOf(scene), { step, reached }, { cursor, limit: 2 }),
      );
      return people.map(({ externalKey }) => externalKey).join(" ");
    };
    expectSame(await keys("sent", true), "c2 c4 c5 c6 c7", "sent");
    expectSame(await keys("sent", false), "c1 c3", "not sent");
    expectSame(await keys("viewed", true), "c5 c6 c7", "viewed");
    expectSame(await keys("viewed", false), "c2 c4", "sent to and not viewed");
    expectSame(await keys("claimed", true), "c6 c7", "claimed");
    expectSame(await keys("redeemed", true), "c7", "redeemed");
    expectSame(await keys("ordered", true), "c6", "ordered");
    expectSame(await keys("ordered", false), "c2 c4 c5 c7", "sent to and not ordered");
    const page = await stores.conversions.funnelPeople(
      queryOf(scene),
      { step: "clicked", reached: true },
      { limit: 1 },
    );
    const { now } = scene;
    const { id: deliveryId, customerId, occurrenceId } = of("c6");
    expectSame(
      page.items,
      [
        {
          deliveryId,
          customerId,
          externalKey: "c6",
          occurrenceId,
          channel: "wecom",
          state: "delivered",
          reason: null,
          acceptedAt: now,
          deliveredAt: now,
          viewedAt: now + 2,
          clickedAt: now + 3,
          claimedAt: now + 4,
        },
      ],
      "one person",
    );
  },
};
