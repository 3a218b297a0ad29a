import { describe, expect, test } from "vitest";
import type { Stores } from "../ports/stores.js";
import { accept, breathe, DAY, failure, gate, HOUR, lose, MINUTE, pushRig, START } from "../testing/push-rig.js";

const everyMonday = { slots: [{ weekday: 1 as const, time: "11:00" }] };

describe("an occurrence begins", () => {
  test("at its time, never before, and takes its audience then", async () => {
    const { after, kit, ruleId, batches, clock } = await pushRig({ rule: everyMonday });
    await after(HOUR - 1);
    expect((await kit.occurrences.list()).items).toEqual([]);
    await kit.customers.upsert([{ externalKey: "last", externalUserId: "wm_last" }]);
    await after(1);
    expect(await kit.occurrences.latest(ruleId)).toMatchObject({
      kind: "slot",
      nominal: "2026-06-01T11:00",
      dueAt: START + HOUR,
      startedAt: clock.now(),
      asOf: clock.now(),
      audienceSize: 4,
      expiresAt: START + HOUR + DAY,
    });
    expect(await batches()).toMatchObject([{ size: 4 }]);
  });

  test("unless it was planned in time but nobody came to it within the catch-up window", async () => {
    const { clock, kit, stores, open, tick, channel, alarms } = await pushRig({ rule: everyMonday });
    await clock.advance(HOUR);
    const claim = () => Promise.resolve([]);
    await open({
      stores: {
        ...stores,
        transaction: (work) => stores.transaction((tx) => work({ ...tx, occurrences: { ...tx.occurrences, claim } })),
      } as Stores,
    }).tick();
    expect((await kit.occurrences.list()).items).toMatchObject([{ state: "planned" }]);
    await clock.advance(HOUR + 1);
    await tick();
    expect((await kit.occurrences.list()).items).toMatchObject([{ state: "skipped", reason: "missed_catch_up" }]);
    expect(await alarms()).toEqual(["missed"]);
    expect(channel.calls).toEqual([]);
  });

  test("not while an earlier one of its rule still sends, unless overlaps are allowed", async () => {
    for (const overlap of ["skip", "allow"] as const) {
      const { channel, push, after, kit } = await pushRig({ caps: "off", rule: { ...everyMonday, overlap } });
      // Its look-ups fail, so that it stays open for hours while the channel works.
      channel.steps.push(lose(false));
      channel.onLookUp = () => {
        throw failure("NOT_SENT");
      };
      await push();
      await after(HOUR);
      const states = (await kit.occurrences.list()).items.map(({ state, reason }) => reason ?? state);
      expect(states).toEqual(["running", overlap === "skip" ? "overlap" : "completed"]);
    }
  });

  test("although an earlier one waits for a person to decide", async () => {
    const { channel, push, after, kit } = await pushRig({ rule: { slots: [{ weekday: 3, time: "11:00" }] } });
    channel.capabilityNow = "none";
    channel.steps.push(lose(false));
    await push();
    await after(15_000);
    await after(2 * DAY + HOUR - 15_000);
    expect((await kit.occurrences.list()).items.map(({ state }) => state)).toEqual(["running", "completed"]);
  });

  test("not for a rule that has been deleted or paused meanwhile; one ordered by hand is held instead", async () => {
    const { kit, ruleId, clock, tick, stores } = await pushRig({ rule: everyMonday });
    await clock.advance(HOUR);
    const ordered = await kit.occurrences.runNow(ruleId);
    await kit.rules.setStatus(ruleId, "paused");
    const [, slot] = (await kit.occurrences.list()).items;
    expect(slot).toMatchObject({ kind: "slot", state: "planned" });
    await tick();
    expect(await stores.occurrences.get(1, slot?.id ?? 0)).toMatchObject({ state: "skipped", reason: "paused" });
    expect(await kit.occurrences.status(ordered.id)).toMatchObject({ state: "paused", batches: { pending: 1 } });
    await kit.rules.delete(ruleId);
    await clock.advance(DAY);
    await tick();
    expect(await kit.occurrences.status(ordered.id)).toMatchObject({
      state: "cancelled",
      reason: "rule_deleted",
      deliveries: { cancelled: 3 },
    });
  });
});

describe("a snapshot", () => {
  test("goes on where a dead worker left it, and counts everybody once", async () => {
    const { stores, kit, ruleId, open, clock, tick, channel } = await pushRig({ people: 2500, maxBatchSize: 700 });
    const { id } = await kit.occurrences.runNow(ruleId);
    for (let nth = 1; nth <= 12; nth += 1) {
      let left = nth;
      const dying: Stores["transaction"] = (work) => {
        left -= 1;
        if (left < 0) return Promise.reject(new Error("the process is gone"));
        return stores.transaction((tx) => work(tx as Stores & typeof tx));
      };
      await open({ stores: { ...stores, transaction: dying } })
        .tick()
        .catch(() => {});
      await clock.advance(MINUTE);
    }
    await tick();
    expect(await kit.occurrences.status(id)).toMatchObject({
      state: "completed",
      audienceSize: 2500,
      batches: { accepted: 4 },
    });
    const sent = channel.made.flatMap(({ addresses }) => addresses);
    expect([sent.length, new Set(sent).size]).toEqual([2500, 2500]);
  });

  test("takes people without an address into account", async () => {
    const { kit, push, people } = await pushRig({ people: 1 });
    await kit.customers.upsert([{ externalKey: "mute", mobile: "+8613800138000" }]);
    const id = await push();
    expect(await people()).toEqual(["accepted", "suppressed: no_address"]);
    expect(await kit.occurrences.status(id)).toMatchObject({ audienceSize: 2, state: "completed" });
  });

  test("that fails holds up nobody else, and is tried again when its lease is over", async () => {
    const { kit, input, ruleId, tick, after, channel } = await pushRig();
    const lost = await kit.rules.create({ ...input, name: "lost", channel: "nowhere" });
    const first = await kit.occurrences.runNow(lost.id);
    const second = await kit.occurrences.runNow(ruleId);
    await tick();
    expect(channel.calls).toHaveLength(1);
    expect(await kit.occurrences.status(second.id)).toMatchObject({ state: "completed" });
    expect(await kit.occurrences.status(first.id)).toMatchObject({ state: "snapshotting", leaseEpoch: 1 });
    await after(MINUTE);
    expect(await kit.occurrences.status(first.id)).toMatchObject({ state: "snapshotting", leaseEpoch: 2 });
  });
});

describe("a rule that is paused while it sends", () => {
  async function pausedAfterOneBatch() {
    const rig = await pushRig({ people: 3, maxBatchSize: 1, concurrency: 1 });
    const answer = gate();
    rig.channel.steps.push(async (call) => {
      await answer.passed;
      return accept()(call);
    });
    const { id } = await rig.kit.occurrences.runNow(rig.ruleId);
    const sending = rig.tick();
    await breathe();
    await rig.kit.rules.setStatus(rig.ruleId, "paused");
    answer.open();
    await sending;
    return { ...rig, id };
  }

  test("holds its occurrence before the next batch, and goes on when active again", async () => {
    const { kit, id, ruleId, channel, after, people } = await pausedAfterOneBatch();
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "paused", batches: { accepted: 1, pending: 2 } });
    await after(HOUR);
    expect(channel.calls).toHaveLength(1);
    await kit.rules.setStatus(ruleId, "active");
    await after(0);
    expect(channel.calls).toHaveLength(3);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed" });
    expect(await people()).toEqual(["delivered", "accepted", "accepted"]);
  });

  test("lets what is held expire", async () => {
    const { kit, id, channel, after, people } = await pausedAfterOneBatch();
    await after(DAY - 1);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "paused" });
    await after(1);
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "completed_with_errors", reason: null });
    expect(await people()).toEqual(["delivered", "expired: expired", "expired: expired"]);
    expect(channel.calls).toHaveLength(1);
  });

  test("still gets the answers of calls under way, also lost ones", async () => {
    const { channel, kit, ruleId, push, after, people } = await pushRig();
    channel.steps.push(lose(true));
    await push();
    await kit.rules.setStatus(ruleId, "paused");
    await after(15_000);
    expect(await people()).toEqual(["accepted", "accepted", "accepted"]);
    expect((await kit.occurrences.list()).items).toMatchObject([{ state: "completed" }]);
  });
});

describe("a batch whose preparation lasts beyond the expiry", () => {
  test("ends right before its call, with its people, and counts against nobody's caps", async () => {
    const expireAfterMs = HOUR;
    const { kit, channel, push, clock, people, batches, input } = await pushRig({
      rule: { expireAfterMs },
      timings: { callDeadlineMs: 2 * expireAfterMs },
    });
    channel.onPrepare = () => clock.advance(expireAfterMs);
    const id = await push();
    expect(channel.calls).toEqual([]);
    expect(await batches()).toMatchObject([{ state: "expired", reason: "expired", leaseOwner: null }]);
    expect(new Set(await people(id))).toEqual(new Set(["expired: expired"]));
    expect((await kit.occurrences.status(id)).state).toBe("completed_with_errors");
    channel.onPrepare = undefined;
    const { id: other } = await kit.rules.create({ ...input, name: "another" });
    expect(new Set(await people(await push(other)))).toEqual(new Set(["accepted"]));
  });
});

describe("a run by hand", () => {
  test("with the id of an earlier request is that one, also when the rule is paused since", async () => {
    const { kit, ruleId, tick, channel } = await pushRig({ caps: "off" });
    const first = await kit.occurrences.runNow(ruleId, { requestId: "r1" });
    await tick();
    await kit.rules.setStatus(ruleId, "paused");
    expect((await kit.occurrences.runNow(ruleId, { requestId: "r1" })).id).toBe(first.id);
    await expect(kit.occurrences.runNow(ruleId, { requestId: "r2" })).rejects.toMatchObject({ code: "rule.paused" });
    await tick();
    expect(channel.calls).toHaveLength(1);
    expect((await kit.occurrences.list()).items).toHaveLength(1);
  });

  test("waits while 200 others have not begun, and a repeat of one of them does not", async () => {
    const { kit, ruleId, tick, channel } = await pushRig({ caps: "off", people: 1 });
    for (let n = 1; n <= 200; n += 1) await kit.occurrences.runNow(ruleId, { requestId: `r${n}` });
    const full = { code: "backlog.full", retryable: true };
    await expect(kit.occurrences.runNow(ruleId, { requestId: "r201" })).rejects.toMatchObject(full);
    await kit.occurrences.runNow(ruleId, { requestId: "r200" });
    await tick();
    await kit.occurrences.runNow(ruleId, { requestId: "r201" });
    await tick();
    expect(channel.calls).toHaveLength(201);
  });

  test("needs a rule that exists", async () => {
    const { kit, ruleId } = await pushRig();
    await kit.rules.delete(ruleId);
    await expect(kit.occurrences.runNow(ruleId)).rejects.toMatchObject({ code: "rule.not-found" });
    await expect(kit.occurrences.runNow(404)).rejects.toMatchObject({ code: "rule.not-found" });
    await expect(kit.occurrences.status(404)).rejects.toMatchObject({ code: "occurrence.not-found" });
  });

  test.each(["", "r".repeat(256)])("has an id that every engine can keep as a key", async (requestId) => {
    const { kit, ruleId } = await pushRig();
    await expect(kit.occurrences.runNow(ruleId, { requestId })).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: "requestId" }],
    });
  });
});
