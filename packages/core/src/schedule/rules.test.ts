import { describe, expect, test } from "vitest";
import { accept, breathe, DAY, fail, gate, HOUR, lose, MINUTE, pushRig, START } from "../testing/push-rig.js";

const daily = ([1, 2, 3, 4, 5, 6, 7] as const).map((weekday) => ({ weekday, time: "11:00" }));
const ELEVEN = START + HOUR;

describe("editing a rule", () => {
  test("writes a new version; occurrences that exist keep theirs", async () => {
    const { kit, ruleId, input, channel, tick } = await pushRig();
    const before = await kit.occurrences.runNow(ruleId);
    const edited = await kit.rules.edit(ruleId, { ...input, name: "new name", content: { text: "new" } });
    expect(edited).toMatchObject({
      id: ruleId,
      version: 2,
      name: "new name",
      definition: { content: { text: "new" } },
    });
    expect(before.ruleVersion).toBe(1);
    await tick();
    expect(channel.calls[0]?.batch.content.text).toBe("喵");
    expect(await kit.occurrences.runNow(ruleId)).toMatchObject({ ruleVersion: 2 });
  });

  test("plans slots that came due before it from the old version, and no slot twice", async () => {
    const { kit, ruleId, input, clock, channel, tick } = await pushRig({ caps: "off", rule: { slots: daily } });
    await clock.advance(HOUR);
    await kit.rules.edit(ruleId, {
      ...input,
      slots: [...daily, { weekday: 1, time: "10:30" }],
      content: { text: "new" },
    });
    await tick();
    expect((await kit.occurrences.list()).items).toMatchObject([{ nominal: "2026-06-01T11:00", ruleVersion: 1 }]);
    expect(channel.calls.map(({ batch }) => batch.content.text)).toEqual(["喵"]);
    await clock.advance(DAY);
    await tick();
    expect(channel.calls.map(({ batch }) => batch.content.text)).toEqual(["喵", "new"]);
  });

  test("at the very minute of a slot neither loses nor repeats it", async () => {
    const { kit, ruleId, input, clock, channel, tick } = await pushRig({ caps: "off", rule: { slots: daily } });
    await clock.advance(HOUR);
    await tick();
    await kit.rules.edit(ruleId, input);
    await tick();
    await clock.advance(1);
    await kit.rules.edit(ruleId, { ...input, slots: [{ weekday: 1, time: "11:00" }] });
    await tick();
    expect(channel.calls).toHaveLength(1);
  });

  test("while the clock is set back plans nothing twice", async () => {
    const { kit, ruleId, input, clock, channel, tick } = await pushRig({ caps: "off", rule: { slots: daily } });
    await clock.advance(HOUR);
    await tick();
    clock.setWall(START);
    expect(await kit.rules.setStatus(ruleId, "paused")).toMatchObject({ plannedUntil: ELEVEN });
    expect(await kit.rules.setStatus(ruleId, "active")).toMatchObject({ plannedUntil: ELEVEN });
    expect(await kit.rules.edit(ruleId, { ...input, slots: [] })).toMatchObject({
      plannedUntil: ELEVEN,
      nextDueAt: null,
    });
    await kit.rules.edit(ruleId, { ...input, slots: daily });
    expect(await kit.rules.get(ruleId)).toMatchObject({ plannedUntil: ELEVEN, nextDueAt: ELEVEN + DAY });
    await clock.advance(HOUR);
    await tick();
    expect(channel.calls).toHaveLength(1);
  });

  test("to other slots, another zone or a shorter life moves the next slot", async () => {
    const { kit, ruleId, input } = await pushRig({ rule: { slots: daily } });
    const next = async (changes: object) => (await kit.rules.edit(ruleId, { ...input, ...changes })).nextDueAt;
    expect(await next({})).toBe(ELEVEN);
    expect(await next({ slots: [] })).toBeNull();
    expect(await next({ slots: daily, timeZone: "UTC" })).toBe(Date.UTC(2026, 5, 1, 11));
    expect(await next({ slots: daily, validTo: "2026-05-31" })).toBeNull();
  });

  test("may change the status as well", async () => {
    const { kit, ruleId, input } = await pushRig();
    expect(await kit.rules.edit(ruleId, input, { status: "paused" })).toMatchObject({ status: "paused", version: 2 });
    expect(await kit.rules.edit(ruleId, input)).toMatchObject({ status: "paused", version: 3 });
    expect(await kit.rules.edit(ruleId, input, { status: "active" })).toMatchObject({ status: "active", version: 4 });
  });
});

describe("a paused rule", () => {
  test("records its slots as skipped, without an alarm, and catches up with none", async () => {
    const { kit, ruleId, clock, channel, tick, alarms } = await pushRig({ caps: "off", rule: { slots: daily } });
    await kit.rules.setStatus(ruleId, "paused");
    await clock.advance(2 * DAY);
    await tick();
    await clock.advance(HOUR + MINUTE);
    await kit.rules.setStatus(ruleId, "active");
    await tick();
    const { items } = await kit.occurrences.list();
    expect(items.map(({ nominal, state, reason }) => [nominal.slice(5, 10), state, reason])).toEqual([
      ["06-01", "skipped", "paused"],
      ["06-02", "skipped", "paused"],
      ["06-03", "skipped", "paused"],
    ]);
    expect([await alarms(), channel.calls]).toEqual([[], []]);
    await clock.advance(DAY);
    await tick();
    expect(channel.calls).toHaveLength(1);
  });

  test("has no last run by slots that it skips", async () => {
    const { kit, ruleId, clock, tick, push } = await pushRig({ caps: "off", rule: { slots: daily } });
    await push();
    await kit.rules.setStatus(ruleId, "paused");
    await clock.advance(2 * DAY);
    await tick();
    expect([...(await kit.occurrences.lastRuns([ruleId]))]).toEqual([[ruleId, START]]);
  });

  test("still runs the slot that came due before the pause, if nobody had looked yet, as skipped", async () => {
    const { kit, ruleId, clock, tick } = await pushRig({ rule: { slots: daily } });
    await clock.advance(HOUR);
    await kit.rules.setStatus(ruleId, "paused");
    expect((await kit.occurrences.list()).items).toMatchObject([{ state: "planned" }]);
    await tick();
    expect((await kit.occurrences.list()).items).toMatchObject([{ state: "skipped", reason: "paused" }]);
  });

  test("holds all its running occurrences, and only its own", async () => {
    const { kit, ruleId, input, channel, tick } = await pushRig({ caps: "off", people: 1 });
    const other = await kit.rules.create({ ...input, name: "another" });
    channel.steps.push(...Array.from({ length: 4 }, () => fail("RATE_LIMITED", HOUR)));
    for (const id of [ruleId, ruleId, ruleId, other.id]) await kit.occurrences.runNow(id);
    await tick();
    await breathe(1);
    await kit.rules.setStatus(ruleId, "paused");
    const states = async () => (await kit.occurrences.list()).items.map(({ state }) => state);
    expect(await states()).toEqual(["paused", "paused", "paused", "running"]);
    await kit.rules.setStatus(ruleId, "paused");
    await kit.rules.setStatus(ruleId, "active");
    expect(await states()).toEqual(["running", "running", "running", "running"]);
  });

  test("is not the default, but may be the start", async () => {
    const { kit, input } = await pushRig();
    expect(await kit.rules.create({ ...input, name: "a" })).toMatchObject({ status: "active" });
    expect(await kit.rules.create({ ...input, name: "b" }, { status: "paused" })).toMatchObject({ status: "paused" });
  });
});

describe("deleting a rule", () => {
  test("skips what is planned, keeps its history and frees its name", async () => {
    const { kit, ruleId, input, clock, tick, push, channel } = await pushRig({ rule: { slots: daily } });
    const old = await push();
    await clock.advance(HOUR);
    await kit.rules.delete(ruleId);
    expect((await kit.occurrences.list()).items).toMatchObject([
      { id: old, state: "completed" },
      { state: "skipped", reason: "rule_deleted", finishedAt: clock.now() },
    ]);
    await clock.advance(DAY);
    await tick();
    expect(channel.calls).toHaveLength(1);
    expect(await kit.report(ruleId)).toMatchObject({ pushed: 3 });
    expect(await kit.rules.create(input)).toMatchObject({ version: 1 });
    expect(await kit.rules.page()).toMatchObject({ total: 1 });
  });

  test("ends what is under way, without calling back what was handed over", async () => {
    const rig = await pushRig({ people: 5, maxBatchSize: 2, rule: { batchPauseMs: MINUTE } });
    const { kit, ruleId, channel } = rig;
    const id = await rig.push();
    const other = await kit.rules.create({ ...rig.input, name: "another", messageClass: "transactional" });
    const beside = await rig.push(other.id);
    await kit.rules.delete(ruleId);
    const ended = await kit.occurrences.status(id);
    expect(ended).toMatchObject({ state: "cancelled", reason: "rule_deleted", finishedAt: rig.clock.now() });
    expect([ended.batches, ended.deliveries]).toEqual([
      { accepted: 1, cancelled: 2 },
      { accepted: 2, cancelled: 3 },
    ]);
    const cancelled = (await kit.batches.list({ occurrenceId: id, states: ["cancelled"] })).items;
    const reasons = cancelled.map(({ reason }) => reason);
    expect(reasons).toEqual(["rule_deleted", "rule_deleted"]);
    expect((await rig.people(id)).slice(2)).toEqual(Array(3).fill("cancelled: rule_deleted"));
    expect([channel.cancelled, (await kit.occurrences.status(beside)).state]).toEqual([[], "running"]);
    // The tasks that wait for staff may still be called off by hand.
    expect((await kit.occurrences.cancel(id)).tasks).toMatchObject({ done: 1, failed: [] });
  });

  test("ends paused runs and unfinished snapshots as well; the sweep finishes what a crash left", async () => {
    const rig = await pushRig({ people: 2, maxBatchSize: 1, rule: { batchPauseMs: MINUTE } });
    const { kit, ruleId, stores } = rig;
    const id = await rig.push();
    await kit.rules.setStatus(ruleId, "paused");
    const { batches } = stores;
    const crashing = rig.open({
      stores: { ...stores, batches: { ...batches, list: () => Promise.reject(new Error("crash")) } },
    });
    await expect(crashing.rules.delete(ruleId)).rejects.toThrow("crash");
    expect(await kit.occurrences.status(id)).toMatchObject({ state: "cancelled", finishedAt: null });
    await rig.tick();
    expect(await kit.occurrences.status(id)).toMatchObject({ deliveries: { accepted: 1, cancelled: 1 } });
    expect((await kit.occurrences.status(id)).finishedAt).not.toBeNull();
  });

  test("lets a call that is under way end by itself", async () => {
    const rig = await pushRig({ people: 1 });
    const { passed, open } = gate();
    rig.channel.steps.push(async (call) => {
      await passed;
      return accept()(call);
    });
    const id = (await rig.kit.occurrences.runNow(rig.ruleId)).id;
    const working = rig.kit.tick();
    await breathe();
    await rig.kit.rules.delete(rig.ruleId);
    open();
    await working;
    expect([(await rig.kit.occurrences.status(id)).state, await rig.people()]).toEqual(["cancelled", ["accepted"]]);
  });

  test.each([
    ["is proved not to have gone out", fail("RATE_LIMITED", HOUR), 0],
    ["left nothing at the provider", lose(false), HOUR],
  ])("cancels the people of a call under way that %s", async (_, outcome, later) => {
    const rig = await pushRig({ people: 2 });
    const { passed, open } = gate();
    rig.channel.steps.push(async (call) => {
      await passed;
      return outcome(call);
    });
    const { id } = await rig.kit.occurrences.runNow(rig.ruleId);
    const working = rig.kit.tick();
    await breathe();
    await rig.kit.rules.delete(rig.ruleId);
    expect(await rig.kit.occurrences.status(id)).toMatchObject({ state: "cancelled", finishedAt: null });
    open();
    await working;
    if (later > 0) await rig.after(later);
    expect(await rig.people()).toEqual(Array(2).fill("cancelled: rule_deleted"));
    expect(await rig.batches()).toMatchObject([{ state: "cancelled", reason: "rule_deleted" }]);
    expect(await rig.kit.occurrences.status(id)).toMatchObject({ finishedAt: rig.clock.now() });
    expect(rig.channel.calls).toHaveLength(1);
  });

  test("leaves a call whose outcome nobody finds out to a review", async () => {
    const rig = await pushRig({ people: 1 });
    rig.channel.capabilityNow = "none";
    rig.channel.steps.push(lose(false));
    const id = await rig.push();
    await rig.kit.rules.delete(rig.ruleId);
    await rig.after(HOUR);
    expect([await rig.people(), (await rig.kit.occurrences.status(id)).state]).toEqual([["needs_review"], "cancelled"]);
    const [batch] = await rig.batches();
    await expect(rig.kit.batches.decide(batch?.id ?? 0, "pending")).rejects.toMatchObject({ code: "review.too-late" });
    await rig.kit.batches.decide(batch?.id ?? 0, "accepted");
    expect(await rig.people()).toEqual(["accepted: operator"]);
  });

  test("ends it for every call", async () => {
    const { kit, ruleId, input } = await pushRig();
    await kit.rules.delete(ruleId);
    const gone = { code: "rule.not-found" };
    await expect(kit.rules.get(ruleId)).rejects.toMatchObject(gone);
    await expect(kit.rules.edit(ruleId, input)).rejects.toMatchObject(gone);
    await expect(kit.rules.setStatus(ruleId, "paused")).rejects.toMatchObject(gone);
    await expect(kit.rules.delete(ruleId)).rejects.toMatchObject(gone);
  });
});

describe("validity", () => {
  test("keeps a rule from being run by hand outside of it, unless forced", async () => {
    const { kit, clock, ruleId, input } = await pushRig({ rule: { validFrom: "2026-06-02", validTo: "2026-06-03" } });
    const outside = { code: "rule.outside-validity" };
    await expect(kit.occurrences.runNow(ruleId)).rejects.toMatchObject(outside);
    expect((await kit.occurrences.list()).items).toEqual([]);
    // 16 h on it is the second in Shanghai, and still the first in UTC.
    await clock.advance(15 * HOUR);
    const west = await kit.rules.create({ ...input, name: "west", timeZone: "UTC" });
    await expect(kit.occurrences.runNow(west.id)).rejects.toMatchObject(outside);
    const { id } = await kit.occurrences.runNow(ruleId, { requestId: "r" });
    await clock.advance(3 * DAY);
    await expect(kit.occurrences.runNow(ruleId)).rejects.toMatchObject(outside);
    expect((await kit.occurrences.runNow(ruleId, { requestId: "r" })).id).toBe(id);
    expect(await kit.occurrences.runNow(ruleId, { force: true })).toMatchObject({ state: "planned" });
    await kit.rules.setStatus(ruleId, "paused");
    await expect(kit.occurrences.runNow(ruleId, { force: true })).rejects.toMatchObject({ code: "rule.paused" });
    const wrong = kit.occurrences.runNow(ruleId, { force: "yes" as unknown as boolean });
    await expect(wrong).rejects.toMatchObject({ code: "input.invalid", issues: [{ path: "force" }] });
  });

  test("that holds none of the weekdays is refused at creation and edit", async () => {
    const { kit, ruleId, input } = await pushRig();
    const slots: typeof input.slots = [{ weekday: 7, time: "10:00" }];
    const never = { ...input, name: "never", validFrom: "2027-01-05", validTo: "2027-01-06", slots };
    const refusal = { code: "input.invalid", issues: [{ path: "slots" }] };
    await expect(kit.rules.create(never)).rejects.toMatchObject(refusal);
    await expect(kit.rules.edit(ruleId, never)).rejects.toMatchObject(refusal);
    expect(await kit.rules.create({ ...never, validTo: "2027-01-10" })).toMatchObject({ name: "never" });
    expect(await kit.rules.create({ ...never, name: "by hand", slots: [] })).toMatchObject({ nextDueAt: null });
  });

  test("of a single day whose slot the clocks skip still fires", async () => {
    const { kit, input } = await pushRig();
    const slots: typeof input.slots = [{ weekday: 7, time: "02:30" }];
    const day = { validFrom: "2027-03-14", validTo: "2027-03-14", timeZone: "America/New_York" };
    const { nextDueAt } = await kit.rules.create({ ...input, name: "gap", slots, ...day });
    expect(nextDueAt).toBe(Date.UTC(2027, 2, 14, 7));
  });
});

describe("names", () => {
  test("are taken once, and a refused edit changes nothing", async () => {
    const { kit, ruleId, input } = await pushRig();
    const other = await kit.rules.create({ ...input, name: "another" });
    const taken = { code: "rule.name-taken" };
    await expect(kit.rules.create(input)).rejects.toMatchObject(taken);
    await expect(kit.rules.create({ ...input, name: ` ${input.name} ` })).rejects.toMatchObject(taken);
    await expect(kit.rules.edit(other.id, input)).rejects.toMatchObject(taken);
    expect(await kit.rules.get(other.id)).toMatchObject({ name: "another", version: 1 });
    expect(await kit.rules.edit(ruleId, input)).toMatchObject({ version: 2 });
  });

  test("belong to a tenant, as do rules", async () => {
    const { kit, ruleId, input, stores } = await pushRig();
    const { id } = await stores.tenants.insert({ name: "b", timeZone: "UTC", currency: "EUR", createdAt: 0 });
    const other = kit.forTenant(id);
    expect(await other.rules.create(input)).toMatchObject({ name: input.name, tenantId: id });
    await expect(other.rules.get(ruleId)).rejects.toMatchObject({ code: "rule.not-found" });
    await expect(other.occurrences.runNow(ruleId)).rejects.toMatchObject({ code: "rule.not-found" });
    expect(await other.rules.page()).toMatchObject({ total: 1 });
  });

  test("of a wrong rule are not taken, and an unknown variable is a fault with its name", async () => {
    const { kit, input } = await pushRig();
    const wrong = kit.rules.create({ ...input, name: "c", content: { text: "{{who}}" } });
    await expect(wrong).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: "content.text", code: "content.unknown-variable", params: { name: "who" } }],
    });
    expect(await kit.rules.page({ search: "c" })).toMatchObject({ total: 0 });
  });
});
