import { expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { recordingChannel, virtualClock } from "../testing/index.js";
import type { SegmentInput } from "./segment-input.js";

const NOW = Date.UTC(2026, 2, 16, 2);
const RULE = { validFrom: "2026-01-01", validTo: "2026-12-31", content: { text: "hi" } };

async function shop() {
  const clock = virtualClock(NOW);
  const stores = memoryStores();
  const kit = createRecallKit({
    stores,
    clock,
    channels: [recordingChannel({ clock, name: "wecom" })],
    logger: silentLogger,
    secretKey: "k".repeat(32),
  });
  await kit.customers.upsert(
    ["a", "b", "c", "d"].map((key) => ({ externalKey: key, externalUserId: `wm_${key}`, name: key })),
  );
  await kit.labels.assign([
    { externalKey: "a", kind: "city", key: "上海" },
    { externalKey: "b", kind: "city", key: "上海" },
    { externalKey: "c", kind: "city", key: "北京" },
  ]);
  const save = async (name: string, segment: SegmentInput) => (await kit.segments.create({ name, segment })).id;
  const keys = async (segment: SegmentInput) => {
    const found: string[] = [];
    for await (const { externalKey } of kit.audience.resolve({ segment })) found.push(externalKey);
    return found.join("");
  };
  return { kit, clock, save, keys };
}

/** What a call is refused with. */
const refusal = (work: Promise<unknown>) => work.then(() => "done").catch((error: unknown) => error);

test("a reference means whom the saved segment means, at every place", async () => {
  const { kit, save, keys } = await shop();
  const shanghai = await save("上海", { labels: { city: ["上海"] } });
  const others = await save("others", { everybody: true, none: [{ saved: shanghai }] });
  expect(await keys({ saved: shanghai })).toBe("ab");
  expect(await keys({ saved: others })).toBe("cd");
  expect(await keys({ saved: shanghai, none: [{ customers: ["a"] }] })).toBe("b");
  expect(await keys({ any: [{ saved: shanghai }, { labels: { city: ["北京"] } }] })).toBe("abc");
  expect(await keys({ everybody: true, none: [{ saved: others }] })).toBe("ab");
  await kit.segments.update(shanghai, { name: "上海", segment: { customers: ["d"] } });
  expect(await keys({ saved: others })).toBe("abc");
});

test("what is not known inside a saved segment that is negated lets nobody through, and is warned of", async () => {
  const { kit, save, keys } = await shop();
  const id = await save("slip", { labels: { city: ["上海x"] } });
  expect(await keys({ everybody: true, none: [{ saved: id }] })).toBe("");
  const { warnings } = await kit.audience.preview({ segment: { saved: id } }, { people: 0 });
  expect(warnings.map(({ code }) => code)).toEqual(["label.unknown", "audience.empty"]);
  const people = await save("people", { customers: ["a", "nobody"] });
  expect((await kit.segments.preview(people, { people: 0 })).unknownCustomers).toEqual(["nobody"]);
  expect(await keys({ saved: people })).toBe("a");
});

test("an explanation goes through the saved segment by its path and name", async () => {
  const { kit, save } = await shop();
  const id = await save("上海", { labels: { city: ["上海"] } });
  const { included, checks } = await kit.audience.explain(
    { segment: { any: [{ saved: id }, { customers: ["c"] }] } },
    { externalKey: "c" },
  );
  expect(included).toBe(true);
  expect(checks.map(({ name, passed, path, detail }) => [name, passed, path, detail])).toEqual([
    ["any", true, undefined, "1 of 2 hold"],
    ["segment", false, "any.0", "does not hold"],
    ["saved", false, "any.0", 'saved segment "上海"'],
    ["segment", false, "any.0.saved", "does not hold"],
    ["labels", false, "any.0.saved", "mode any"],
    ["segment", true, "any.1", "holds"],
    ["customers", true, "any.1", "one of 1 listed people"],
    ["reachable", true, undefined, "has external_userid"],
  ]);
  expect((await kit.segments.explain(id, { externalKey: "a" })).included).toBe(true);
});

test("every reference that is wrong is named at its path, and a circle by its names", async () => {
  const { kit, save } = await shop();
  const a = await save("A", { labels: { city: ["上海"] } });
  const b = await save("B", { all: [{ saved: a }] });
  const c = await save("C", { saved: b });
  const circle = { everybody: true, any: [{ saved: c }, { customers: ["a"] }], none: [{ saved: 99 }, { saved: a }] };
  expect(await refusal(kit.segments.update(a, { name: "A", segment: circle }))).toMatchObject({
    code: "input.invalid",
    issues: [
      { path: "segment.any.0.saved", code: "segment.cycle", message: expect.stringContaining('"A" → "C" → "B" → "A"') },
      { path: "segment.none.0.saved", code: "segment.unknown" },
      { path: "segment.none.1.saved", code: "segment.cycle", message: expect.stringContaining('"A" → "A"') },
    ],
  });
  expect((await kit.segments.get(a)).revision).toBe(1);
  expect(await kit.segments.validate(circle)).toMatchObject({ issues: [{ code: "segment.unknown" }], warnings: [] });
});

test("saved segments count as levels, also for those who refer to what is edited", async () => {
  const { kit, save } = await shop();
  const ids = [await save("0", { customers: ["a"] })];
  for (let level = 1; level <= 8; level++) ids.push(await save(String(level), { saved: ids.at(-1) ?? 0 }));
  const [bottom = 0, , , , , , , , top = 0] = ids;
  const tooDeep = { code: "input.invalid", issues: [{ path: "segment.saved", code: "segment.too-deep" }] };
  expect(await refusal(kit.segments.create({ name: "9", segment: { saved: top } }))).toMatchObject(tooDeep);
  expect(await refusal(kit.rules.create({ name: "r", segment: { saved: top }, ...RULE }))).toMatchObject(tooDeep);
  const deeper = { name: "0", segment: { any: [{ customers: ["a"] }] } };
  expect(await refusal(kit.segments.update(bottom, deeper))).toMatchObject({
    code: "input.invalid",
    issues: [{ path: "segment", code: "segment.too-deep", message: expect.stringContaining('segment "8"') }],
  });
});

test("a segment that is used is not deleted, and its users are named", async () => {
  const { kit, save, keys } = await shop();
  const a = await save("A", { labels: { city: ["上海"] } });
  const b = await save("B", { any: [{ saved: a }] });
  const rule = await kit.rules.create({ name: "weekly", segment: { none: [{ saved: a }], everybody: true }, ...RULE });
  expect(await kit.segments.users(a)).toEqual({
    rules: [{ id: rule.id, name: "weekly" }],
    segments: [{ id: b, name: "B" }],
  });
  expect(await refusal(kit.segments.delete(a))).toMatchObject({
    code: "segment.in-use",
    message: `segment ${a} is used by rule ${rule.id} "weekly", segment ${b} "B"`,
  });
  await kit.rules.delete(rule.id);
  await kit.segments.delete(b);
  await kit.segments.delete(a);
  await kit.segments.delete(a);
  expect((await kit.segments.list()).items).toEqual([]);
  expect((await kit.segments.list({ archived: true })).items.map(({ name }) => name)).toEqual(["A", "B"]);
  expect(await refusal(kit.segments.update(a, { name: "A", segment: { everybody: true } }))).toMatchObject({
    code: "segment.not-found",
  });
  const again = { name: "again", segment: { saved: a }, ...RULE };
  expect(await refusal(kit.rules.create(again))).toMatchObject({ issues: [{ code: "segment.archived" }] });
  // Firings that were planned before mean it still.
  expect(await keys({ saved: a })).toBe("ab");
  expect(await save("A", { everybody: true })).toBeGreaterThan(a);
});

test("a rule sends to whom its saved segment means when it runs", async () => {
  const { kit, save } = await shop();
  const id = await save("A", { customers: ["a"] });
  const rule = await kit.rules.create({ name: "r", segment: { saved: id }, ...RULE });
  await kit.segments.update(id, { name: "A", segment: { customers: ["b", "c"] } }, { revision: 1 });
  const occurrence = await kit.occurrences.runNow(rule.id, { requestId: "r" });
  for (let turn = 0; turn < 5; turn++) await kit.tick();
  expect(await kit.occurrences.status(occurrence.id)).toMatchObject({ audienceSize: 2 });
});

test("an edit of an older revision is refused, and so is a name that is taken", async () => {
  const { kit, save } = await shop();
  const id = await save("A", { everybody: true });
  const edit = { name: "A", description: " for all ", segment: { everybody: true } };
  expect(await kit.segments.update(id, edit, { revision: 1 })).toMatchObject({ revision: 2, description: "for all" });
  expect(await refusal(kit.segments.update(id, edit, { revision: 1 }))).toMatchObject({ code: "state.stale-version" });
  expect(await refusal(kit.segments.create(edit))).toMatchObject({ code: "segment.name-taken" });
});

test("sizes are kept by the merchant's day, the last one of a day holds, and they end after two years", async () => {
  const { kit, clock, save } = await shop();
  const id = await save("上海", { labels: { city: ["上海"] } });
  expect(await kit.segments.measure()).toEqual({ measured: 1 });
  await kit.labels.assign([{ externalKey: "d", kind: "city", key: "上海" }]);
  await clock.advance(3_600_000);
  await kit.segments.measure();
  const first = { day: "2026-03-16", people: 3, at: NOW + 3_600_000 };
  expect(await kit.segments.sizes(id)).toEqual([first]);
  await clock.advance(729 * 86_400_000);
  await kit.segments.measure();
  expect((await kit.segments.sizes(id)).map(({ day }) => day)).toEqual(["2026-03-16", "2028-03-14"]);
  expect(await kit.segments.sizes(id, { from: "2026-03-17" })).toHaveLength(1);
  await clock.advance(86_400_000);
  await kit.segments.delete(id);
  expect(await kit.segments.measure()).toEqual({ measured: 0 });
  expect((await kit.segments.sizes(id)).map(({ day }) => day)).toEqual(["2028-03-14"]);
});
