import type { EngagementMatch } from "../../audience/audience-condition.js";
import { addOrder, addReachable, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { reach } from "../conversion/conversion-builders.js";
import { newClaim, newCoupon } from "../coupon/coupon-store.js";
import { addPush, deliveriesOf, type Push } from "../delivery/push-builders.js";
import { expectThat, present } from "../expect.js";
import { newLink } from "../link/link-store.js";
import { expectMembers } from "./audience-members.js";

const WINDOW_MS = 1_000;

/** Facts about what earlier pushes came to. */
export const audienceEngagementFacts: Facts = {
  "pushes are sent and delivered at the provider's instants": async (scene) => {
    const { people, push, rule } = await twoPushes(scene);
    await reach(scene, push, "delivered", { c1: 200 }, 100);
    await reach(scene, push, "accepted", { c2: 300 });
    await reach(scene, push, "failed", { c3: 100 });
    await expectMembers(scene, asked(scene, { did: "sent" }), people, ["c1", "c2"]);
    await expectMembers(scene, asked(scene, { did: "sent", not: true }), people, ["c3", "c4"]);
    await expectMembers(scene, asked(scene, { did: "sent", from: 101 }), people, ["c2"]);
    await expectMembers(scene, asked(scene, { did: "sent" }, 300), people, ["c1"]);
    await expectMembers(scene, asked(scene, { did: "delivered" }), people, ["c1"]);
    await expectMembers(scene, asked(scene, { did: "delivered" }, 200), people, []);
    await expectMembers(scene, asked(scene, { did: "delivered", from: 201 }), people, []);
    await expectMembers(scene, asked(scene, { did: "sent", ruleIds: [rule] }), people, ["c1", "c2"]);
    await expectMembers(scene, asked(scene, { did: "sent", ruleIds: [rule + 1_000] }), people, []);
    await expectMembers(scene, asked(scene, { did: "sent", channel: "sms" }), people, []);
  },

  "tests are no pushes": async (scene) => {
    const { people, test } = await twoPushes(scene);
    await reach(scene, test, "delivered", { c1: 200 }, 100);
    await addOrder(scene.stores, scene.tenantId, people.c1, "o1", { orderedAt: 250 });
    for (const did of ["sent", "delivered", "converted"] as const)
      await expectMembers(scene, asked(scene, { did }), people, []);
  },

  "clicks and claims come through links of pushes": async (scene) => {
    const { stores, tenantId } = scene;
    const { people, push } = await twoPushes(scene);
    const [first] = await deliveriesOf(scene, { batchId: push.batch.id });
    const occurrenceId = push.occurrence.id;
    const personal = { occurrenceId, customerId: people.c1, deliveryId: first?.id ?? null };
    const shared = { kind: "shared" as const, occurrenceId, batchNumber: 1 };
    await stores.transaction((tx) =>
      tx.links.insertMany(tenantId, [
        newLink(scene, "own", personal),
        newLink(scene, "shared", shared),
        newLink(scene, "by hand", { customerId: people.c3 }),
      ]),
    );
    const links = (await stores.links.list(tenantId, {})).items;
    const [own, all, byHand] = links.map(({ id }) => id);
    expectThat(await stores.links.visit(tenantId, present(own, "a link"), "click", 400), "visited");
    expectThat(await stores.links.visit(tenantId, present(byHand, "a link"), "click", 400), "visited");
    const coupon = await stores.coupons.insert(newCoupon(scene, { stock: null }));
    const claim = (customerId: number, linkId: number | undefined) =>
      stores.coupons.claim(newClaim(coupon, customerId, { linkId: linkId ?? null, claimedAt: 500 }));
    await claim(people.c2, all);
    await claim(people.c3, byHand);
    await claim(people.c4, undefined);
    await expectMembers(scene, asked(scene, { did: "clicked" }), people, ["c1", "c2"]);
    await expectMembers(scene, asked(scene, { did: "clicked", from: 401 }), people, ["c2"]);
    await expectMembers(scene, asked(scene, { did: "clicked" }, 500), people, ["c1"]);
    await expectMembers(scene, asked(scene, { did: "claimed" }), people, ["c2"]);
    await expectMembers(scene, asked(scene, { did: "claimed", not: true }), people, ["c1", "c3", "c4"]);
    await expectMembers(scene, asked(scene, { did: "claimed" }, 500), people, []);
    await expectMembers(scene, asked(scene, { did: "claimed", channel: "sms" }), people, []);
  },

  "an order is credited to the newest touch, within its time": async (scene) => {
    const { stores, tenantId } = scene;
    const { people, push, other, rule } = await twoPushes(scene);
    await reach(scene, push, "accepted", { c1: 100, c2: 100, c3: 100 });
    await reach(scene, other, "accepted", { c2: 200 });
    await addOrder(stores, tenantId, people.c1, "o1", { orderedAt: 100 });
    await addOrder(stores, tenantId, people.c2, "o2", { orderedAt: 300 });
    await addOrder(stores, tenantId, people.c3, "o3", { orderedAt: 100 + WINDOW_MS });
    await addOrder(stores, tenantId, people.c4, "o4", { orderedAt: 300 });
    await expectMembers(scene, asked(scene, { did: "converted" }), people, ["c1", "c2"]);
    await expectMembers(scene, asked(scene, { did: "converted", ruleIds: [rule] }), people, ["c1"]);
    await expectMembers(scene, asked(scene, { did: "converted", from: 101 }), people, ["c2"]);
    await expectMembers(scene, asked(scene, { did: "converted" }, 300), people, ["c1"]);
    await expectMembers(scene, asked(scene, { did: "converted", not: true }), people, ["c3", "c4"]);
  },
};

function asked({ tenantId }: Scene, match: Pick<EngagementMatch, "did"> & Partial<EngagementMatch>, asOf = 9_000) {
  const condition = { kind: "engagement", not: false, windowMs: WINDOW_MS, ...match } as const;
  return everybody({ tenantId, now: asOf }, { conditions: [condition] });
}

/** Four people, two pushes of two rules to them, and a test. */
async function twoPushes(scene: Scene) {
  const [c1 = 0, c2 = 0, c3 = 0, c4 = 0] = await addReachable(scene.stores, scene.tenantId, 4);
  const push: Push = await addPush(scene, "p1");
  const other = await addPush(scene, "p2");
  const test = await addPush(scene, "p3", { occurrence: { kind: "test" } });
  return { people: { c1, c2, c3, c4 }, push, other, test, rule: push.rule.id };
}
