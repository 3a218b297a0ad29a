import type { AudienceQuery, LabelGroup } from "../../audience/audience-query.js";
import { addLabel, addShop, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectMembers } from "./audience-members.js";

const FROM = 1_000_000;
const TO = 2_000_000;
const AS_OF = 3_000_000;

const onCustomer = (...ids: readonly number[]): LabelGroup => ({ customerLabelIds: ids, orderLabelIds: [] });
const onOrder = (...ids: readonly number[]): LabelGroup => ({ customerLabelIds: [], orderLabelIds: ids });

function labelled(
  { tenantId }: Scene,
  labelGroups: readonly LabelGroup[],
  query: Partial<AudienceQuery> = {},
): AudienceQuery {
  return everybody({ tenantId, now: AS_OF }, { labelGroups, ...query });
}

/** Gives a city label to customers. */
async function settleIn(
  { stores, tenantId }: Scene,
  labelId: number,
  ...customerIds: readonly number[]
): Promise<void> {
  await stores.labels.assign(
    tenantId,
    customerIds.map((customerId) => ({ customerId, labelId })),
  );
}

/** Facts about label groups, with and without a window. */
export const audienceLabelFacts: Facts = {
  "a group without ids matches nobody": async (scene) => {
    const people = await addShop(scene, { buyer: [{ orderedAt: FROM }], visitor: [] });
    await expectMembers(scene, labelled(scene, [onCustomer()]), people, []);
    const window = { from: FROM, to: TO, recency: "any-order" } as const;
    await expectMembers(scene, labelled(scene, [onCustomer()], { window }), people, []);
  },

  "an unknown label matches nobody": async (scene) => {
    const people = await addShop(scene, { buyer: [{ orderedAt: FROM }] });
    await expectMembers(scene, labelled(scene, [onCustomer(1_000_000)]), people, []);
    await expectMembers(scene, labelled(scene, [onOrder(1_000_000)]), people, []);
  },

  "one label of a group suffices, every group must match": async (scene) => {
    const { stores, tenantId } = scene;
    const [shanghai, beijing] = [
      await addLabel(stores, tenantId, "city", "上海"),
      await addLabel(stores, tenantId, "city", "北京"),
    ];
    const food = await addLabel(stores, tenantId, "category", "猫粮");
    const people = await addShop(scene, {
      both: [{ orderedAt: FROM, labelIds: [food] }],
      beijing: [],
      food: [{ orderedAt: FROM, labelIds: [food] }],
    });
    await settleIn(scene, shanghai, people.both);
    await settleIn(scene, beijing, people.beijing);
    await expectMembers(scene, labelled(scene, [onCustomer(shanghai, beijing)]), people, ["both", "beijing"]);
    await expectMembers(scene, labelled(scene, [onCustomer(shanghai), onCustomer(beijing)]), people, []);
    await expectMembers(scene, labelled(scene, [onCustomer(shanghai, beijing), onOrder(food)]), people, ["both"]);
    const mixed = { customerLabelIds: [beijing], orderLabelIds: [food] };
    await expectMembers(scene, labelled(scene, [mixed]), people, ["both", "beijing", "food"]);
  },

  "groups may be met by different orders": async (scene) => {
    const { stores, tenantId } = scene;
    const [food, royal] = [
      await addLabel(stores, tenantId, "category", "猫粮"),
      await addLabel(stores, tenantId, "brand", "皇家"),
    ];
    const people = await addShop(scene, {
      apart: [
        { orderedAt: FROM, labelIds: [food] },
        { orderedAt: FROM + 1, labelIds: [royal] },
      ],
      together: [{ orderedAt: FROM, labelIds: [food, royal] }],
      half: [{ orderedAt: FROM, labelIds: [food] }],
    });
    await expectMembers(scene, labelled(scene, [onOrder(food), onOrder(royal)]), people, ["apart", "together"]);
  },

  "a label of the person needs no order in the window": async (scene) => {
    const { stores, tenantId } = scene;
    const shanghai = await addLabel(stores, tenantId, "city", "上海");
    const people = await addShop(scene, {
      visitor: [],
      buyer: [{ orderedAt: FROM }],
      early: [{ orderedAt: FROM - 1 }],
      stranger: [{ orderedAt: FROM }],
    });
    await settleIn(scene, shanghai, people.visitor, people.buyer, people.early);
    await expectMembers(scene, labelled(scene, [onCustomer(shanghai)]), people, ["visitor", "buyer", "early"]);
    const window = { from: FROM, to: TO, recency: "last-order" } as const;
    await expectMembers(scene, labelled(scene, [onCustomer(shanghai)], { window }), people, ["buyer"]);
  },

  "a label of an order must sit on an order inside the window": async (scene) => {
    const { stores, tenantId } = scene;
    const food = await addLabel(stores, tenantId, "category", "猫粮");
    const people = await addShop(scene, {
      first: [{ orderedAt: FROM, labelIds: [food] }],
      last: [{ orderedAt: TO - 1, labelIds: [food] }],
      older: [{ orderedAt: FROM, labelIds: [food] }, { orderedAt: FROM + 1 }],
      before: [{ orderedAt: FROM - 1, labelIds: [food] }, { orderedAt: FROM }],
      after: [{ orderedAt: FROM }, { orderedAt: TO, labelIds: [food] }],
    });
    for (const recency of ["last-order", "any-order"] as const) {
      const query = labelled(scene, [onOrder(food)], { window: { from: FROM, to: TO, recency } });
      await expectMembers(scene, query, people, ["first", "last", "older"]);
    }
  },

  "a label of an order needs an order that counts": async (scene) => {
    const { stores, tenantId } = scene;
    const food = await addLabel(stores, tenantId, "category", "猫粮");
    const labelIds = [food];
    const people = await addShop(scene, {
      paid: [{ orderedAt: 0, labelIds }],
      created: [{ orderedAt: 0, labelIds, status: "created" }, { orderedAt: 1 }],
      refunded: [{ orderedAt: 0, labelIds, refundedMinor: 10_000 }, { orderedAt: 1 }],
      refundedLater: [{ orderedAt: 0, labelIds, refundedMinor: 10_000, refundedAt: AS_OF }],
      future: [{ orderedAt: AS_OF, labelIds }, { orderedAt: 1 }],
    });
    await expectMembers(scene, labelled(scene, [onOrder(food)]), people, ["paid", "refundedLater"]);
  },

  "labels of people and of orders are looked up apart": async (scene) => {
    const { stores, tenantId } = scene;
    const [shanghai, food] = [
      await addLabel(stores, tenantId, "city", "上海"),
      await addLabel(stores, tenantId, "category", "猫粮"),
    ];
    const people = await addShop(scene, {
      resident: [{ orderedAt: FROM }],
      buyer: [{ orderedAt: FROM, labelIds: [food] }],
    });
    await settleIn(scene, shanghai, people.resident);
    await expectMembers(scene, labelled(scene, [onCustomer(food)]), people, []);
    await expectMembers(scene, labelled(scene, [onOrder(shanghai)]), people, []);
  },

  "a group takes 1 000 labels": async (scene) => {
    const { stores, tenantId } = scene;
    const rows = Array.from({ length: 1000 }, (_, index) => ({ kind: "sku", key: `s${index}`, name: "" }) as const);
    const ids = await stores.labels.insertMany(tenantId, rows);
    const other = await addLabel(stores, tenantId, "sku", "other");
    const people = await addShop(scene, {
      first: [{ orderedAt: FROM, labelIds: ids.slice(0, 1) }],
      last: [{ orderedAt: FROM, labelIds: ids.slice(999) }],
      other: [{ orderedAt: FROM, labelIds: [other] }],
    });
    await expectMembers(scene, labelled(scene, [onOrder(...ids)]), people, ["first", "last"]);
  },
};
