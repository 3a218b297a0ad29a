import { expect, test } from "vitest";
import { DAY, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";
import type { SuppressionInput } from "./suppression.js";

test("a list is taken over as a whole, row by row, and again without a change", async () => {
  const { kit } = await pushRig({ people: 2 });
  const rows: SuppressionInput[] = [
    { externalKey: "c0", reason: "opt_out" },
    { address: "+8613800138000", channel: "sms", reason: "complaint" },
    { externalKey: "later", reason: "opt_out" },
    { reason: "opt_out" },
    { address: "a", channel: "No", reason: "opt_out" },
    { externalKey: "c0", reason: "complaint" },
  ];
  const first = await kit.suppressions.addMany(rows);
  expect(first).toMatchObject({ inserted: 3, updated: 0, unchanged: 1 });
  expect(first.rejected.map(({ index, path }) => `${index} ${path}`)).toEqual(["3 address", "4 channel"]);
  expect(await kit.suppressions.addMany(rows)).toMatchObject({ inserted: 0, updated: 0, unchanged: 4 });
  const changed = await kit.suppressions.addMany([{ externalKey: "later", reason: "complaint" }]);
  expect(changed).toMatchObject({ inserted: 0, updated: 1 });
  const { items } = await kit.suppressions.list();
  expect(
    items.map(({ externalKey, customerId, address, reason }) => [externalKey, customerId, address, reason]),
  ).toEqual([
    ["c0", 1, null, "complaint"],
    [null, null, "+8613800138000", "complaint"],
    ["later", null, null, "complaint"],
  ]);
});

test("10 000 entries take a few transactions, and stop between two when asked to", async () => {
  const { kit } = await pushRig({ people: 1 });
  const rows = Array.from({ length: 10_000 }, (_, n) => ({ externalKey: `k${n}`, reason: "opt_out" }));
  const progress: number[] = [];
  const result = await kit.suppressions.addMany(rows, { onProgress: (done) => progress.push(done.rows) });
  expect([result.inserted, progress.length]).toEqual([10_000, 20]);
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(kit.suppressions.addMany(rows, { signal: stop })).rejects.toThrow("enough");
});

test("an opt-out of somebody who is not known yet holds when they come, as a customer or as a buyer", async () => {
  const rig = await pushRig({ people: 1 });
  const { kit } = rig;
  const alone = await kit.suppressions.add({ externalKey: "n1", reason: "opt_out" });
  expect(alone).toMatchObject({ externalKey: "n1", customerId: null, address: null });
  await kit.suppressions.addMany([{ externalKey: "n2", channel: "scripted", reason: "opt_out" }]);
  await rig.clock.advance(DAY);
  await kit.customers.upsert([{ externalKey: "n1", externalUserId: "wm_n1" }]);
  const buyer = { externalUserId: "wm_n2" };
  await kit.orders.ingest([{ externalId: "1", externalKey: "n2", orderedAt: rig.clock.now(), amount: 1, buyer }]);
  await rig.push();
  expect(rig.channel.calls.flatMap(({ batch }) => addressesOf(batch))).toEqual(["wm_0"]);
  const { suppressions } = await kit.customers.export("n1");
  expect(suppressions).toMatchObject([{ id: alone.id, reason: "opt_out", createdAt: alone.createdAt }]);
  // Once they are known, an erasure keeps it as it does any other.
  await kit.customers.erase("n1");
  await kit.customers.upsert([{ externalKey: "n1", externalUserId: "wm_new" }]);
  expect((await kit.customers.export("n1")).suppressions).toMatchObject([{ reason: "opt_out" }]);
});
