import { describe, expect, test } from "vitest";
import { StorageError } from "../errors.js";
import { accept, DAY, fail, failure, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

describe("a call that certainly did not happen", () => {
  test("is repeated until it does", async () => {
    const { channel, push, after, batches, people, attempts, kit } = await pushRig();
    channel.steps.push(fail("NOT_SENT"), fail("NOT_SENT"));
    const id = await push();
    expect(await batches()).toMatchObject([{ state: "pending", reason: "not_sent", attempts: 1 }]);
    expect(await people()).toEqual(["in_batch", "in_batch", "in_batch"]);
    for (let n = 0; n < 4; n += 1) await after(MINUTE);
    expect(await attempts()).toEqual(["NOT_SENT", "NOT_SENT", "OK"]);
    expect(channel.made).toHaveLength(1);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
  });

  test("waits at most a minute for the next try", async () => {
    const { channel, push, after, clock, batches } = await pushRig();
    channel.steps.push(...Array.from({ length: 12 }, () => fail("NOT_SENT")));
    await push();
    for (let n = 0; n < 11; n += 1) {
      const [batch] = await batches();
      const wait = (batch?.notBefore ?? 0) - clock.now();
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(Math.min(MINUTE, 1000 * 2 ** (batch?.attempts ?? 0)));
      await after(MINUTE);
    }
  });

  test("does not count against anybody's caps", async () => {
    const { channel, push, kit, input, people, after } = await pushRig();
    channel.steps.push(fail("CONFIG"));
    const first = await push();
    await kit.occurrences.cancel(first);
    const other = await kit.rules.create({ ...input, name: "another" });
    const id = await push(other.id);
    await after(MINUTE);
    expect(await people(id)).toEqual(["accepted", "accepted", "accepted"]);
  });

  test("waits as long as the provider says, else for the next minute of the clock", async () => {
    const { channel, push, clock, after, batches } = await pushRig();
    channel.steps.push(fail("RATE_LIMITED", 7000), fail("RATE_LIMITED"));
    await push();
    expect(await batches()).toMatchObject([
      { state: "pending", reason: "rate_limited", notBefore: clock.now() + 7000 },
    ]);
    await after(6999);
    expect(channel.calls).toHaveLength(1);
    await after(1);
    expect(await batches()).toMatchObject([{ state: "pending", notBefore: clock.now() + 53_000 }]);
    await after(53_000);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
  });

  test.each([
    ["AUTH" as const, "channel.unauthorized"],
    ["CONFIG" as const, "channel.misconfigured"],
  ])("for %s raises one alarm and is tried again every minute", async (effect, code) => {
    const { channel, push, after, alarms, batches } = await pushRig();
    channel.steps.push(fail(effect), fail(effect));
    await push();
    expect(await alarms()).toEqual([code]);
    await after(MINUTE - 1);
    expect(channel.calls).toHaveLength(1);
    await after(1);
    expect(channel.calls).toHaveLength(2);
    expect(await batches()).toMatchObject([{ state: "pending" }]);
    await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(await alarms()).toEqual([code]);
  });

  test("because time ran out between intent and write is such a call too", async () => {
    const { channel, push, after, clock, batches, attempts } = await pushRig();
    channel.steps.push(async (call) => {
      await clock.advance(10_001);
      if (clock.monotonic() > call.options.writeBy) throw failure("NOT_SENT");
      return accept()(call);
    });
    await push();
    expect(await batches()).toMatchObject([{ state: "pending" }]);
    await after(MINUTE);
    expect(await attempts()).toEqual(["NOT_SENT", "OK"]);
    expect(channel.made).toHaveLength(1);
  });

  test("has ten seconds from the intent to the first byte", async () => {
    const { channel, push, clock } = await pushRig();
    channel.onPrepare = () => clock.advance(5000);
    await push();
    expect(channel.calls[0]?.options.writeBy).toBe(clock.monotonic() + 10_000);
  });
});

describe("a call that is refused as a whole", () => {
  test.each(["REQUEST" as const, "QUOTA" as const])("for %s is final and never repeated", async (effect) => {
    const { channel, push, after, batches, people, attempts, kit } = await pushRig();
    channel.steps.push(fail(effect));
    const id = await push();
    expect(await batches()).toMatchObject([{ state: "rejected", reason: `${effect.toLowerCase()}:channel.rejected` }]);
    expect(await people()).toEqual(Array(3).fill("failed: request_rejected"));
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed_with_errors" });
    await after(DAY);
    expect(await attempts()).toEqual([effect]);
  });

  test("before it is made has its row, but no call", async () => {
    const { channel, push, batches, people, attempts } = await pushRig();
    channel.onPrepare = () => Promise.reject(failure("REQUEST"));
    await push();
    expect(channel.calls).toEqual([]);
    expect(await attempts()).toEqual(["REQUEST"]);
    expect(await batches()).toMatchObject([{ state: "rejected" }]);
    expect(await people()).toEqual(Array(3).fill("failed: request_rejected"));
  });

  test("leaves the other batches alone", async () => {
    const { channel, push, batches } = await pushRig({ people: 6, maxBatchSize: 2, concurrency: 1 });
    channel.steps.push(accept(), fail("REQUEST"));
    await push();
    expect((await batches()).map(({ state }) => state)).toEqual(["accepted", "rejected", "accepted"]);
  });
});

describe("people of one call", () => {
  test("fail one by one, each with the provider's reason", async () => {
    const { channel, push, people, batches, kit } = await pushRig({ people: 4 });
    channel.steps.push(accept({ wm_1: "not_a_friend", wm_3: "provider_quota" }));
    const id = await push();
    expect(await people()).toEqual(["accepted", "failed: not_a_friend", "accepted", "failed: provider_quota"]);
    expect(await batches()).toMatchObject([{ state: "accepted", size: 4 }]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
  });

  test("who were refused may hear from us again the same day", async () => {
    const { channel, push, people, kit, input } = await pushRig();
    channel.steps.push(accept({ wm_1: "not_a_friend" }));
    await push();
    const other = await kit.rules.create({ ...input, name: "another" });
    expect(await people(await push(other.id))).toEqual([
      "suppressed: frequency_cap",
      "accepted",
      "suppressed: frequency_cap",
    ]);
    expect(addressesOf(channel.calls[1]?.batch)).toEqual(["wm_1"]);
  });

  test("all refused make a rejected batch", async () => {
    const { channel, push, people, batches, kit } = await pushRig({ people: 2 });
    channel.steps.push(accept({ wm_0: "not_a_friend", wm_1: "not_a_friend" }));
    const id = await push();
    expect(await people()).toEqual(["failed: not_a_friend", "failed: not_a_friend"]);
    expect(await batches()).toMatchObject([{ state: "rejected", reason: "all_refused" }]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed_with_errors" });
  });

  test("put off go out later, in a batch of their own with a marker of its own", async () => {
    const { channel, push, after, people, batches, clock, kit } = await pushRig({ people: 4 });
    const later = clock.now() + 2 * HOUR;
    channel.steps.push(({ make }) => [
      { kind: "accepted", providerMessageId: make() },
      { kind: "deferred", notBefore: later - 1 },
      { kind: "refused", reason: "not_a_friend" },
      { kind: "deferred", notBefore: later },
    ]);
    const id = await push();
    expect(await people()).toEqual(["accepted", "in_batch: deferred", "failed: not_a_friend", "in_batch: deferred"]);
    const [first, second] = await batches();
    expect(second).toMatchObject({ state: "pending", number: 2, size: 2, notBefore: later });
    expect(second?.marker).not.toBe(first?.marker);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "running" });
    await after(2 * HOUR - 1);
    expect(channel.calls).toHaveLength(1);
    await after(1);
    expect(addressesOf(channel.calls[1]?.batch)).toEqual(["wm_1", "wm_3"]);
    expect(await people()).toEqual(["delivered", "accepted", "failed: not_a_friend", "accepted"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
  });

  test("all put off keep their batch, which is no error", async () => {
    const { channel, push, after, people, batches, attempts, clock, kit } = await pushRig();
    channel.steps.push(() => [
      { kind: "deferred", notBefore: clock.now() + HOUR },
      { kind: "refused", reason: "not_a_friend" },
      { kind: "deferred", notBefore: clock.now() + HOUR },
    ]);
    const id = await push();
    expect(await batches()).toMatchObject([{ state: "pending", reason: "deferred", notBefore: clock.now() + HOUR }]);
    expect(await people()).toEqual(["in_batch", "failed: not_a_friend", "in_batch"]);
    await after(HOUR);
    expect(addressesOf(channel.calls[1]?.batch)).toEqual(["wm_0", "wm_2"]);
    expect(await attempts()).toEqual(["DEFER", "OK"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
  });

  test("who are strangers to the call raise an alarm that names them apart from its text", async () => {
    const { channel, push, batches, kit } = await pushRig();
    channel.steps.push((call) => {
      const detail = "1 id in fail_list is not ours";
      call.options.onWarning?.({ code: "batch.unknown_recipient", detail, addresses: ["wm_x"] });
      return accept()(call);
    });
    await push();
    expect(await batches()).toMatchObject([
      { state: "accepted", warnings: ["batch.unknown_recipient: 1 id in fail_list is not ours"] },
    ]);
    expect((await kit.alarms.list()).items).toMatchObject([
      { code: "batch.unknown_recipient", detail: "1 id in fail_list is not ours", addresses: ["wm_x"] },
    ]);
  });
});

describe("an error of our own before the intent", () => {
  test("ends the batch as dead the third time, with an alarm; it expires in the end", async () => {
    const { channel, push, after, batches, people, alarms, attempts, kit } = await pushRig();
    channel.onPrepare = () => Promise.reject(new TypeError("bug"));
    const id = await push();
    expect(await batches()).toMatchObject([{ state: "pending", reason: "bug", faults: 1 }]);
    await after(MINUTE);
    await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "dead", faults: 3 }]);
    expect(await alarms()).toEqual(["channel.exception", "batch.dead"]);
    await after(HOUR);
    expect([await attempts(), channel.calls]).toEqual([[], []]);
    expect(await people()).toEqual(["in_batch", "in_batch", "in_batch"]);
    await after(DAY);
    expect(await people()).toEqual(Array(3).fill("expired: expired"));
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed_with_errors" });
  });

  test("is forgotten with the first intent", async () => {
    const { channel, push, after, batches } = await pushRig();
    let calls = 0;
    channel.onPrepare = () => {
      calls += 1;
      if (calls <= 2 || calls === 4) throw new TypeError("bug");
    };
    channel.steps.push(fail("NOT_SENT"));
    await push();
    for (let n = 0; n < 5; n += 1) await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(calls).toBe(5);
  });

  test.each([
    ["a provider out of reach", () => failure("NOT_SENT")],
    ["a missing permission", () => failure("CONFIG")],
    ["a store under load", () => new StorageError("storage.busy", "locked", { retryable: true })],
  ])("is not what %s is, however often", async (_, error) => {
    const { channel, push, after, batches, attempts } = await pushRig();
    channel.onPrepare = () => Promise.reject(error());
    await push();
    for (let n = 0; n < 5; n += 1) await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "pending", faults: 0 }]);
    channel.onPrepare = () => {
      channel.onPrepare = undefined;
      throw new TypeError("bug");
    };
    await after(MINUTE);
    await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(await attempts()).toEqual(["OK"]);
  });

  test("is a message that would say something else than its first attempt", async () => {
    const { channel, push, after, batches, stores } = await pushRig({
      rule: { content: { text: "{{merchant_name}}" } },
    });
    channel.steps.push(fail("NOT_SENT"));
    await push();
    await stores.tenants.update(1, { name: "renamed" });
    for (let n = 0; n < 4; n += 1) await after(MINUTE);
    expect(channel.calls).toHaveLength(1);
    expect(await batches()).toMatchObject([{ state: "dead", reason: "batch.content-changed" }]);
  });

  test("is a missing channel too, but one that waits", async () => {
    const { open, clock, tick, batches, alarms, kit, ruleId } = await pushRig();
    const other = open({ channels: async () => [] });
    const { id } = await kit.occurrences.runNow(ruleId);
    await tick(other);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "snapshotting" });
    await clock.advance(MINUTE);
    await tick();
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    expect([await alarms(), (await batches()).length]).toEqual([[], 1]);
  });
});

describe("right before a call", () => {
  test("a rule that was paused meanwhile closes the gate until it is active again", async () => {
    const { channel, push, after, kit, ruleId, batches, attempts } = await pushRig();
    channel.onPrepare = async () => {
      channel.onPrepare = undefined;
      await kit.rules.setStatus(ruleId, "paused");
    };
    await push();
    expect(await batches()).toMatchObject([{ state: "pending", reason: "gate_closed", leaseOwner: null }]);
    await after(HOUR);
    expect([channel.calls, await attempts()]).toEqual([[], []]);
    await kit.rules.setStatus(ruleId, "active");
    await after(0);
    expect(await batches()).toMatchObject([{ state: "accepted", reason: null }]);
  });

  test("an occurrence that expired meanwhile sends nothing any more", async () => {
    const { channel, push, after, clock, people } = await pushRig({ rule: { expireAfterMs: MINUTE } });
    channel.onPrepare = () => clock.advance(MINUTE);
    await push();
    await after(0);
    expect(channel.calls).toEqual([]);
    expect(await people()).toEqual(Array(3).fill("expired: expired"));
  });

  test("people whom a cap forbids meanwhile leave the batch; when nobody is left it is cancelled", async () => {
    const { channel, kit, ruleId, input, tick, people, batches } = await pushRig({ people: 2 });
    const other = await kit.rules.create({ ...input, name: "another" });
    const first = await kit.occurrences.runNow(ruleId);
    const second = await kit.occurrences.runNow(other.id);
    await tick();
    expect(channel.calls).toHaveLength(1);
    const states = [await people(first.id), await people(second.id)];
    expect(states).toContainEqual(["accepted", "accepted"]);
    expect(states).toContainEqual(["suppressed: frequency_cap", "suppressed: frequency_cap"]);
    expect((await batches()).map(({ state, reason }) => [state, reason])).toContainEqual(["cancelled", "nobody_left"]);
    expect(await kit.occurrences.status(second.id)).toMatchObject({ state: "completed" });
  });

  test("caps do not concern transactional messages, nor anybody when they are off", async () => {
    const transactional = await pushRig({ rule: { messageClass: "transactional" } });
    await transactional.push();
    await transactional.push();
    expect(transactional.channel.calls).toHaveLength(2);
    const off = await pushRig({ caps: "off" });
    await off.push();
    await off.push();
    expect(off.channel.calls).toHaveLength(2);
  });
});
