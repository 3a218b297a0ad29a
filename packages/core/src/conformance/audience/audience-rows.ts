import type { AudienceRow } from "../../audience/audience-query.js";
import { addLabel, addOrder, addShop, addTenant } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { ascending, expectSame } from "../expect.js";

/** Rows in an order of their own, of which the port says that it is free. */
function settled(rows: readonly AudienceRow[]): readonly AudienceRow[] {
  return rows.map((row) => ({
    ...row,
    labelIds: ascending(row.labelIds),
    orders: row.orders
      .map((order) => ({ ...order, labelIds: ascending(order.labelIds) }))
      .toSorted((a, b) => a.orderedAt - b.orderedAt),
  }));
}

/** Facts about what an index reads. */
export const audienceRowFacts: Facts = {
  "rows hold birthdays, labels, and orders of every status": async (scene) => {
    const { stores, tenantId } = scene;
    const sku = await addLabel(stores, tenantId, "sku", "1");
    const brand = await addLabel(stores, tenantId, "brand", "b");
    const city = await addLabel(stores, tenantId, "city", "上海");
    const { buyer, visitor } = await addShop(scene, {
      buyer: [
        { orderedAt: 5, labelIds: [sku, brand], amountMinor: 700, refundedMinor: 200, refundedAt: 9 },
        { orderedAt: 7, status: "created", refundedMinor: 1 },
      ],
      visitor: [],
    });
    await stores.labels.assign(tenantId, [{ customerId: buyer, labelId: city }]);
    const [person] = await stores.customers.getMany(tenantId, [buyer]);
    if (person) await stores.customers.updateMany([{ ...person, bornOn: "1990-02-28" }]);
    const found = settled(await stores.audience.rows(tenantId, { afterId: 0, limit: 10 }));
    const order = { status: "paid", amountMinor: 10_000, refundedMinor: 0, refundedAt: null, labelIds: [] };
    const expected: AudienceRow[] = [
      {
        customerId: buyer,
        bornOn: "1990-02-28",
        labelIds: [city],
        orders: [
          {
            ...order,
            ...{ orderedAt: 5, amountMinor: 700, refundedMinor: 200, refundedAt: 9 },
            labelIds: ascending([sku, brand]),
          },
          { ...order, orderedAt: 7, status: "created", refundedMinor: 1 },
        ],
      },
      { customerId: visitor, bornOn: null, labelIds: [], orders: [] },
    ];
    expectSame(
      found,
      expected.toSorted((a, b) => a.customerId - b.customerId),
      "rows",
    );
  },

  "rows come page by page, or of those who are named themselves or by an order": async (scene) => {
    const { stores, tenantId } = scene;
    const { a, b, c } = await addShop(scene, { a: [], b: [{ orderedAt: 1 }], c: [{ orderedAt: 2 }] });
    const orderId = await addOrder(stores, tenantId, c, "one more");
    const ids = async (which: Parameters<typeof stores.audience.rows>[1]) =>
      (await stores.audience.rows(tenantId, which)).map(({ customerId }) => customerId);
    const [first = 0, second = 0, third = 0] = ascending([a, b, c]);
    expectSame(await ids({ afterId: 0, limit: 2 }), [first, second], "a page");
    expectSame(await ids({ afterId: second, limit: 2 }), [third], "the next one");
    expectSame(await ids({ afterId: third, limit: 2 }), [], "the end");
    expectSame(await ids({ customerIds: [a, third + 1_000_000], orderIds: [] }), [a], "somebody named");
    expectSame(await ids({ customerIds: [a, c], orderIds: [orderId] }), ascending([a, c]), "named twice");
    expectSame(await ids({ customerIds: [], orderIds: [orderId] }), [c], "a buyer");
    expectSame(await ids({ customerIds: [], orderIds: [] }), [], "nobody");
    const [whole] = await stores.audience.rows(tenantId, { customerIds: [], orderIds: [orderId] });
    expectSame(whole?.orders.length, 2, "all orders of a buyer");
  },

  "rows of tenants are apart": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const { mine } = await addShop(scene, { mine: [{ orderedAt: 5 }] });
    const theirs = await addShop({ stores, tenantId: other }, { theirs: [{ orderedAt: 5 }] });
    const order = await addOrder(stores, other, theirs.theirs, "their order");
    const named = { customerIds: [mine, theirs.theirs], orderIds: [order] };
    for (const which of [{ afterId: 0, limit: 10 }, named]) {
      const found = await stores.audience.rows(tenantId, which);
      expectSame(
        found.map(({ customerId, orders }) => [customerId, orders.length]),
        [[mine, 1]],
        "rows",
      );
    }
  },
};
