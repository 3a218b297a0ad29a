import { describe, expect, test } from "vitest";
import { pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

describe("a test beforehand", () => {
  test("goes to the people named, whatever the segment says and though the rule is paused", async () => {
    const rig = await pushRig({ people: 4, rule: { segment: { lapse: { minDays: 30, maxDays: 45 } } } });
    await rig.kit.rules.setStatus(rig.ruleId, "paused");
    const { occurrenceId, unreachedStaff } = await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_2", "wm_1"] });
    expect(unreachedStaff).toBeNull();
    await rig.tick();
    expect(rig.channel.calls.map(({ batch }) => addressesOf(batch))).toEqual([["wm_1", "wm_2"]]);
    expect(await rig.kit.occurrences.status(occurrenceId ?? 0)).toMatchObject({ kind: "test", state: "completed" });
  });

  test("neither minds nor fills the frequency caps", async () => {
    const rig = await pushRig({ people: 1 });
    await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0"] });
    await rig.tick();
    await rig.push();
    await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0"] });
    await rig.tick();
    expect(await rig.people()).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("is one test for one request id", async () => {
    const rig = await pushRig({ people: 1 });
    const to = { addresses: ["wm_0"], requestId: "r1" };
    const first = await rig.kit.sendTest(rig.ruleId, to);
    expect(await rig.kit.sendTest(rig.ruleId, to)).toEqual(first);
    await rig.tick();
    expect(rig.channel.calls).toHaveLength(1);
  });

  test("does not hold up a slot, and is not the rule's latest run", async () => {
    const rig = await pushRig({ people: 2, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
    await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0", "wm_1"] });
    await rig.tick();
    const { stores } = rig;
    expect((await rig.batches()).map(({ state }) => state)).toEqual(["accepted", "pending"]);
    expect(await stores.occurrences.hasSending(1, rig.ruleId, 0)).toBe(false);
    expect(await rig.kit.occurrences.latest(rig.ruleId)).toBeUndefined();
  });

  test("names every address that no customer has", async () => {
    const rig = await pushRig({ people: 1 });
    await expect(rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0", "wm_x", "wm_y"] })).rejects.toMatchObject({
      issues: [{ path: "addresses.1", code: "customer.not-found" }, { path: "addresses.2" }],
    });
    await expect(rig.kit.sendTest(rig.ruleId, {})).rejects.toMatchObject({ code: "input.invalid" });
    const many = { addresses: Array.from({ length: 21 }, (_, n) => `wm_${n}`) };
    await expect(rig.kit.sendTest(rig.ruleId, many)).rejects.toMatchObject({ code: "input.invalid" });
    await expect(rig.kit.sendTest(99, { addresses: ["wm_0"] })).rejects.toMatchObject({ code: "rule.not-found" });
    expect((await rig.kit.occurrences.list()).items).toEqual([]);
  });

  test("reaches staff where the channel can", async () => {
    const rig = await pushRig({ rule: { content: { text: "{{merchant_name}} 想你" } } });
    await expect(rig.kit.sendTest(rig.ruleId, { staff: ["zhang"] })).rejects.toMatchObject({
      code: "channel.test-unavailable",
    });
    const shown: unknown[] = [];
    Object.assign(rig.channel, {
      showToStaff: async (message: unknown) => {
        shown.push(message);
        return ["li"];
      },
    });
    const result = await rig.kit.sendTest(rig.ruleId, { staff: ["zhang", "li", "zhang"] });
    expect(result).toEqual({ occurrenceId: null, unreachedStaff: ["li"] });
    expect(shown).toEqual([{ tenantId: 1, content: { text: "default 想你" }, staff: ["zhang", "li"] }]);
  });
});
