import { type SuppressedReason, suppressedReason } from "../../contact/suppression.js";
import type { SuppressionEntry } from "../../ports/suppression-store.js";
import { addReachable, addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { deliveriesOf, pushTo, statesOf } from "../delivery/push-builders.js";
import { expectSame, walk } from "../expect.js";

/** Facts about `SuppressionStore`, and about the gate `suppressedAs`. */
export function suppressionStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("suppressions", harness, facts, durable);
}

type Entry = Partial<SuppressionEntry>;

function put({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">, entry: Entry) {
  return stores.suppressions.put({
    tenantId,
    channel: "*",
    address: null,
    customerId: null,
    reason: "opt_out",
    createdAt: 5,
    ...entry,
  });
}

async function ids({ stores, tenantId }: Pick<Scene, "stores" | "tenantId">): Promise<readonly number[]> {
  return (await stores.suppressions.list(tenantId, {})).items.map(({ id }) => id);
}

const facts: Facts = {
  "an empty store lists and removes nothing": async ({ stores, tenantId }) => {
    expectSame(await stores.suppressions.list(tenantId, {}), { items: [], nextCursor: null }, "entries");
    expectSame(await stores.suppressions.remove(tenantId, 1), false, "removed");
  },

  "every field comes back, each entry once": async (scene) => {
    const { stores, tenantId } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const first = await put(scene, { channel: "wecom", address: DIFFICULT_TEXT, reason: DIFFICULT_TEXT });
    const second = await put(scene, { customerId, createdAt: 9 });
    expectSame([first.created, second.created], [true, true], "created");
    const { id, ...fields } = first.suppression;
    expectSame(
      fields,
      {
        tenantId,
        channel: "wecom",
        address: DIFFICULT_TEXT,
        customerId: null,
        externalKey: null,
        reason: DIFFICULT_TEXT,
        createdAt: 5,
      },
      "an address",
    );
    expectSame([second.suppression.customerId, second.suppression.externalKey], [customerId, "c1"], "a customer");
    const walked = await walk((cursor) => stores.suppressions.list(tenantId, { limit: 1, cursor }));
    expectSame(walked, [first.suppression, second.suppression], "entries");
    const { items } = await stores.suppressions.list(tenantId, { channel: "wecom" });
    expectSame(
      items.map((entry) => entry.id),
      [id],
      "entries of a channel",
    );
  },

  "a repeat takes the new reason and keeps the rest": async (scene) => {
    const first = await put(scene, { address: "a", createdAt: 5 });
    const again = await put(scene, { address: "a", createdAt: 6, reason: "complaint" });
    expectSame(again, { created: false, suppression: { ...first.suppression, reason: "complaint" } }, "the repeat");
    expectSame(await ids(scene), [first.suppression.id], "entries");
  },

  "many entries at once are added, or take a new reason": async (scene) => {
    const { stores, tenantId } = scene;
    const [customerId = 0] = await addReachable(stores, tenantId, 1);
    const about = { tenantId, channel: "*", address: null, customerId: null, externalKey: null, createdAt: 5 };
    const entries = [
      { ...about, address: DIFFICULT_TEXT, reason: "opt_out" },
      { ...about, channel: "sms", address: DIFFICULT_TEXT, reason: "opt_out" },
      { ...about, customerId, reason: "opt_out" },
      { ...about, externalKey: "later", reason: DIFFICULT_TEXT },
    ];
    expectSame(await stores.suppressions.putMany(tenantId, []), { added: 0, changed: 0 }, "nothing");
    expectSame(await stores.suppressions.putMany(tenantId, entries), { added: 4, changed: 0 }, "at first");
    const again = entries.map((entry, n) => ({ ...entry, createdAt: 9, reason: n < 2 ? entry.reason : "complaint" }));
    const more = { ...about, address: "new", reason: "opt_out" };
    expectSame(await stores.suppressions.putMany(tenantId, [...again, more]), { added: 1, changed: 2 }, "again");
    const { items } = await stores.suppressions.list(tenantId, {});
    const found = items.map((entry) => [
      entry.channel,
      entry.address ?? entry.externalKey,
      entry.reason,
      entry.createdAt,
    ]);
    const text = (row: unknown) => JSON.stringify(row);
    expectSame(
      found.map(text).toSorted(),
      [
        ["*", DIFFICULT_TEXT, "opt_out", 5],
        ["sms", DIFFICULT_TEXT, "opt_out", 5],
        ["*", "c1", "complaint", 5],
        ["*", "later", "complaint", 5],
        ["*", "new", "opt_out", 5],
      ]
        .map(text)
        .toSorted(),
      "entries",
    );
    const many = Array.from({ length: 1000 }, (_, n) => ({ ...more, address: `a${n}` }));
    expectSame(await stores.suppressions.putMany(tenantId, many), { added: 1000, changed: 0 }, "1 000 entries");
  },

  "an entry waits for its key, and is its customer's then": async (scene) => {
    const { stores, tenantId } = scene;
    const waiting = await put(scene, { externalKey: "c1" });
    const { externalKey, customerId, address } = waiting.suppression;
    expectSame([waiting.created, externalKey, customerId, address], [true, "c1", null, null], "the entry");
    expectSame((await put(scene, { externalKey: "c1", reason: "complaint" })).created, false, "created again");
    await put(scene, { externalKey: "c2" });
    const [id = 0] = await addReachable(stores, tenantId, 1);
    expectSame(await stores.suppressions.settle(await addTenant(stores), [{ externalKey: "c1", id }]), 0, "elsewhere");
    const people = [
      { externalKey: "c1", id },
      { externalKey: "c9", id: 9 },
    ];
    expectSame(await stores.suppressions.settle(tenantId, people), 1, "settled");
    expectSame(await stores.suppressions.settle(tenantId, people), 0, "settled again");
    const { items } = await stores.suppressions.list(tenantId, {});
    const found = items.map((entry) => [entry.externalKey, entry.customerId, entry.reason]);
    expectSame(
      found,
      [
        ["c1", id, "complaint"],
        ["c2", null, "opt_out"],
      ],
      "entries",
    );
    expectSame((await put(scene, { customerId: id })).created, false, "created for the customer");
  },

  "of 50 callers who add one entry one creates it": async (scene) => {
    const calls = Array.from({ length: 50 }, () => put(scene, { address: "a" }));
    expectSame((await Promise.all(calls)).filter(({ created }) => created).length, 1, "callers who created it");
  },

  "addresses and channels compare bytewise": async (scene) => {
    for (const address of BYTEWISE_KEYS) await put(scene, { address });
    for (const channel of BYTEWISE_KEYS) await put(scene, { channel, address: "same" });
    expectSame((await ids(scene)).length, BYTEWISE_KEYS.length * 2, "entries");
  },

  "an entry that was removed can be added again": async (scene) => {
    const { stores, tenantId } = scene;
    const { suppression } = await put(scene, { address: "a" });
    expectSame(await stores.suppressions.remove(tenantId, suppression.id), true, "removed");
    expectSame(await stores.suppressions.remove(tenantId, suppression.id), false, "removed again");
    expectSame((await put(scene, { address: "a" })).created, true, "created again");
  },

  "entries of tenants are apart": async (scene) => {
    const { stores } = scene;
    const other = await addTenant(stores);
    const { suppression } = await put(scene, { address: "a" });
    expectSame((await stores.suppressions.list(other, {})).items, [], "entries of the other tenant");
    expectSame(await stores.suppressions.remove(other, suppression.id), false, "removed by the other tenant");
    expectSame((await put({ stores, tenantId: other }, { address: "a" })).created, true, "created by the other");
    expectSame(await ids(scene), [suppression.id], "entries");
  },

  "a selector finds addresses and customers of the channel and of all channels": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 8);
    const people = new Map((await deliveriesOf(scene)).map((row) => [row.externalKey, row.customerId]));
    const customerId = (key: string) => people.get(key) ?? 0;
    await put(scene, { channel: "wecom", address: "wm_c1", reason: "opt_out" });
    await put(scene, { channel: "*", address: "wm_c2", reason: "not_a_friend" });
    await put(scene, { channel: "wecom", customerId: customerId("c3"), reason: "投诉" });
    await put(scene, { channel: "*", customerId: customerId("c4"), reason: "opt_out" });
    await put(scene, { channel: "sms", address: "wm_c5" });
    await put(scene, { channel: "sms", customerId: customerId("c6") });
    await put(scene, { channel: "*", address: "WM_C7" });
    await put({ stores, tenantId: await addTenant(stores) }, { address: "wm_c8" });
    const move = (reason: SuppressedReason) =>
      stores.deliveries.transition(
        tenantId,
        { batchId: batch.id, heldBackBy: { suppressedAs: reason } },
        "in_batch",
        "suppressed",
        { reason },
        now,
      );
    const reasons = ["opt_out", "not_a_friend", suppressedReason("投诉")] as const;
    const moved = [];
    for (const reason of reasons) moved.push(await move(reason));
    expectSame(moved, [2, 1, 1], "rows by reason");
    expectSame(
      statesOf(await deliveriesOf(scene)),
      ["c1", "c2", "c3", "c4"]
        .map((key) => `${key} suppressed`)
        .concat(["c5", "c6", "c7", "c8"].map((key) => `${key} in_batch`)),
      "states",
    );
  },
};

const durable: Facts<DurableScene> = {
  "entries are there after a restart": async (scene) => {
    const { suppression } = await put(scene, { address: "a" });
    const stores = await scene.reopen();
    expectSame((await stores.suppressions.list(scene.tenantId, {})).items, [suppression], "entries");
  },
};
