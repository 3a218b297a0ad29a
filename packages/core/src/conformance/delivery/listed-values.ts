import { addReachable, addTenant, DIFFICULT_TEXT } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { ascending, expectSame } from "../expect.js";

/** Facts about what lists say of people. */
export const listedValueFacts: Facts = {
  "what a list says of people is kept once": async ({ stores, tenantId }) => {
    const [one = 0, two = 0, three = 0] = await addReachable(stores, tenantId, 3);
    const say = (customerId: number, product: string) => ({ customerId, values: { product, "": DIFFICULT_TEXT } });
    await stores.occurrences.putValues(tenantId, 5, [say(one, "a"), say(two, "b")]);
    await stores.occurrences.putValues(tenantId, 5, [say(two, "c"), say(three, "d")]);
    await stores.occurrences.putValues(tenantId, 6, [say(one, "e")]);
    await stores.occurrences.putValues(tenantId, 6, []);
    const valuesOf = async (occurrenceId: number, of: readonly number[] | "first", tenant = tenantId) =>
      (await stores.occurrences.valuesOf(tenant, occurrenceId, of)).toSorted((a, b) => a.customerId - b.customerId);
    expectSame(await valuesOf(5, [one, two, three]), [say(one, "a"), say(two, "b"), say(three, "d")], "values");
    expectSame(await valuesOf(5, [three]), [say(three, "d")], "values of one");
    expectSame(await valuesOf(5, []), [], "values of nobody");
    expectSame(await valuesOf(6, "first"), [say(one, "e")], "values of the first");
    expectSame([await valuesOf(7, "first"), await valuesOf(7, [one])], [[], []], "values of another list");
    const neighbour = await addTenant(stores);
    expectSame(await valuesOf(5, [one], neighbour), [], "values of another tenant");
    expectSame(await valuesOf(5, "first", neighbour), [], "first values of another tenant");
  },

  "values of many people come back": async ({ stores, tenantId }) => {
    const ids = Array.from({ length: 2_500 }, (_, n) => n + 1);
    for (let from = 0; from < ids.length; from += 1_000) {
      const people = ids
        .slice(from, from + 1_000)
        .map((customerId) => ({ customerId, values: { n: `${customerId}` } }));
      await stores.occurrences.putValues(tenantId, 5, people);
    }
    const found = await stores.occurrences.valuesOf(tenantId, 5, ids);
    expectSame(ascending(found.map(({ values }) => Number(values.n))), ids, "values");
  },
};
