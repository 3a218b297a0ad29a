import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, pushRig, START } from "../testing/push-rig.js";

const monday = [{ weekday: 1 as const, time: "11:00" }];

describe("planning", () => {
  test("writes each slot once, however many workers look", async () => {
    const { kit, open, clock, channel, expectPlanned } = await rig({ caps: "off" });
    await clock.advance(HOUR);
    const results = await Promise.all([kit, open(), open()].map((worker) => worker.tick()));
    expect(results.reduce((sum, { planned }) => sum + planned, 0)).toBe(1);
    await expectPlanned(["2026-06-01T11:00 completed"]);
    expect(channel.calls).toHaveLength(1);
  });

  test("takes on any number of rules in one pass", async () => {
    const { kit, clock, input } = await rig({ people: 0 });
    for (let n = 0; n < 205; n += 1) await kit.rules.create({ ...input, name: `rule ${n}` });
    await clock.advance(HOUR);
    expect(await kit.tick()).toMatchObject({ planned: 206, snapshots: 206 });
  });

  test("runs what is late within the rule's catch-up window, to the millisecond", async () => {
    for (const late of [10_000, 10_001]) {
      const { clock, tick, expectPlanned, alarms } = await rig({ rule: { catchUpMs: 10_000 } });
      await clock.advance(HOUR + late);
      await tick();
      await expectPlanned([`2026-06-01T11:00 ${late === 10_000 ? "completed" : "missed_catch_up"}`]);
      expect(await alarms()).toEqual(late === 10_000 ? [] : ["missed"]);
    }
  });

  test("records every slot that was passed over, in order, and goes on with the next", async () => {
    const { clock, tick, expectPlanned, kit, ruleId } = await rig();
    await clock.advance(15 * DAY);
    await tick();
    await expectPlanned(
      [
        "2026-06-01T11:00 missed_catch_up",
        "2026-06-08T11:00 missed_catch_up",
        "2026-06-15T11:00 missed_catch_up",
      ].slice(0, 3),
    );
    expect(await kit.rules.get(ruleId)).toMatchObject({ nextDueAt: START + HOUR + 21 * DAY });
  });

  test("knows no slot before the rule was made, nor after its last day", async () => {
    const { clock, kit, input, tick } = await rig({ people: 0 });
    await clock.advance(2 * HOUR);
    const late = await kit.rules.create({ ...input, name: "late", validTo: "2026-06-08" });
    for (let n = 0; n < 5; n += 1) {
      await clock.advance(7 * DAY);
      await tick();
    }
    const { items } = await kit.occurrences.list({ ruleId: late.id });
    expect(items.map(({ nominal }) => nominal)).toEqual(["2026-06-08T11:00"]);
    expect(await kit.rules.get(late.id)).toMatchObject({ nextDueAt: null });
  });

  test("uses the zone of the tenant unless the rule has its own, and keeps it with the occurrence", async () => {
    const { clock, kit, stores, input, tick } = await rig({ people: 0 });
    const { id } = await stores.tenants.insert({
      name: "ny",
      timeZone: "America/New_York",
      currency: "USD",
      createdAt: 0,
    });
    await kit.forTenant(id).rules.create(input);
    await kit.forTenant(id).rules.create({ ...input, name: "own", timeZone: "Europe/London" });
    for (let n = 0; n < 24; n += 1) {
      await clock.advance(HOUR);
      await tick();
    }
    const { items } = await kit.forTenant(id).occurrences.list();
    expect(
      items.map(({ timeZone, dueAt, nominal }) => [timeZone, new Date(dueAt).toISOString().slice(11, 16), nominal]),
    ).toEqual([
      ["Europe/London", "10:00", "2026-06-01T11:00"],
      ["America/New_York", "15:00", "2026-06-01T11:00"],
    ]);
  });

  test("tells listeners, and one that throws disturbs nobody", async () => {
    const events: string[] = [];
    const { kit, clock, tick } = await rig();
    kit.on(() => {
      throw new Error("listener");
    });
    const stop = kit.on((event) => events.push(event.type === "occurrence" ? event.state : event.type));
    await clock.advance(HOUR);
    await tick();
    await clock.advance(MINUTE);
    await tick();
    expect(events).toEqual(["planned", "snapshotting", "snapshot", "running", "batch", "completed", "results"]);
    stop();
    await clock.advance(7 * DAY);
    await tick();
    expect(events).toHaveLength(7);
  });
});

/** The push rig with a rule for Mondays at 11:00. */
async function rig(options: Parameters<typeof pushRig>[0] = {}) {
  const made = await pushRig({ ...options, rule: { slots: monday, ...options.rule } });
  const expectPlanned = async (lines: readonly string[]) => {
    const { items } = await made.kit.occurrences.list({ limit: 200 });
    expect(items.map(({ nominal, state, reason }) => `${nominal} ${reason ?? state}`)).toEqual(lines);
  };
  return { ...made, expectPlanned };
}
