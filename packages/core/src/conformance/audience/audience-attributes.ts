import type { AttributeMatch } from "../../audience/audience-query.js";
import { addCustomer, addTenant, everybody } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectMembers } from "./audience-members.js";

/** Facts about what attributes of people have to be. */
export const audienceAttributeFacts: Facts = {
  "an attribute is one of the values that are asked for, compared as they are": async (scene) => {
    const { people, ids } = await members(scene);
    const of = (attributeId: number, ...values: (string | number)[]) =>
      asked(scene, { attributeId, isSet: true, values });
    await expectMembers(scene, of(ids.level, "金卡", "gold"), people, ["ann", "cat"]);
    await expectMembers(scene, of(ids.level, "Gold", "金卡 "), people, []);
    await expectMembers(scene, of(ids.points, 20, 0.5), people, ["ann", "bob"]);
    await expectMembers(scene, of(0, "金卡"), people, []);
  },

  "bounds of numbers and days are in": async (scene) => {
    const { people, ids } = await members(scene);
    const between = (attributeId: number, bounds: Pick<AttributeMatch, "min" | "max">) =>
      asked(scene, { attributeId, isSet: true, ...bounds });
    await expectMembers(scene, between(ids.points, { min: 20 }), people, ["ann", "cat"]);
    await expectMembers(scene, between(ids.points, { max: 20 }), people, ["ann", "bob"]);
    await expectMembers(scene, between(ids.points, { min: 0.6, max: 99 }), people, ["ann"]);
    await expectMembers(scene, between(ids.since, { min: "2025-01-31", max: "2025-02-01" }), people, ["ann", "bob"]);
    await expectMembers(scene, between(ids.since, { max: "2025-01-30" }), people, []);
  },

  "a value that is missing matches only who asks for that": async (scene) => {
    const { people, ids } = await members(scene);
    await expectMembers(scene, asked(scene, { attributeId: ids.since, isSet: true }), people, ["ann", "bob"]);
    await expectMembers(scene, asked(scene, { attributeId: ids.since, isSet: false }), people, ["cat", "dan"]);
  },

  "all attributes that are asked for must hold, beside everything else": async (scene) => {
    const { people, ids } = await members(scene);
    const rich = { attributeId: ids.points, isSet: true, min: 20 } as const;
    const gold = { attributeId: ids.level, isSet: true, values: ["gold"] } as const;
    await expectMembers(scene, asked(scene, rich, gold), people, ["cat"]);
    const query = { ...asked(scene, rich), customerIds: [people.ann, people.bob] };
    await expectMembers(scene, query, people, ["ann"]);
  },

  "an attribute of another tenant matches nobody": async (scene) => {
    const { people, ids } = await members(scene);
    const other = { ...scene, tenantId: await addTenant(scene.stores) };
    const theirs = await addCustomer(scene.stores, other.tenantId, "theirs");
    const match = { attributeId: ids.level, isSet: true };
    await expectMembers(scene, asked(other, match), { ...people, theirs }, []);
    await expectMembers(scene, asked(other, { ...match, isSet: false }), { ...people, theirs }, ["theirs"]);
  },
};

function asked(scene: Pick<Scene, "tenantId" | "now">, ...attributes: readonly AttributeMatch[]) {
  return everybody(scene, { attributes });
}

/** Four people: ann and cat with a level, ann, bob and cat with points, ann and bob with a day, dan with nothing. */
async function members({ stores, tenantId }: Scene) {
  const people = {
    ann: await addCustomer(stores, tenantId, "ann"),
    bob: await addCustomer(stores, tenantId, "bob"),
    cat: await addCustomer(stores, tenantId, "cat"),
    dan: await addCustomer(stores, tenantId, "dan"),
  };
  const [level = 0, points = 0, since = 0] = await stores.customers.addAttributes(tenantId, [
    { name: "会员等级", type: "text" },
    { name: "points", type: "number" },
    { name: "since", type: "date" },
  ]);
  await stores.customers.writeAttributes(tenantId, [
    { customerId: people.ann, attributeId: level, value: "金卡" },
    { customerId: people.cat, attributeId: level, value: "gold" },
    { customerId: people.ann, attributeId: points, value: 20 },
    { customerId: people.bob, attributeId: points, value: 0.5 },
    { customerId: people.cat, attributeId: points, value: 100 },
    { customerId: people.ann, attributeId: since, value: "2025-01-31" },
    { customerId: people.bob, attributeId: since, value: "2025-02-01" },
  ]);
  return { people, ids: { level, points, since } };
}
