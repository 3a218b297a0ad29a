import { describe, expect, test } from "vitest";
import { pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

describe("people who must not be contacted", () => {
  test("leave the batch right before it goes out, by address or as customers", async () => {
    const rig = await pushRig({ people: 6 });
    const { suppressions } = rig.kit;
    await suppressions.add({ address: "wm_0", reason: "opt_out" });
    await suppressions.add({ channel: "scripted", externalKey: "c1", reason: "not_a_friend" });
    await suppressions.add({ channel: "scripted", address: "wm_2", reason: "投诉" });
    await suppressions.add({ channel: "sms", address: "wm_3", reason: "opt_out" });
    await suppressions.add({ channel: "sms", externalKey: "c4", reason: "opt_out" });
    await rig.push();
    expect(await rig.people()).toEqual([
      "suppressed: opt_out",
      "suppressed: not_a_friend",
      "suppressed: blocklist",
      "accepted",
      "accepted",
      "accepted",
    ]);
    expect(addressesOf(rig.channel.calls[0]?.batch)).toEqual(["wm_3", "wm_4", "wm_5"]);
  });

  test("are left out from the next batch on when they opt out in the middle of a push", async () => {
    const rig = await pushRig({ people: 4, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
    await rig.push();
    await rig.kit.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    await rig.after(60_000);
    await rig.after(60_000);
    await rig.after(60_000);
    expect(await rig.people()).toEqual(["delivered", "suppressed: opt_out", "delivered", "accepted"]);
  });

  test("get nothing by tests and transactional messages either", async () => {
    const rig = await pushRig({ people: 1, rule: { messageClass: "transactional" } });
    await rig.kit.suppressions.add({ address: "wm_0", reason: "opt_out" });
    await rig.push();
    await rig.kit.sendTest(rig.ruleId, { addresses: ["wm_0"] });
    await rig.tick();
    expect(rig.channel.calls).toEqual([]);
    expect(await rig.people()).toEqual(["suppressed: opt_out", "suppressed: opt_out"]);
  });

  test("are contacted again once the entry is gone", async () => {
    const rig = await pushRig({ people: 1 });
    const { id } = await rig.kit.suppressions.add({ address: "wm_0", reason: "opt_out" });
    const again = await rig.kit.suppressions.add({ address: "wm_0", reason: "complaint" });
    expect(again).toMatchObject({ id, reason: "complaint", channel: "*", externalKey: null });
    await rig.kit.suppressions.remove(id);
    await expect(rig.kit.suppressions.remove(id)).rejects.toMatchObject({ code: "suppression.not-found" });
    await rig.push();
    expect(await rig.people()).toEqual(["accepted"]);
  });

  test("are named by exactly one of address and customer", async () => {
    const { kit } = await pushRig();
    for (const input of [
      { reason: "opt_out" },
      { reason: "opt_out", address: "wm_0", externalKey: "c0" },
      { reason: "", address: "wm_0" },
      { reason: "opt_out", address: "wm_0", channel: "no channel" },
    ]) {
      await expect(kit.suppressions.add(input)).rejects.toMatchObject({ code: "input.invalid" });
    }
    expect((await kit.suppressions.list()).items).toEqual([]);
  });
});
