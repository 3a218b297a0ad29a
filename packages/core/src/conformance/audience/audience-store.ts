import { addCustomer, addLabel, addReachable, addShop, addTenant, everybody } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { audienceAttributeFacts } from "./audience-attributes.js";
import { audienceConditionFacts } from "./audience-conditions.js";
import { audienceEngagementFacts } from "./audience-engagement.js";
import { audienceLabelFacts } from "./audience-labels.js";
import { expectMembers, memberIds } from "./audience-members.js";
import { audienceRowFacts } from "./audience-rows.js";
import { audienceWindowFacts } from "./audience-windows.js";

/** Facts about `AudienceStore`: who is in, seen by page, by count and one by one. */
export function audienceStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "audience",
    harness,
    {
      ...walks,
      ...audienceWindowFacts,
      ...audienceLabelFacts,
      ...audienceAttributeFacts,
      ...audienceConditionFacts,
      ...audienceEngagementFacts,
      ...facts,
      ...audienceRowFacts,
      ...tenants,
    },
    restart,
  );
}

const walks: Facts = {
  "an empty tenant has no members": async (scene) => {
    await expectMembers(scene, everybody(scene), {}, []);
    expectSame(await scene.stores.audience.includes(everybody(scene), 1_000_000), false, "an unknown customer");
  },

  "without a condition everybody is in": async (scene) => {
    const people = await addShop(scene, { buyer: [{ orderedAt: 5 }], visitor: [] });
    await expectMembers(scene, everybody(scene), people, ["buyer", "visitor"]);
  },

  "a page names members by id and key": async (scene) => {
    const people = await addShop(scene, { "𠮷🐱": [], A: [] });
    const expected = [
      { customerId: people["𠮷🐱"], externalKey: "𠮷🐱" },
      { customerId: people.A, externalKey: "A" },
    ].toSorted((a, b) => a.customerId - b.customerId);
    expectSame(await scene.stores.audience.page(everybody(scene), 0, 10), expected, "page");
  },

  "pages hold every member once": async (scene) => {
    const ids = await addReachable(scene.stores, scene.tenantId, 25);
    for (const limit of [1, 10, 25, 10_000]) {
      expectSame(await memberIds(scene, everybody(scene), limit), ids, `members in pages of ${limit}`);
    }
    const [first] = await scene.stores.audience.page(everybody(scene), (ids[9] ?? 0) - 1, 1);
    expectSame(first?.customerId, ids[9], "first member after the id before it");
  },

  "reachableBy keeps people with an identity of the type": async (scene) => {
    const { stores, tenantId } = scene;
    const people = {
      wecom: await addCustomer(stores, tenantId, "c1", { identities: { external_userid: "wm_1", email: "a@b.cn" } }),
      mobile: await addCustomer(stores, tenantId, "c2", { identities: { mobile: "1" } }),
      nothing: await addCustomer(stores, tenantId, "c3"),
    };
    await expectMembers(scene, everybody(scene, { reachableBy: "external_userid" }), people, ["wecom"]);
    await expectMembers(scene, everybody(scene, { reachableBy: "mobile" }), people, ["mobile"]);
    await expectMembers(scene, everybody(scene, { reachableBy: "openid" }), people, []);
  },
};

const facts: Facts = {
  "facts cover the counted orders before asOf": async (scene) => {
    const { stores, tenantId } = scene;
    const { buyer } = await addShop(scene, {
      buyer: [
        { orderedAt: 100, status: "completed" },
        { orderedAt: 200 },
        { orderedAt: 50, status: "created" },
        { orderedAt: 60, refundedMinor: 10_000, refundedAt: 299 },
        { orderedAt: 210, refundedMinor: 9_999 },
        { orderedAt: 299, refundedMinor: 10_000, refundedAt: 300 },
        { orderedAt: 300 },
      ],
    });
    const found = await stores.audience.facts(tenantId, buyer, { asOf: 300, statuses: ["paid", "completed"] });
    expectSame(found, { orderCount: 4, firstOrderAt: 100, lastOrderAt: 299 }, "facts");
  },

  "facts without orders are 0 and null": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { visitor } = await addShop(scene, { visitor: [] });
    const none = { orderCount: 0, firstOrderAt: null, lastOrderAt: null };
    for (const id of [visitor, visitor + 1_000_000]) {
      expectSame(await stores.audience.facts(tenantId, id, { asOf: now, statuses: ["paid"] }), none, "facts");
    }
  },
};

const tenants: Facts = {
  "foreign customers are in no audience": async (scene) => {
    const { stores, tenantId, now } = scene;
    const other = await addTenant(stores);
    const { mine } = await addShop(scene, { mine: [{ orderedAt: 5 }] });
    const { theirs } = await addShop({ stores, tenantId: other }, { theirs: [{ orderedAt: 5 }] });
    await expectMembers(scene, everybody(scene), { mine, theirs }, ["mine"]);
    await expectMembers(scene, everybody({ tenantId: other, now }), { mine, theirs }, ["theirs"]);
    const none = { orderCount: 0, firstOrderAt: null, lastOrderAt: null };
    expectSame(
      await stores.audience.facts(tenantId, theirs, { asOf: now, statuses: ["paid"] }),
      none,
      "facts of a stranger",
    );
  },

  "a foreign label matches nobody": async (scene) => {
    const { stores, tenantId, now } = scene;
    const other = await addTenant(stores);
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    const { mine } = await addShop(scene, { mine: [] });
    const { theirs } = await addShop({ stores, tenantId: other }, { theirs: [] });
    await stores.labels.assign(tenantId, [{ customerId: mine, labelId }]);
    const labelGroups = [{ customerLabelIds: [labelId], orderLabelIds: [labelId] }];
    await expectMembers(scene, everybody({ tenantId: other, now }, { labelGroups }), { mine, theirs }, []);
  },
};

const restart: Facts<DurableScene> = {
  "audiences survive a restart": async (scene) => {
    const people = await addShop(scene, { early: [{ orderedAt: 5 }], late: [{ orderedAt: 50 }] });
    const window = { from: 0, to: 10, recency: "last-order" } as const;
    await expectMembers({ stores: await scene.reopen() }, everybody(scene, { window }), people, ["early"]);
  },
};
