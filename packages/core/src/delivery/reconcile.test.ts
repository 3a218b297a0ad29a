import { describe, expect, test } from "vitest";
import type { Clock } from "../clock.js";
import { accept, breathe, DAY, fail, failure, gate, HOUR, lose, MINUTE, pushRig } from "../testing/push-rig.js";

const SECOND = 1000;

describe("an answer that is lost", () => {
  test("makes the outcome unknown, which is looked up after 15 seconds and found", async () => {
    const { channel, push, after, batches, people, attempts, lookUps, kit } = await pushRig();
    channel.steps.push(lose(true));
    const id = await push();
    expect(await batches()).toMatchObject([{ state: "unknown", attempts: 1 }]);
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "running" });
    await after(15 * SECOND - 1);
    expect(channel.lookUps).toEqual([]);
    await after(1);
    expect(channel.lookUps).toEqual([channel.calls[0]?.batch.marker]);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1", resends: 0 }]);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect(await attempts()).toEqual(["UNKNOWN"]);
    expect(await lookUps()).toEqual([["OK", '{"found":1}']]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    await after(MINUTE);
    expect(await people()).toEqual(["delivered", "delivered", "delivered"]);
    expect(channel.calls).toHaveLength(1);
  });

  test("is not followed by a second call before the settle window is over", async () => {
    const { channel, push, after, batches, people } = await pushRig();
    channel.steps.push(lose(false));
    await push();
    for (const wait of [15 * SECOND, 45 * SECOND, 4 * MINUTE]) {
      await after(wait);
      expect(await batches()).toMatchObject([{ state: "unknown" }]);
    }
    await after(5 * MINUTE - 1);
    expect([channel.calls.length, channel.lookUps.length]).toEqual([1, 3]);
    await after(1);
    expect(await batches()).toMatchObject([{ state: "pending", resends: 1, number: 1 }]);
    expect(await people()).toEqual(["in_batch", "in_batch", "in_batch"]);
    await after(0);
    expect(await batches()).toMatchObject([{ state: "accepted", attempts: 2 }]);
    expect(new Set(channel.calls.map(({ batch }) => batch.marker)).size).toBe(1);
    expect(channel.made).toHaveLength(1);
  });

  test("may turn up at the provider late, and is found then", async () => {
    const { channel, push, after, batches } = await pushRig();
    channel.steps.push(lose(false));
    await push();
    await after(MINUTE);
    channel.calls[0]?.make();
    await after(4 * MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1" }]);
    expect(channel.calls).toHaveLength(1);
  });

  test.each([
    ["a time-out after the write", lose(true)],
    ["a busy provider", fail("BUSY")],
    ["an error without proof", fail("UNKNOWN")],
    [
      "an exception of the channel",
      () => {
        throw new TypeError("bug");
      },
    ],
    ["fewer outcomes than people", () => []],
  ])("is what %s comes to", async (_, step) => {
    const { channel, push, batches, people } = await pushRig();
    channel.steps.push(step);
    await push();
    expect(await batches()).toMatchObject([{ state: "unknown" }]);
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
  });

  test("makes everybody of the batch unknown, also whom the answer names", async () => {
    const { channel, push, people } = await pushRig();
    channel.steps.push(({ make }) => [
      { kind: "accepted", providerMessageId: make() },
      { kind: "unknown", reason: "cut" },
      { kind: "refused", reason: "not_a_friend" },
    ]);
    await push();
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
  });

  test("counts against the caps until it is known that nothing was sent", async () => {
    const { channel, push, after, people, kit, input } = await pushRig();
    channel.steps.push(lose(false), fail("REQUEST"));
    await push();
    const other = await kit.rules.create({ ...input, name: "another" });
    expect(await people(await push(other.id))).toEqual(Array(3).fill("suppressed: frequency_cap"));
    await after(10 * MINUTE);
    await after(0);
    expect(await people()).toContain("failed: request_rejected");
    expect(await people(await push(other.id))).toEqual(Array(3).fill("accepted"));
  });
});

describe("two messages with one marker", () => {
  test("raise an alarm, and the younger is called off", async () => {
    const { channel, push, after, batches, alarms } = await pushRig();
    channel.steps.push(({ make, batch }) => {
      make();
      make();
      return batch.recipients.map(() => ({ kind: "unknown", reason: "reset" }));
    });
    await push();
    await after(15 * SECOND);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1" }]);
    expect(await alarms()).toEqual(["duplicate_detected"]);
    expect(channel.cancelled).toEqual(["m2"]);
  });

  test("are settled although calling off fails", async () => {
    const { channel, push, after, batches, alarms, people } = await pushRig();
    channel.onCancel = () => {
      throw failure("NOT_SENT");
    };
    channel.steps.push(({ make, batch }) => {
      make();
      make();
      return batch.recipients.map(() => ({ kind: "unknown", reason: "reset" }));
    });
    await push();
    await after(15 * SECOND);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect(await alarms()).toEqual(["duplicate_detected"]);
  });
});

describe("a person decides", () => {
  test.each([
    ["fail with proof", () => Promise.reject(failure("NOT_SENT"))],
    ["throw anything", () => Promise.reject(new TypeError("bug"))],
  ])("when all seven look-ups %s", async (_, onLookUp) => {
    const { clock, channel, push, after, batches, people, alarms, kit } = await pushRig();
    channel.onLookUp = onLookUp;
    channel.steps.push(lose(true));
    const id = await push();
    const startedAt = clock.now();
    for (const at of [15 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR]) {
      await after(startedAt + at - clock.now());
    }
    expect(await batches()).toMatchObject([{ state: "unknown", lookUps: 6 }]);
    await after(18 * HOUR);
    expect(channel.lookUps).toHaveLength(7);
    const rows = (await kit.attempts.list({ kind: "lookup" })).items;
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(rows.every(({ class: effect, endedAt }) => effect !== "OK" && endedAt !== null)).toBe(true);
    expect(await batches()).toMatchObject([{ state: "needs_review" }]);
    expect(await people()).toEqual(["needs_review", "needs_review", "needs_review"]);
    expect(await alarms()).toEqual(["batch.needs_review", "push.blocked-on-review"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "running", blockedOnReview: true });
    await after(7 * DAY);
    expect([channel.calls.length, channel.lookUps.length]).toEqual([1, 7]);
  });

  test("after three resends that were lost without a trace", async () => {
    const { channel, push, after, batches } = await pushRig({ rule: { expireAfterMs: 7 * DAY } });
    channel.steps.push(...Array.from({ length: 9 }, () => lose(false)));
    await push();
    for (let n = 0; n < 5; n += 1) {
      await after(10 * MINUTE);
      await after(0);
    }
    expect(channel.calls).toHaveLength(4);
    for (let n = 0; n < 6; n += 1) await after(DAY);
    expect(channel.calls).toHaveLength(4);
    expect(await batches()).toMatchObject([{ state: "needs_review", resends: 3 }]);
  });

  test("at once where the content cannot be found again, unless the rule says resend", async () => {
    const held = await pushRig();
    held.channel.capabilityNow = "none";
    held.channel.steps.push(lose(false));
    await held.push();
    await held.after(15 * SECOND);
    expect(await held.batches()).toMatchObject([{ state: "needs_review" }]);
    expect([held.channel.calls.length, held.channel.lookUps.length]).toEqual([1, 0]);

    const again = await pushRig({ rule: { onUnknown: "resend" } });
    again.channel.capabilityNow = "none";
    again.channel.steps.push(lose(false));
    await again.push();
    await again.after(15 * SECOND);
    await again.after(0);
    expect(await again.batches()).toMatchObject([{ state: "accepted", resends: 1 }]);
  });

  test("about what is still unknown when the occurrence expires; it is not sent again", async () => {
    const { channel, push, after, batches } = await pushRig({ rule: { expireAfterMs: 5 * MINUTE } });
    channel.steps.push(lose(false));
    await push();
    for (let n = 0; n < 9; n += 1) await after(n < 2 ? 10 * MINUTE : DAY);
    expect(channel.calls).toHaveLength(1);
    expect(await batches()).toMatchObject([{ state: "needs_review" }]);
  });
});

describe("a channel that is away", () => {
  test("is waited for, and what it could find is not sent blindly", async () => {
    const { channel, push, clock, batches, open, tick } = await pushRig({ rule: { onUnknown: "resend" } });
    channel.steps.push(lose(true));
    await push();
    await clock.advance(15 * SECOND);
    await tick(open({ channels: [] }));
    expect(await batches()).toMatchObject([{ state: "unknown", lookUps: 1 }]);
    await clock.advance(MINUTE);
    await tick();
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(channel.calls).toHaveLength(1);
  });
});

test("a keyed channel drops the repeat itself, so nothing is looked up", async () => {
  const { channel, push, after, batches } = await pushRig();
  channel.capabilityNow = "keyed";
  channel.steps.push(lose(true), accept());
  await push();
  await after(15 * SECOND);
  await after(0);
  expect(channel.lookUps).toEqual([]);
  expect(channel.calls.map(({ batch }) => batch.marker)).toEqual(Array(2).fill(channel.calls[0]?.batch.marker));
  expect(await batches()).toMatchObject([{ state: "accepted" }]);
});

test("a repeat says since when the message may be there, whichever process makes it", async () => {
  const { channel, push, clock, tick, open } = await pushRig({
    timings: { reconcileScheduleMs: [15 * SECOND, MINUTE, 5 * MINUTE] },
  });
  channel.capabilityNow = "keyed";
  channel.steps.push(fail("NOT_SENT"), lose(true), lose(false), accept());
  await push();
  await clock.advance(30 * SECOND);
  const first = clock.now();
  await tick();
  for (let n = 0; n < 2; n += 1) {
    await clock.advance(5 * MINUTE);
    await tick(open());
  }
  const since = channel.calls.map(({ batch }) => batch.mayBeSentSince);
  expect(since).toEqual([undefined, undefined, first, first]);
});

test("a look-up that outlives its lease changes nothing", async () => {
  const { channel, push, clock, batches, tick, open } = await pushRig();
  channel.steps.push(lose(true));
  await push();
  await clock.advance(15 * SECOND);
  const slow = gate();
  channel.onLookUp = () => slow.passed;
  // A process whose heart has stopped.
  const still: Clock = {
    ...clock,
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
  };
  const stuck = open({ clock: still }).tick();
  await breathe();
  channel.onLookUp = undefined;
  await clock.advance(MINUTE);
  await tick();
  expect(await batches()).toMatchObject([{ state: "accepted", leaseEpoch: 3 }]);
  slow.open();
  await stuck;
  expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1", leaseEpoch: 3 }]);
});
