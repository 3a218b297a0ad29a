import { createRecallKit, type Occurrence, type RecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import {
  type RecordingChannel,
  recordingChannel,
  seededRandom,
  type VirtualClock,
  virtualClock,
} from "@recallkit/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";
import { newFile } from "./test-support.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIMES = ["00:00", "01:30", "02:30", "23:30"];
/** Monday, Wednesday, Friday, Sunday as Date counts them. */
const WEEKDAYS = [1, 3, 5, 0];

interface Engine {
  readonly stores: Stores;
  /** The same data in a process that has just started. */
  reopen(): Promise<Engine>;
}

function inMemory(stores = memoryStores()): Engine {
  return { stores, reopen: async () => inMemory(stores) };
}

async function onDisk(file = newFile()): Promise<Engine> {
  const stores = await sqliteStores({ file, migrate: true });
  onTestFinished(() => stores.close());
  const reopen = async (): Promise<Engine> => {
    await stores.close();
    return onDisk(file);
  };
  return { stores, reopen };
}

/** Wall time of an instant as if it were UTC. */
function wallClock(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
    hourCycle: "h23",
  });
  return (instant) => Date.parse(`${format.format(instant).replace(", ", "T")}Z`);
}

/** Nominal minute → instant of every slot of the days [from, to]: the first quarter of an hour that is not before the wall time. */
function calendar(zone: string, from: string, to: string): Map<string, number> {
  const wall = wallClock(zone);
  const slots = new Map<string, number>();
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY) {
    if (!WEEKDAYS.includes(new Date(day).getUTCDay())) continue;
    for (const time of TIMES) {
      const nominal = `${new Date(day).toISOString().slice(0, 10)}T${time}`;
      const wanted = Date.parse(`${nominal}Z`);
      let instant = wanted - 12 * HOUR;
      while (wall(instant) < wanted) instant += 15 * MINUTE;
      slots.set(nominal, instant);
    }
  }
  return slots;
}

const secretKey = "0123456789abcdef0123456789abcdef";

/** A shop of one customer who gets every message. */
async function openShop(engine: Engine, zone: string, from: string, to: string) {
  const clock = virtualClock(Date.parse(from) - 3 * DAY);
  const channel = recordingChannel({ clock });
  const start = (stores: Stores) =>
    createRecallKit({
      stores,
      clock,
      channels: [channel],
      random: seededRandom(1),
      logger: silentLogger,
      caps: "off",
      secretKey,
    });
  const kit = start(engine.stores);
  await kit.customers.upsert([{ externalKey: "c", externalUserId: "wm_c" }]);
  const rule = await kit.rules.create({
    name: "夜里也要",
    segment: { everybody: true },
    slots: ([1, 3, 5, 7] as const).flatMap((weekday) => TIMES.map((time) => ({ weekday, time }))),
    validFrom: from,
    validTo: to,
    timeZone: zone,
    content: { text: "hi" },
    channel: "recording",
    overlap: "allow",
  });
  return { clock, channel, start, kit, ruleId: rule.id };
}

/** The same stores for a process that dies at its nth transaction, before or after the commit. */
function dyingAt(nth: number, stores: Stores): Stores {
  let left = nth;
  const transaction: Stores["transaction"] = async (work) => {
    left -= 1;
    if (left < -1 || left === 0) throw new Error("the process is gone");
    const result = await stores.transaction((tx) => work(tx as Stores & typeof tx));
    if (left === -1) throw new Error("the process is gone");
    return result;
  };
  return { ...stores, transaction };
}

async function occurrencesOf({ occurrences }: Pick<RecallKit, "occurrences">): Promise<readonly Occurrence[]> {
  const all: Occurrence[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await occurrences.list({ limit: 200, cursor });
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}

interface Walk {
  readonly engine: Engine;
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly seed: number;
}

/** Lives through the days with crashes and restarts, always stopping one millisecond before a slot, then at it. */
async function live({ engine: first, zone, from, to, seed }: Walk) {
  const { clock, channel, start, kit: opened, ruleId } = await openShop(first, zone, from, to);
  const random = seededRandom(seed);
  let engine = first;
  let kit = opened;
  const crashes = { planned: 0, happened: 0 };
  const restart = async () => {
    if (random.next() < 0.2) engine = await engine.reopen();
    kit = start(engine.stores);
  };
  for (;;) {
    const { nextDueAt } = await kit.rules.get(ruleId);
    if (nextDueAt === null) break;
    await clock.advance(nextDueAt - 1 - clock.now());
    await kit.tick();
    if (random.next() < 0.1) await restart();
    expect(channel.sent.filter(({ sentAt }) => sentAt >= nextDueAt)).toEqual([]);
    await clock.advance(1);
    if (random.next() < 0.15) {
      crashes.planned += 1;
      await start(dyingAt(1 + Math.floor(random.next() * 16), engine.stores))
        .tick()
        .catch(() => {
          crashes.happened += 1;
        });
      await restart();
      await settle(kit, clock);
    }
    await kit.tick();
  }
  await settle(kit, clock);
  return { occurrences: await occurrencesOf(kit), channel, crashes, ruleId };
}

/** Time for whatever a crash left behind: leases end, lost answers are looked up, what was never sent goes out. */
async function settle(kit: RecallKit, clock: VirtualClock): Promise<void> {
  for (let n = 0; n < 7; n += 1) {
    await clock.advance(2 * MINUTE);
    await kit.tick();
  }
}

function expectEachSlotOnce(
  occurrences: readonly Occurrence[],
  channel: RecordingChannel,
  slots: Map<string, number>,
): void {
  expect(occurrences.map(({ nominal }) => nominal).sort()).toEqual([...slots.keys()].sort());
  expect(new Map(occurrences.map(({ nominal, dueAt }) => [nominal, dueAt]))).toEqual(
    new Map(occurrences.map(({ nominal }) => [nominal, slots.get(nominal)])),
  );
  for (const { state, startedAt, dueAt } of occurrences) {
    expect(state).toBe("completed");
    expect(startedAt).toBeGreaterThanOrEqual(dueAt);
  }
  expect(channel.sent).toHaveLength(slots.size);
  expect(new Set(channel.sent.map(({ marker }) => marker)).size).toBe(slots.size);
  const dues = [...slots.values()].sort((a, b) => a - b);
  const sentAt = channel.sent.map((batch) => batch.sentAt).sort((a, b) => a - b);
  for (const [n, at] of sentAt.entries()) expect(at).toBeGreaterThanOrEqual(dues[n] ?? 0);
}

describe("sixteen slots a week, with crashes and restarts", () => {
  test.each(["Asia/Shanghai", "America/New_York"])(
    "each fires once and never early through 2026 in %s",
    async (zone) => {
      const [from, to] = ["2026-01-01", "2026-12-31"];
      const { occurrences, channel, crashes } = await live({ engine: inMemory(), zone, from, to, seed: 2026 });
      const slots = calendar(zone, from, to);
      expect(slots.size).toBe(4 * 4 * 52);
      expectEachSlotOnce(occurrences, channel, slots);
      expect(crashes.happened).toBeGreaterThan(50);
    },
  );

  test.each([
    ["America/New_York", "2026-03-04", "2026-03-11"],
    ["America/New_York", "2026-10-30", "2026-11-04"],
    ["Asia/Shanghai", "2026-02-27", "2026-03-02"],
    ["Australia/Lord_Howe", "2026-04-03", "2026-04-06"],
  ])("each fires once in SQLite files: %s from %s to %s", async (zone, from, to) => {
    const { occurrences, channel } = await live({ engine: await onDisk(), zone, from, to, seed: 3 });
    expectEachSlotOnce(occurrences, channel, calendar(zone, from, to));
  });
});

test("the calendar knows both clock changes of New York", () => {
  const slots = calendar("America/New_York", "2026-03-08", "2026-11-01");
  expect(slots.get("2026-03-08T01:30")).toBe(Date.UTC(2026, 2, 8, 6, 30));
  expect(slots.get("2026-03-08T02:30")).toBe(Date.UTC(2026, 2, 8, 7));
  expect(slots.get("2026-11-01T01:30")).toBe(Date.UTC(2026, 10, 1, 5, 30));
  expect(slots.get("2026-11-01T02:30")).toBe(Date.UTC(2026, 10, 1, 7, 30));
});

describe.each([
  ["memory", async () => inMemory()],
  ["SQLite", () => onDisk()],
] as const)("a wall clock that jumps, in %s", (_, open) => {
  const from = "2026-03-02";
  const to = "2026-03-15";
  const zone = "America/New_York";

  test("repeats nothing when it is set back, and goes on where it was", async () => {
    const { clock, channel, kit } = await openShop(await open(), zone, from, to);
    const due = [...calendar(zone, from, to).values()];
    await clock.advance((due[5] ?? 0) - clock.now());
    await kit.tick();
    const known = (await occurrencesOf(kit)).length;
    const sent = channel.sent.length;
    clock.setWall((due[5] ?? 0) - 30 * HOUR);
    for (let n = 0; n < 30 * 4; n += 1) {
      await clock.advance(15 * MINUTE);
      await kit.tick();
    }
    expect(await occurrencesOf(kit)).toHaveLength(known);
    expect(channel.sent).toHaveLength(sent);
    await clock.advance((due[6] ?? 0) - clock.now());
    await kit.tick();
    expect(await occurrencesOf(kit)).toHaveLength(known + 1);
    expect(channel.sent).toHaveLength(sent + 1);
  });

  test("records as missed what a jump forward passes over, and sends what is in the catch-up window", async () => {
    const { clock, channel, kit } = await openShop(await open(), zone, from, to);
    const slots = [...calendar(zone, from, to)];
    // Sunday 02:30 does not exist: it is due at 03:00, half an hour ago.
    const now = Date.UTC(2026, 2, 8, 7, 30);
    clock.setWall(now);
    await kit.tick();
    const past = slots.filter(([, dueAt]) => dueAt <= now);
    const late = past.filter(([, dueAt]) => now - dueAt > HOUR).map(([nominal]) => nominal);
    expect(late).toHaveLength(past.length - 2);
    const skipped = (await occurrencesOf(kit)).filter(({ state }) => state === "skipped");
    expect(skipped.map(({ nominal, reason }) => [nominal, reason])).toEqual(
      late.map((nominal) => [nominal, "missed_catch_up"]),
    );
    const alarms = await kit.alarms.list({ limit: 200 });
    expect(alarms.items.map(({ entityId }) => entityId)).toEqual(skipped.map(({ id }) => id));
    expect(channel.sent).toHaveLength(2);
  });
});
