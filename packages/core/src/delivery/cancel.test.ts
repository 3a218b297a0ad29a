import { describe, expect, test } from "vitest";
import { ChannelError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import { breathe, gate, pushRig } from "../testing/push-rig.js";

const refused = () => new ChannelError("channel.unavailable", "no", { channel: "scripted", effect: "UNKNOWN" });

describe("cancelling an occurrence", () => {
  test("that only waits leaves nothing to send", async () => {
    const rig = await pushRig({ people: 5, maxBatchSize: 2, rule: { batchPauseMs: 60_000 } });
    const id = await rig.push();
    expect(rig.channel.calls).toHaveLength(1);
    const { occurrence } = await rig.kit.occurrences.cancel(id, { tasks: false });
    expect(occurrence).toMatchObject({
      state: "cancelled",
      reason: "operator",
      batches: { accepted: 1, cancelled: 2 },
    });
    expect(occurrence.deliveries).toEqual({ accepted: 2, cancelled: 3 });
    await rig.after(600_000);
    expect(rig.channel.calls).toHaveLength(1);
    expect((await rig.kit.occurrences.status(id)).finishedAt).not.toBeNull();
  });

  test("before its snapshot makes no deliveries", async () => {
    const rig = await pushRig();
    const { id } = await rig.kit.occurrences.runNow(rig.ruleId);
    await rig.kit.occurrences.cancel(id);
    await rig.tick();
    expect(await rig.people()).toEqual([]);
    expect((await rig.kit.occurrences.status(id)).state).toBe("cancelled");
  });

  test("gives back what its batches took from the caps", async () => {
    const rig = await pushRig({ people: 2, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
    await rig.kit.occurrences.cancel(await rig.push());
    await rig.push();
    await rig.after(60_000);
    expect(await rig.people(2)).toEqual(["suppressed: frequency_cap", "accepted"]);
  });

  test("calls off tasks that staff have not confirmed", async () => {
    const rig = await pushRig({ people: 3, maxBatchSize: 2 });
    const id = await rig.push();
    expect((await rig.kit.occurrences.status(id)).state).toBe("completed");
    const { occurrence, tasks } = await rig.kit.occurrences.cancel(id);
    expect(tasks).toEqual({ done: 2, failed: [] });
    expect(rig.channel.cancelled).toEqual(["m1", "m2"]);
    expect(occurrence).toMatchObject({ state: "completed", deliveries: { not_delivered: 3 } });
    expect(await rig.people()).toEqual(Array(3).fill("not_delivered: cancelled"));
    await expect(rig.kit.occurrences.cancel(id)).rejects.toMatchObject({ code: "occurrence.finished" });
  });

  test("believes a report that a message went out before its task was called off", async () => {
    const rig = await pushRig({ people: 1 });
    await rig.kit.occurrences.cancel(await rig.push());
    await rig.after(60_000);
    expect(await rig.people()).toEqual(["delivered"]);
  });

  test("tells tasks that can't be called off, and tries them again", async () => {
    const rig = await pushRig({ people: 1 });
    const id = await rig.push();
    rig.channel.onCancel = () => {
      throw refused();
    };
    const first = await rig.kit.occurrences.cancel(id);
    expect(first.tasks).toEqual({ done: 0, failed: [{ batchId: 1, code: "channel.unavailable" }] });
    expect(await rig.people()).toEqual(["accepted"]);
    rig.channel.onCancel = undefined;
    expect((await rig.kit.occurrences.cancel(id)).tasks).toEqual({ done: 1, failed: [] });
  });

  test("lets a call that is under way end by itself", async () => {
    const rig = await pushRig({ people: 1 });
    const { passed, open } = gate();
    rig.channel.steps.push(async ({ batch, make }) => {
      await passed;
      const providerMessageId = make();
      return batch.recipients.map(() => ({ kind: "accepted" as const, providerMessageId }));
    });
    const { id } = await rig.kit.occurrences.runNow(rig.ruleId);
    const sending = rig.kit.tick();
    await breathe();
    expect((await rig.batches())[0]?.state).toBe("dispatching");
    await rig.kit.occurrences.cancel(id);
    open();
    await sending;
    expect(await rig.people()).toEqual(["accepted"]);
    expect((await rig.kit.occurrences.cancel(id)).tasks.done).toBe(1);
  });

  test("is finished by the sweep when it was cut off", async () => {
    const rig = await pushRig({ people: 3, maxBatchSize: 1, rule: { batchPauseMs: 60_000 } });
    const id = await rig.push();
    const stores: Stores = {
      ...rig.stores,
      batches: { ...rig.stores.batches, list: () => Promise.reject(new Error("killed")) },
    };
    const doomed = rig.open({ stores } as Parameters<typeof rig.open>[0]);
    await expect(doomed.occurrences.cancel(id)).rejects.toThrow("killed");
    expect((await rig.batches()).map(({ state }) => state)).toEqual(["accepted", "pending", "pending"]);
    await rig.tick();
    expect((await rig.batches()).map(({ state }) => state)).toEqual(["accepted", "cancelled", "cancelled"]);
    expect((await rig.kit.occurrences.status(id)).finishedAt).not.toBeNull();
  });

  test("of another tenant finds nothing", async () => {
    const rig = await pushRig();
    const id = await rig.push();
    const other = await rig.stores.tenants.insert({ name: "x", timeZone: "UTC", currency: "CNY", createdAt: 0 });
    const foreign = rig.kit.forTenant(other.id).occurrences;
    await expect(foreign.cancel(id)).rejects.toMatchObject({ code: "occurrence.not-found" });
    await expect(foreign.remind(id)).rejects.toMatchObject({ code: "occurrence.not-found" });
    expect(rig.channel.cancelled).toEqual([]);
  });
});

describe("reminding staff", () => {
  test("nudges every task that somebody waits for", async () => {
    const rig = await pushRig({ people: 2, maxBatchSize: 1 });
    const reminded: string[] = [];
    Object.assign(rig.channel, {
      remind: async (id: string) => {
        if (id === "m2") throw new ChannelError("channel.throttled", "no", { channel: "x", effect: "RATE_LIMITED" });
        reminded.push(id);
      },
    });
    const id = await rig.push();
    expect(await rig.kit.occurrences.remind(id)).toEqual({
      done: 1,
      failed: [{ batchId: 2, code: "channel.throttled" }],
    });
    expect(reminded).toEqual(["m1"]);
  });

  test("needs a channel that can, and somebody who waits", async () => {
    const rig = await pushRig({ people: 1 });
    const id = await rig.push();
    expect(await rig.kit.occurrences.remind(id)).toEqual({
      done: 0,
      failed: [{ batchId: 1, code: "channel.remind-unavailable" }],
    });
    await rig.after(60_000);
    await expect(rig.kit.occurrences.remind(id)).rejects.toMatchObject({ code: "occurrence.nothing-waiting" });
  });
});
