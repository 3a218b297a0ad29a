import { expect, test } from "vitest";
import { fail, pushRig } from "../testing/push-rig.js";

const DAY = 86_400_000;

test("statistics tell totals, days of the tenant's zone and products of a filter", async () => {
  const rig = await pushRig({ people: 3, rule: { messageClass: "transactional" } });
  await rig.push();
  await rig.after(60_000);
  const order = (externalKey: string, externalId: string, amount: number) => ({
    externalId,
    externalKey,
    orderedAt: rig.clock.now(),
    status: "paid",
    lines: [{ sku: "s1", name: "猫粮", quantity: 2, amount }],
  });
  await rig.kit.orders.ingest([order("c0", "o1", 10.5), order("c1", "o2", 20)], { source: "shop" });
  await rig.after(2 * DAY);
  await rig.push();
  await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0"] });
  await rig.after(60_000);

  const all = await rig.kit.statistics();
  expect(all).toMatchObject({ pushed: 3, delivered: 3, orders: 2, buyers: 2, revenueMinor: 3050 });
  expect(all.byDay.map(({ date, pushed, orders, revenueMinor }) => [date, pushed, orders, revenueMinor])).toEqual([
    [expect.any(String), 3, 2, 3050],
    [expect.any(String), 3, 0, 0],
  ]);
  expect(all.products).toEqual([{ sku: "s1", name: "猫粮", quantity: 4, orders: 2, buyers: 2, amountMinor: 3050 }]);
  expect((await rig.kit.statistics({ search: "另一个" })).pushed).toBe(0);
  expect((await rig.kit.statistics({ ruleId: rig.ruleId, to: rig.clock.now() - DAY, products: 0 })).byDay).toHaveLength(
    1,
  );
  await expect(rig.kit.statistics({ products: 201 })).rejects.toMatchObject({ code: "input.invalid" });
});

test("results tell whom the call named, and apart who had left the batch before it", async () => {
  const rig = await pushRig({ people: 3 });
  await rig.push();
  await rig.kit.suppressions.add({ externalKey: "c2", reason: "opt_out" });
  await rig.kit.customers.upsert([{ externalKey: "c3", externalUserId: "wm_3" }]);
  await rig.push();
  const [capped, first] = (await rig.kit.results.page()).items;
  expect([first?.members.length, first?.leftOut]).toEqual([3, []]);
  expect(capped?.members).toEqual([{ address: "wm_3", state: "accepted", reason: null }]);
  expect(capped?.leftOut).toEqual([
    { address: "wm_0", state: "suppressed", reason: "frequency_cap" },
    { address: "wm_1", state: "suppressed", reason: "frequency_cap" },
    { address: "wm_2", state: "suppressed", reason: "opt_out" },
  ]);
});

test("a batch that expires after a refused call names nobody", async () => {
  const rig = await pushRig({ people: 1, rule: { expireAfterMs: 60_000 } });
  rig.channel.steps.push(fail("RATE_LIMITED", 120_000));
  await rig.push();
  expect((await rig.kit.results.page()).items).toMatchObject([{ state: "pending", members: [{ state: "in_batch" }] }]);
  await rig.after(61_000);
  const [result] = (await rig.kit.results.page()).items;
  expect(result).toMatchObject({ state: "expired", members: [], leftOut: [{ address: "wm_0", state: "expired" }] });
});

test("results show what was said to whom and what became of it, newest first", async () => {
  const rig = await pushRig({ people: 3, maxBatchSize: 2, rule: { content: { text: "{{rule_name}}！" } } });
  rig.channel.steps.push(async ({ batch, make }) => {
    const providerMessageId = make();
    return batch.recipients.map(({ address }) =>
      address === "wm_1"
        ? ({ kind: "refused", reason: "not_a_friend" } as const)
        : ({ kind: "accepted", providerMessageId } as const),
    );
  });
  const occurrenceId = await rig.push();
  const { items, total } = await rig.kit.results.page();
  expect(total).toBe(2);
  expect(items.map(({ number }) => number)).toEqual([2, 1]);
  expect(items[1]).toMatchObject({
    occurrenceId,
    ruleName: "召回",
    state: "accepted",
    content: { text: "召回！" },
    members: [
      { address: "wm_0", state: "accepted", reason: null },
      { address: "wm_1", state: "failed", reason: "not_a_friend" },
    ],
    providerMessageId: "m1",
    attemptClass: "OK",
  });
  expect((await rig.kit.results.page({}, { offset: 1, limit: 1 })).items.map(({ number }) => number)).toEqual([1]);
});
