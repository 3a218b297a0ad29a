import { describe, expect, test } from "vitest";
import type { DeliveryReport } from "../ports/channel.js";
import { DAY, failure, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";

/** Reports by address, for a channel whose staff take their time. */
function reports(words: Record<string, Omit<DeliveryReport, "address">>) {
  return (address: string): DeliveryReport => ({ address, ...(words[address] ?? { kind: "pending" as const }) });
}

describe("reports", () => {
  test("move people forward, with the provider's reasons", async () => {
    const { channel, push, after, people, batches, kit, clock } = await pushRig();
    channel.report = reports({
      wm_0: { kind: "delivered", at: clock.now() + 77 },
      wm_1: { kind: "not_delivered", reason: "provider_quota" },
    });
    const sentAt = clock.now();
    await push();
    await after(MINUTE - 1);
    expect(channel.polls).toBe(0);
    await after(1);
    expect(await people()).toEqual(["delivered", "not_delivered: provider_quota", "accepted"]);
    expect((await kit.deliveries.list()).items[0]).toMatchObject({ deliveredAt: sentAt + 77 });
    expect(await batches()).toMatchObject([{ settled: false, polls: 1, notBefore: clock.now() + 2 * MINUTE }]);
  });

  test("never say that a message arrived before it was accepted: providers tell whole seconds", async () => {
    const { channel, push, after, kit, clock } = await pushRig();
    const sentAt = clock.now();
    channel.report = reports({ wm_0: { kind: "delivered", at: sentAt - 400 } });
    await push();
    await after(MINUTE);
    expect((await kit.deliveries.list()).items[0]).toMatchObject({ acceptedAt: sentAt, deliveredAt: sentAt });
  });

  test("of sending win over all else, and nothing takes them back", async () => {
    const { channel, push, after, people } = await pushRig();
    channel.report = reports({ wm_0: { kind: "delivered" }, wm_1: { kind: "not_delivered" } });
    await push();
    await after(MINUTE);
    expect(await people()).toEqual(["delivered", "not_delivered: reported", "accepted"]);
    channel.report = reports({ wm_0: { kind: "not_delivered", reason: "quota" }, wm_1: { kind: "delivered" } });
    await after(2 * MINUTE);
    expect(await people()).toEqual(["delivered", "delivered", "accepted"]);
    channel.report = reports({ wm_0: { kind: "pending" } });
    await after(4 * MINUTE);
    expect(await people()).toEqual(["delivered", "delivered", "accepted"]);
  });

  test("are asked for ever more slowly, at last every hour, and no more when all have one", async () => {
    const { channel, push, after } = await pushRig();
    channel.report = reports({});
    await push();
    const waits: number[] = [];
    for (let waited = 0; waits.length < 9; waited += MINUTE) {
      const before = channel.polls;
      await after(MINUTE);
      if (channel.polls === before) continue;
      waits.push((waited + MINUTE) / MINUTE);
      waited = -MINUTE;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    channel.report = (address) => ({ address, kind: "delivered" });
    await after(HOUR);
    const polls = channel.polls;
    await after(3 * DAY);
    expect(channel.polls).toBe(polls);
  });

  test("that never come end as such after the deadline, in the word of the channel, without undoing others", async () => {
    const { channel, push, after, people, batches, kit } = await pushRig();
    channel.report = reports({ wm_1: { kind: "delivered" } });
    const id = await push();
    for (let n = 0; n < 71; n += 1) await after(HOUR);
    expect(await people()).toEqual(["accepted", "delivered", "accepted"]);
    for (let n = 0; n < 3; n += 1) await after(HOUR);
    expect(await people()).toEqual(["not_delivered: no_report", "delivered", "not_delivered: no_report"]);
    expect(await batches()).toMatchObject([{ settled: true }]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    const staffed = await pushRig({ people: 1 });
    Object.assign(staffed.channel, { lateReason: "staff_not_confirmed" });
    staffed.channel.report = reports({});
    await staffed.push();
    for (let n = 0; n < 74; n += 1) await staffed.after(HOUR);
    expect(await staffed.people()).toEqual(["not_delivered: staff_not_confirmed"]);
  });

  test("that never come are no failure where only failures are reported", async () => {
    const rig = await pushRig({ people: 2 });
    Object.assign(rig.channel, { lateReason: null });
    rig.channel.report = reports({ wm_1: { kind: "not_delivered", reason: "unknown_mailbox" } });
    const id = await rig.push();
    for (let n = 0; n < 74; n += 1) await rig.after(HOUR);
    expect(await rig.people()).toEqual(["accepted", "not_delivered: unknown_mailbox"]);
    expect(await rig.batches()).toMatchObject([{ settled: true }]);
    expect(await rig.kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    const { polls } = rig.channel;
    for (let n = 0; n < 5; n += 1) await rig.after(HOUR);
    expect(rig.channel.polls).toBe(polls);
  });

  test.each([
    ["refuses", () => failure("RATE_LIMITED")],
    ["breaks", () => new TypeError("bug")],
  ])("come with the next poll when the provider %s", async (_, error) => {
    const { channel, push, after, people, batches } = await pushRig();
    channel.onResults = () => {
      throw error();
    };
    await push();
    await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted", polls: 1, leaseOwner: null }]);
    channel.onResults = undefined;
    await after(2 * MINUTE);
    expect(await people()).toEqual(["delivered", "delivered", "delivered"]);
  });

  test("are not waited for where a channel has none", async () => {
    const { channel, push, after, people, batches } = await pushRig();
    Reflect.deleteProperty(channel, "results");
    await push();
    expect(await batches()).toMatchObject([{ state: "accepted", settled: true }]);
    await after(5 * DAY);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("about strangers change nobody", async () => {
    const { channel, push, after, people } = await pushRig({ people: 2 });
    channel.report = (address) => ({ address: address === "wm_1" ? "wm_stranger" : address, kind: "delivered" });
    await push();
    await after(MINUTE);
    expect(await people()).toEqual(["delivered", "accepted"]);
  });
});
