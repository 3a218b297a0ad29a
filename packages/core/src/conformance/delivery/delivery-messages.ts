import { addCustomer, addReachable, DIFFICULT_TEXT } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { addPush, deliveriesOf } from "./push-builders.js";

/** Facts about messages of one's own: who gets them, what they are made of, and what the provider calls them. */
export const messageFacts: Facts = {
  "people of a batch are told by customer id with their names": async (scene) => {
    const { stores, tenantId } = scene;
    const reached = (address: string) => ({ identities: { external_userid: address } });
    const first = await addCustomer(stores, tenantId, "c1", { ...reached("wm_c1"), name: DIFFICULT_TEXT });
    const second = await addCustomer(stores, tenantId, "c2", { ...reached("wm_c2"), name: null });
    const { batch } = await addPush(scene, "r1");
    const nothing = { values: null, providerMessageId: null };
    expectSame(
      await stores.deliveries.people(tenantId, batch.id, "in_batch"),
      [
        { customerId: first, address: "wm_c1", name: DIFFICULT_TEXT, ...nothing },
        { customerId: second, address: "wm_c2", name: null, ...nothing },
      ],
      "people in the batch",
    );
    expectSame(await stores.deliveries.people(tenantId, batch.id, "unknown"), [], "people in another state");
    expectSame(await stores.deliveries.people(tenantId + 1, batch.id, "in_batch"), [], "people of another tenant");
  },

  "values are kept once and never changed": async (scene) => {
    const { stores, tenantId } = scene;
    const [first = 0, second = 0, third = 0] = await addReachable(stores, tenantId, 3);
    const { batch } = await addPush(scene, "r1");
    const { batch: other } = await addPush(scene, "r2");
    const values = { customer_name: DIFFICULT_TEXT };
    await stores.deliveries.keepValues(tenantId, batch.id, [
      { customerId: first, values },
      { customerId: second, values: {} },
    ]);
    const later = [first, second, third].map((customerId) => ({ customerId, values: { customer_name: "later" } }));
    await stores.deliveries.keepValues(tenantId, batch.id, later);
    await stores.deliveries.keepValues(tenantId, batch.id, []);
    const kept = async (batchId: number) =>
      (await stores.deliveries.people(tenantId, batchId, "in_batch")).map((person) => person.values);
    expectSame(await kept(batch.id), [values, {}, { customer_name: "later" }], "values of the batch");
    expectSame(await kept(other.id), [null, null, null], "values of another batch");
  },

  "each accepted person has the message that was made for them": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 4);
    const { batch } = await addPush(scene, "r1");
    const { batch: other } = await addPush(scene, "r2");
    const accept = (address: string, providerMessageId: string) => ({ address, providerMessageId });
    const messages = [accept("wm_c1", DIFFICULT_TEXT), accept("wm_c3", "m3"), accept("wm_nobody", "m9")];
    const at = { acceptedAt: now + 1, updatedAt: now + 2 };
    expectSame(await stores.deliveries.acceptEach(tenantId, batch.id, "in_batch", messages, at), 2, "rows accepted");
    expectSame(await stores.deliveries.acceptEach(tenantId, batch.id, "unknown", messages, at), 0, "rows of a state");
    expectSame(await stores.deliveries.acceptEach(tenantId, batch.id, "in_batch", [], at), 0, "rows of nobody");
    const rows = (await deliveriesOf(scene, { batchId: batch.id })).map((row) => [
      row.address,
      row.state,
      row.providerMessageId,
      row.acceptedAt,
      row.updatedAt,
    ]);
    const waiting = rows.filter(([, state]) => state === "in_batch").map(([address, , message]) => [address, message]);
    expectSame(
      [rows[0], rows[2], waiting],
      [
        ["wm_c1", "accepted", DIFFICULT_TEXT, now + 1, now + 2],
        ["wm_c3", "accepted", "m3", now + 1, now + 2],
        [
          ["wm_c2", null],
          ["wm_c4", null],
        ],
      ],
      "rows",
    );
    const untouched = (await deliveriesOf(scene, { batchId: other.id })).map(({ state }) => state);
    expectSame(untouched, Array(4).fill("in_batch"), "rows of another batch");
    const people = await stores.deliveries.people(tenantId, batch.id, "accepted");
    expectSame(
      people.map((person) => person.providerMessageId),
      [DIFFICULT_TEXT, "m3"],
      "messages of those accepted",
    );
  },

  "an order is credited to a message of one's own": async (scene) => {
    const { stores, tenantId, now } = scene;
    await addReachable(stores, tenantId, 1);
    const { batch, rule } = await addPush(scene, "r1");
    const at = { acceptedAt: now, updatedAt: now };
    const messages = [{ address: "wm_c1", providerMessageId: "m1" }];
    await stores.deliveries.acceptEach(tenantId, batch.id, "in_batch", messages, at);
    const [customer] = await stores.customers.findByKeys(tenantId, ["c1"]);
    const order = { source: "s", externalId: "o1", orderedAt: now + 5, amountMinor: 700, refundedMinor: 0 };
    const rest = { refundedAt: null, status: "paid", rowHash: "h", lines: [], labelIds: [] };
    await stores.orders.insertMany([{ ...order, ...rest, tenantId, customerId: customer?.id ?? 0 }]);
    const figures = await stores.conversions.figures({
      tenantId,
      ruleIds: [rule.id],
      asOf: now + 10,
      windowMs: 100,
      statuses: ["paid"],
    });
    expectSame([figures.waiting, figures.orders, figures.revenueMinor], [1, 1, 700], "figures");
  },
};
