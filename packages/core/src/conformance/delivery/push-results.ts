import { addTenant } from "../builders.js";
import type { Facts } from "../conformance-case.js";
import { expectSame } from "../expect.js";
import { addPush, pushTo } from "./push-builders.js";
import { addBatches, addRule, addRunning } from "./work-builders.js";

/** Facts about what was tried, and on whom. */
export const pushResultFacts: Facts = {
  "tried batches are listed newest attempt first, in numbered pages": async (scene) => {
    const { stores, tenantId, now } = scene;
    const rule = await addRule(scene, "r1");
    const occurrence = await addRunning(scene, rule.id);
    const batches = await addBatches(scene, occurrence, 4);
    for (const [index, at] of [now + 5, now + 9, now + 5].entries()) {
      const batch = batches[index];
      if (batch) await stores.batches.advance(batch, { attemptedAt: at });
    }
    const ids = async (filter = {}, page = { offset: 0, limit: 9 }) => {
      const { items, total } = await stores.batches.tried(tenantId, filter, page);
      return [total, ...items.map(({ id }) => batches.findIndex((batch) => batch.id === id))];
    };
    expectSame(await ids(), [3, 1, 2, 0], "all");
    expectSame(await ids({}, { offset: 1, limit: 1 }), [3, 2], "second page");
    expectSame(await ids({ ruleId: rule.id, from: now, to: now + 1 }), [3, 1, 2, 0], "of the rule and the instant");
    expectSame(await ids({ ruleId: rule.id + 1 }), [0], "of another rule");
    expectSame([await ids({ from: now + 1 }), await ids({ to: now })], [[0], [0]], "of other instants");
    const other = await addTenant(stores);
    expectSame((await stores.batches.tried(other, {}, { offset: 0, limit: 9 })).total, 0, "foreign");
    const behind = async (at: number, id = 0, filter = {}) =>
      (await stores.batches.triedAfter(tenantId, filter, { at, id }, 9)).map((one) =>
        batches.findIndex((batch) => batch.id === one.id),
      );
    const [first, , third] = batches;
    expectSame((await stores.batches.triedAfter(tenantId, {}, null, 2)).length, 2, "two from the newest on");
    expectSame(await behind(now + 9), [2, 0], "behind an instant");
    expectSame([await behind(now + 5, third?.id), await behind(now + 5, first?.id)], [[0], []], "of the same instant");
    expectSame(await behind(now + 9, 0, { ruleId: rule.id + 1 }), [], "behind an instant, of another rule");
    expectSame(await stores.batches.triedAfter(other, {}, null, 9), [], "foreign from the newest on");
  },

  "members of a batch are listed by customer with state and reason": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 3);
    const selector = { batchId: batch.id, addresses: ["wm_c2"] };
    await stores.deliveries.transition(tenantId, selector, "in_batch", "failed", { reason: "not_a_friend" }, now);
    await addPush(scene, "p2");
    const member = (address: string) => ({ address, state: "in_batch", reason: null }) as const;
    expectSame(
      await stores.deliveries.members(tenantId, batch.id),
      [member("wm_c1"), { address: "wm_c2", state: "failed", reason: "not_a_friend" }, member("wm_c3")],
      "members",
    );
    expectSame(await stores.deliveries.members(await addTenant(stores), batch.id), [], "members for another tenant");
  },

  "the latest attempt of a batch is the one opened last": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { batch } = await pushTo(scene, 1);
    const latest = async (tenant = tenantId) => (await stores.attempts.latest(tenant, batch.id))?.number;
    expectSame(await latest(), undefined, "before the first");
    for (const number of [1, 2]) {
      await stores.attempts.open({
        tenantId,
        batchId: batch.id,
        kind: "send",
        number,
        leaseEpoch: 1,
        startedAt: now - number,
      });
    }
    expectSame([await latest(), await latest(await addTenant(stores))], [2, undefined], "attempts");
  },

  "an alarm is raised once for a row": async (scene) => {
    const { stores, tenantId, now } = scene;
    const alarm = { tenantId, code: "a", entity: "batch", entityId: 1, detail: "", at: now } as const;
    const before = await stores.alarms.lastId();
    const raised = await Promise.all(Array.from({ length: 50 }, () => stores.alarms.addOnce(alarm)));
    expectSame(raised.filter(Boolean).length, 1, "callers who raised it");
    const others = [
      { ...alarm, code: "b" },
      { ...alarm, entity: "rule" as const },
      { ...alarm, entityId: 2 },
      { ...alarm, tenantId: await addTenant(stores) },
    ];
    for (const other of others) expectSame(await stores.alarms.addOnce(other), true, "another alarm");
    const found = await stores.alarms.after(before, 100);
    expectSame(
      found.map(({ id: _, addresses: __, acknowledgedBy: ___, acknowledgedAt: ____, ...fields }) => fields),
      [alarm, ...others],
      "alarms of all tenants",
    );
    expectSame((await stores.alarms.after(before, 2)).length, 2, "two alarms");
    const last = found.at(-1)?.id ?? 0;
    expectSame([await stores.alarms.lastId(), await stores.alarms.after(last, 9)], [last, []], "the last one");
  },
};
