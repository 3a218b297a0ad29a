import { describe, expect, test } from "vitest";
import type { Clock } from "../clock.js";
import { silentLogger } from "../logger.js";
import {
  accept,
  breathe,
  failure,
  gate,
  HOUR,
  lose,
  MINUTE,
  pushRig,
  type SendStep,
  START,
} from "../testing/push-rig.js";
import { addressesOf } from "../testing/recipients.js";

/** A worker whose pauses last until they are broken off never prolongs a lease: to the others it is dead. */
const dying = (clock: Clock): { readonly clock: Clock } => ({
  clock: {
    ...clock,
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
  },
});

describe("a worker that dies before its intent", () => {
  test("gives its batch back when the lease ends, and may not send afterwards", async () => {
    const { channel, kit, ruleId, clock, tick, open, batches, attempts } = await pushRig();
    const slow = gate();
    channel.onPrepare = () => slow.passed;
    await kit.occurrences.runNow(ruleId);
    const dead = open(dying(clock)).tick();
    await breathe();
    channel.onPrepare = undefined;
    await clock.advance(MINUTE - 1);
    await tick();
    expect(await batches()).toMatchObject([{ state: "leased", attempts: 0 }]);
    await clock.advance(1);
    await tick();
    expect(await batches()).toMatchObject([{ state: "accepted", attempts: 1 }]);
    slow.open();
    await dead;
    expect(channel.calls).toHaveLength(1);
    expect(await attempts()).toEqual(["OK"]);
    expect(await batches()).toMatchObject([{ state: "accepted", attempts: 1 }]);
  });
});

describe("a worker that dies during its call", () => {
  /** The first call hangs in a dead worker; its answer comes when `answer` is opened. */
  async function hanging(step: SendStep, people = 3) {
    const rig = await pushRig({ people });
    const answer = gate();
    rig.channel.steps.push(async (call) => {
      const outcomes = await step(call);
      await answer.passed;
      return outcomes;
    });
    const { id } = await rig.kit.occurrences.runNow(rig.ruleId);
    const dead = rig.open(dying(rig.clock)).tick();
    await breathe();
    const late = async () => {
      answer.open();
      await dead;
    };
    return { ...rig, id, late };
  }

  test("leaves an unknown outcome, which is looked up and found; its late answer adds a row", async () => {
    const { channel, after, batches, attempts, people, late } = await hanging(accept());
    await after(MINUTE - 1);
    expect(await batches()).toMatchObject([{ state: "dispatching" }]);
    await after(1);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1" }]);
    expect(await attempts()).toEqual(["UNKNOWN"]);
    await late();
    expect(await attempts()).toEqual(["UNKNOWN", "OK"]);
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect(channel.calls).toHaveLength(1);
  });

  test("is believed when its answer comes while the outcome is unknown", async () => {
    const { channel, after, batches, people, late, kit, id } = await hanging(accept({ wm_1: "not_a_friend" }));
    channel.onLookUp = () => Promise.reject(failure("NOT_SENT"));
    await after(MINUTE);
    expect(await batches()).toMatchObject([{ state: "unknown" }]);
    expect(await people()).toEqual(["unknown", "unknown", "unknown"]);
    await late();
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1", leaseOwner: null }]);
    expect(await people()).toEqual(["accepted", "failed: not_a_friend", "accepted"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    await after(HOUR);
    expect(await people()).toEqual(["delivered", "failed: not_a_friend", "delivered"]);
  });

  test("is believed also when a person was to decide", async () => {
    const { channel, after, batches, people, late, kit, id } = await hanging(({ make }) => [
      { kind: "accepted", providerMessageId: make() },
      { kind: "refused", reason: "not_a_friend" },
      { kind: "deferred", notBefore: 5 },
    ]);
    channel.onLookUp = () => Promise.reject(failure("NOT_SENT"));
    for (let n = 0; n < 8; n += 1) await after(24 * HOUR);
    expect(await batches()).toMatchObject([{ state: "needs_review" }]);
    await late();
    await breathe();
    expect(await people()).toEqual(["accepted", "failed: not_a_friend", "failed: deferred"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed", blockedOnReview: false });
  });

  test("puts off whom its late answer puts off", async () => {
    const { channel, after, batches, people, late } = await hanging(({ make }) => [
      { kind: "accepted", providerMessageId: make() },
      { kind: "deferred", notBefore: START + HOUR },
      { kind: "accepted", providerMessageId: "m1" },
    ]);
    channel.onLookUp = () => Promise.reject(failure("NOT_SENT"));
    await after(MINUTE);
    await late();
    expect(await people()).toEqual(["accepted", "in_batch: deferred", "accepted"]);
    expect(await batches()).toMatchObject([{ state: "accepted" }, { state: "pending", number: 2, size: 1 }]);
    await after(HOUR);
    expect(channel.calls.map(({ batch }) => addressesOf(batch))).toEqual([["wm_0", "wm_1", "wm_2"], ["wm_1"]]);
  });

  test("has no say once the batch has gone its own way; the row is there all the same", async () => {
    const { channel, after, batches, attempts, late } = await hanging(lose(false));
    channel.steps.push(accept());
    for (let n = 0; n < 3; n += 1) await after(10 * MINUTE);
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1", attempts: 2 }]);
    await late();
    expect(await batches()).toMatchObject([{ state: "accepted", providerMessageId: "m1", attempts: 2 }]);
    expect(await attempts()).toEqual(["UNKNOWN", "OK"]);
  });

  test("ends in a settled batch where the channel never reports", async () => {
    const { channel, after, batches, people, late } = await hanging(accept());
    Reflect.deleteProperty(channel, "results");
    channel.onLookUp = () => Promise.reject(failure("NOT_SENT"));
    await after(MINUTE);
    await late();
    expect(await batches()).toMatchObject([{ state: "accepted", settled: true }]);
    for (let n = 0; n < 5; n += 1) await after(24 * HOUR);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
  });
});

describe("a worker that is alive", () => {
  test("keeps its lease however long the call takes", async () => {
    const rig = await pushRig({ timings: { callDeadlineMs: HOUR } });
    const { channel, kit, ruleId, clock, tick, open, batches, attempts } = rig;
    const answer = gate();
    channel.steps.push(async (call) => {
      await answer.passed;
      return accept()(call);
    });
    await kit.occurrences.runNow(ruleId);
    const busy = open().tick();
    await breathe();
    for (let n = 0; n < 30; n += 1) {
      await clock.advance(10_000);
      await tick();
    }
    expect(await batches()).toMatchObject([{ state: "dispatching", attempts: 1 }]);
    answer.open();
    await busy;
    expect(await batches()).toMatchObject([{ state: "accepted", leaseOwner: null }]);
    expect(await attempts()).toEqual(["OK"]);
    expect(clock.sleeping).toBe(0);
  });

  test("says nothing about a heartbeat that fails, and finishes its call", async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (event: string) => warnings.push(event) };
    const { channel, kit, ruleId, clock, open, stores, batches } = await pushRig();
    channel.steps.push(async (call) => {
      await clock.advance(20_000);
      return accept()(call);
    });
    await kit.occurrences.runNow(ruleId);
    const renew = () => Promise.reject(new Error("away"));
    await open({ stores: { ...stores, batches: { ...stores.batches, renew } }, logger }).tick();
    expect(await batches()).toMatchObject([{ state: "accepted" }]);
    expect(warnings).toEqual(["batch.heartbeat_failed"]);
  });
});

test("two workers at once send every batch once", async () => {
  const { channel, kit, ruleId, open, batches } = await pushRig({ people: 40, maxBatchSize: 3 });
  await kit.occurrences.runNow(ruleId);
  await Promise.all([kit, open(), open(), open()].map((worker) => worker.tick()));
  expect(await batches()).toHaveLength(14);
  expect(channel.made.flatMap(({ addresses }) => addresses)).toHaveLength(40);
  expect(new Set(channel.made.flatMap(({ addresses }) => addresses)).size).toBe(40);
});
