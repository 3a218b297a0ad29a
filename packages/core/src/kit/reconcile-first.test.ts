import { describe, expect, test } from "vitest";
import { accept, DAY, fail, HOUR, lose, MINUTE, pushRig } from "../testing/push-rig.js";

const W = 10 * MINUTE;

describe("a ledger that was restored from a backup", () => {
  test("finds what was sent after the backup, sends the rest once, and contacts nobody twice", async () => {
    const rig = await pushRig({ people: 6, maxBatchSize: 2 });
    const { kit, channel, after, people } = rig;
    const { made } = channel;
    // The ledger of the backup has three batches to send; the provider already has the first of them.
    channel.steps.push(...Array.from({ length: 3 }, () => fail("RATE_LIMITED", HOUR)));
    const id = await rig.push();
    const [first] = await rig.batches();
    const members = await kit.deliveries.list({ batchId: first?.id ?? 0 });
    const addresses = members.items.map(({ address }) => address ?? "");
    made.push({ id: "m0", marker: first?.marker ?? "", addresses, createdAt: rig.clock.now() });
    await after(MINUTE);

    expect(await kit.reconcileFirst()).toEqual({ skipped: 0, batches: 3, messages: 0 });
    expect(new Set(await people(id))).toEqual(new Set(["unknown"]));
    await after(W - 1);
    expect(made).toHaveLength(1);
    await after(1);
    await after(HOUR);
    await after(HOUR);
    expect(new Set(await people(id))).toEqual(new Set(["delivered"]));
    const reached = made.flatMap((message) => message.addresses);
    expect([reached.length, new Set(reached).size]).toEqual([6, 6]);
  });

  test("records what had not begun as skipped, and plans no slot of the past", async () => {
    const rule = { slots: [{ weekday: 1 as const, time: "11:00" }] };
    const { kit, clock, ruleId, channel, alarms, tick, after } = await pushRig({ rule });
    await kit.occurrences.runNow(ruleId);
    await clock.advance(HOUR + MINUTE);
    expect(await kit.reconcileFirst()).toEqual({ skipped: 2, batches: 0, messages: 0 });
    await tick();
    await after(DAY);
    const { items } = await kit.occurrences.list();
    expect(items.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      "skipped missed_catch_up",
      "skipped missed_catch_up",
    ]);
    expect(await alarms()).toEqual(["missed", "missed"]);
    expect(channel.calls).toEqual([]);
  });

  test("leaves to a person what nobody can look up", async () => {
    const { kit, channel, push, after, people } = await pushRig();
    channel.capabilityNow = "none";
    channel.steps.push(fail("RATE_LIMITED", HOUR));
    const id = await push();
    await kit.reconcileFirst();
    await after(W);
    expect(new Set(await people(id))).toEqual(new Set(["needs_review"]));
    expect(channel.calls).toHaveLength(1);
  });

  test("counts what it may have sent against caps", async () => {
    const { kit, channel, push, input, people, after } = await pushRig();
    channel.steps.push(fail("RATE_LIMITED", MINUTE));
    await push();
    await kit.reconcileFirst();
    const other = await kit.rules.create({ ...input, name: "another" });
    const id = await push(other.id);
    await after(MINUTE);
    expect(new Set(await people(id))).toEqual(new Set(["suppressed: frequency_cap"]));
  });

  test("doubts a batch in every open state, also one whose answer was lost, and once more when repeated", async () => {
    const { kit, channel, push, batches, after, people } = await pushRig({ people: 1 });
    channel.steps.push(lose(false), accept());
    const id = await push();
    for (let n = 0; n < 2; n += 1) {
      expect(await kit.reconcileFirst()).toEqual({ skipped: 0, batches: 1, messages: 0 });
      expect(await batches()).toMatchObject([{ state: "unknown", reason: "restored", lookUps: 0 }]);
    }
    await after(W);
    await after(MINUTE);
    expect(await people(id)).toEqual(["accepted"]);
    expect(channel.made).toHaveLength(1);
  });

  test("is resumed only when it was cut off", async () => {
    const { kit, channel, push, stores, people } = await pushRig();
    channel.steps.push(fail("RATE_LIMITED", HOUR));
    const id = await push();
    expect(await kit.reconcileFirst({ resume: true })).toEqual({ skipped: 0, batches: 0, messages: 0 });
    await stores.config.put(0, "reconcile-first", "begun");
    expect(await kit.reconcileFirst({ resume: true })).toEqual({ skipped: 0, batches: 1, messages: 0 });
    expect(await kit.reconcileFirst({ resume: true })).toEqual({ skipped: 0, batches: 0, messages: 0 });
    expect(new Set(await people(id))).toEqual(new Set(["unknown"]));
  });
});
