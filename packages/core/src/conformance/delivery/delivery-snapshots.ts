import { addCustomer, addLabel, addReachable, DIFFICULT_TEXT, everybody, newCustomer } from "../builders.js";
import type { Facts, Scene } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";
import { deliveriesOf, snapshotPage, statesOf } from "./push-builders.js";
import { addBatch, addRule, addRunning } from "./work-builders.js";

const running = async (scene: Scene) => addRunning(scene, (await addRule(scene, "r1")).id);

/** Facts about snapshots. */
export const snapshotFacts: Facts = {
  "a snapshot of named people takes them only": async (scene) => {
    const { stores, tenantId } = scene;
    const ids = await addReachable(stores, tenantId, 4);
    const occurrence = await addRunning(scene, (await addRule(scene, "r1")).id, { kind: "test" });
    const customerIds = [ids[2] ?? 0, ids[1] ?? 0, 1_000_000];
    const page = snapshotPage(scene, occurrence);
    const taken = await stores.deliveries.snapshot({ ...page, query: { ...page.query, customerIds } });
    expectSame([taken.members, taken.lastId], [2, ids[2]], "members");
    expectSame(statesOf(await deliveriesOf(scene)), ["c2 queued", "c3 queued"], "deliveries");
    expectSame(await stores.audience.count({ ...page.query, customerIds }), 2, "count");
  },

  "a snapshot queues every member with the address": async (scene) => {
    const { stores, tenantId, now } = scene;
    const key = DIFFICULT_TEXT;
    const customerId = await addCustomer(stores, tenantId, key, {
      identities: { external_userid: "wm_喵", mobile: "1" },
    });
    const occurrence = await running(scene);
    const result = await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { at: now + 7 }));
    expectSame(result, { members: 1, suppressed: 0, lastId: customerId }, "result");
    const [delivery, ...others] = await deliveriesOf(scene);
    const expected = {
      id: delivery?.id ?? 0,
      tenantId,
      occurrenceId: occurrence.id,
      ruleId: occurrence.ruleId,
      customerId,
      externalKey: key,
      channel: "wecom",
      address: "wm_喵",
      batchId: null,
      providerMessageId: null,
      state: "queued",
      reason: null,
      handedTo: null,
      acceptedAt: null,
      deliveredAt: null,
      updatedAt: now + 7,
    } as const;
    expectSame([delivery, others], [expected, []], "deliveries");
  },

  "members without an address are suppressed": async (scene) => {
    const { stores, tenantId } = scene;
    await addCustomer(stores, tenantId, "c1", { identities: { mobile: "1" } });
    const lastId = await addCustomer(stores, tenantId, "c2", { identities: { external_userid: "wm_c2" } });
    const result = await stores.deliveries.snapshot(snapshotPage(scene, await running(scene)));
    expectSame(result, { members: 2, suppressed: 1, lastId }, "result");
    const rows = (await deliveriesOf(scene)).map(({ externalKey, state, reason, address }) => [
      externalKey,
      state,
      reason,
      address,
    ]);
    expectSame(
      rows,
      [
        ["c1", "suppressed", "no_address", null],
        ["c2", "queued", null, "wm_c2"],
      ],
      "deliveries",
    );
  },

  "the second member with an address is suppressed": async (scene) => {
    const { stores, tenantId } = scene;
    const [first = 0, second = 0] = await addReachable(stores, tenantId, 2);
    const occurrence = await running(scene);
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { limit: 1 }));
    await stores.customers.updateMany([{ ...newCustomer(tenantId, "c1"), id: first }]);
    const moved = newCustomer(tenantId, "c2", { identities: { external_userid: "wm_c1" } });
    await stores.customers.updateMany([{ ...moved, id: second }]);
    const result = await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { afterId: first }));
    expectSame(result, { members: 1, suppressed: 1, lastId: second }, "result of the second page");
    const rows = (await deliveriesOf(scene)).map(({ externalKey, state, reason }) => [externalKey, state, reason]);
    expectSame(
      rows,
      [
        ["c1", "queued", null],
        ["c2", "suppressed", "duplicate_contact"],
      ],
      "deliveries",
    );
  },

  "a snapshot goes on from its cursor": async (scene) => {
    const { stores, tenantId } = scene;
    const ids = await addReachable(stores, tenantId, 5);
    const occurrence = await running(scene);
    const results = [];
    for (let afterId = 0, members = 2; members > 0; ) {
      const result = await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { afterId, limit: 2 }));
      results.push([result.members, result.lastId]);
      expectThat(results.length < 6, "the snapshot ends");
      ({ lastId: afterId, members } = result);
    }
    expectSame(
      results,
      [
        [2, ids[1]],
        [2, ids[3]],
        [1, ids[4]],
        [0, ids[4]],
      ],
      "members and cursor of each page",
    );
    expectSame(
      (await deliveriesOf(scene)).map(({ customerId }) => customerId),
      [...ids],
      "customers",
    );
  },

  "a snapshot page can be repeated": async (scene) => {
    const { stores, tenantId, now } = scene;
    const ids = await addReachable(stores, tenantId, 3);
    const occurrence = await running(scene);
    const page = snapshotPage(scene, occurrence, { limit: 2 });
    await stores.deliveries.snapshot(page);
    const batch = await addBatch(scene, occurrence);
    await stores.deliveries.fillBatch({ tenantId, occurrenceId: occurrence.id, channel: "wecom" }, batch.id, 1, now);
    const before = await deliveriesOf(scene);
    const repeat = await stores.deliveries.snapshot({ ...page, at: now + 9 });
    expectSame([repeat.members, repeat.lastId], [2, ids[1]], "members and cursor of the repeat");
    expectSame(await deliveriesOf(scene), before, "deliveries");
  },

  "50 callers who take one page add each member once": async (scene) => {
    const { stores, tenantId } = scene;
    const ids = await addReachable(stores, tenantId, 5);
    const page = snapshotPage(scene, await running(scene));
    await Promise.all(Array.from({ length: 50 }, () => stores.deliveries.snapshot(page)));
    expectSame(
      (await deliveriesOf(scene)).map(({ customerId }) => customerId),
      [...ids],
      "customers",
    );
  },

  "a snapshot takes the members of its query": async (scene) => {
    const { stores, tenantId } = scene;
    const [, second = 0] = await addReachable(stores, tenantId, 3);
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    await stores.labels.assign(tenantId, [{ customerId: second, labelId }]);
    const query = everybody(scene, { labelGroups: [{ customerLabelIds: [labelId], orderLabelIds: [] }] });
    const result = await stores.deliveries.snapshot(snapshotPage(scene, await running(scene), { query }));
    expectSame(result, { members: 1, suppressed: 0, lastId: second }, "result");
    expectSame(
      (await deliveriesOf(scene)).map(({ customerId }) => customerId),
      [second],
      "customers",
    );
  },

  "one person gets one delivery per channel": async (scene) => {
    const { stores, tenantId } = scene;
    await addCustomer(stores, tenantId, "c1", { identities: { external_userid: "wm_c1", mobile: "1" } });
    const occurrence = await running(scene);
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence));
    await stores.deliveries.snapshot(snapshotPage(scene, occurrence, { channel: "sms", addressType: "mobile" }));
    const rows = (await deliveriesOf(scene)).map(({ channel, address }) => [channel, address]);
    expectSame(
      rows,
      [
        ["wecom", "wm_c1"],
        ["sms", "1"],
      ],
      "channels and addresses",
    );
  },
};
