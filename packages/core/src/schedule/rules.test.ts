import { describe, expect, test } from "vitest";
import { breathe, DAY, fail, HOUR, MINUTE, pushRig, START } from "../testing/push-rig.js";

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
    expect(await kit.rules.list()).toMatchObject({ total: 1 });
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
    expect(await other.rules.list()).toMatchObject({ total: 1 });
  });

  test("of a wrong rule are not taken, and an unknown variable is a fault with its name", async () => {
    const { kit, input } = await pushRig();
    const wrong = kit.rules.create({ ...input, name: "c", content: { text: "{{who}}" } });
    await expect(wrong).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: "content.text", code: "content.unknown-variable", params: { name: "who" } }],
    });
    expect(await kit.rules.list({ search: "c" })).toMatchObject({ total: 0 });
  });
});
