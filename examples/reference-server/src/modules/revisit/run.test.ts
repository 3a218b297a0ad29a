import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, type RecallKit, silentLogger } from "@recallkit/core";
import type { Channel } from "@recallkit/core/ports";
import { recordingChannel, sequentialIds, type VirtualClock, virtualClock } from "@recallkit/core/testing";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import { engines } from "../../testing/engines.js";
import { approveRevisits, rejectRevisits, rewriteRevisit } from "./decide.js";
import type { RevisitDesk } from "./desk.js";
import { getRevisit, listRevisits, runFigures } from "./revisit-store.js";
import { beginRun, RUN_LEASE_MS, type RunOrder, resumeRun, workRun } from "./run.js";
import { abandonedRuns, getRun } from "./run-store.js";
import { putSettings, type RevisitSettingsPatch } from "./settings.js";
import { settleRevisits } from "./settle.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recallkit-revisits-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** 09:00 in Shanghai. */
const START = Date.parse("2026-03-10T01:00:00Z");
const DAY = 86_400_000;

interface Rig {
  readonly stores: SqlStores;
  readonly kit: RecallKit<SqlStores>;
  readonly clock: VirtualClock;
  readonly desk: RevisitDesk;
  readonly sms: ReturnType<typeof recordingChannel>;
  readonly wecom: ReturnType<typeof recordingChannel>;
  /** Another process on the same data. */
  process(name: string): RevisitDesk;
  set(patch: RevisitSettingsPatch): Promise<unknown>;
  run(order?: RunOrder): Promise<{
    readonly runId: number;
    readonly found: number;
    readonly written: number;
    readonly skipped: readonly string[];
  }>;
  states(): Promise<Readonly<Record<string, string>>>;
  /** Every text with the person who got it. */
  sent(): readonly string[];
}

async function rigOn(
  open: (clock: VirtualClock) => Promise<SqlStores>,
  { write }: { readonly write?: RevisitDesk["write"] } = {},
): Promise<Rig> {
  const clock = virtualClock(START);
  const stores = await open(clock);
  await stores.migrate(moduleMigrations);
  const sms = recordingChannel({ clock, name: "sms", personal: true, maxBatchSize: 100 });
  const wecom = recordingChannel({ clock, name: "wecom" });
  const channels: readonly Channel[] = [wecom, { ...sms, addressType: "mobile" }];
  const kit = createRecallKit({ stores, channels, clock, logger: silentLogger });
  let made = 0;
  const process = (name: string): RevisitDesk => {
    const ids = sequentialIds();
    return {
      ...{ stores, kit, clock, logger: silentLogger, actor: name, daysAhead: 7, isActive: true },
      ids: { next: () => `${name}-${ids.next()}` },
      isConfigured: async () => true,
      write:
        write ??
        (async ({ name: who, isShared, daysLeft }) => {
          made += 1;
          return { text: `${isShared ? "您好" : who}，${daysLeft} 天后生日快乐`, scriptId: made, source: "template" };
        }),
      check: async (text) => (text.includes("根治") ? [{ code: "claim", words: "根治" }] : []),
    };
  };
  const desk = process("desk");
  return {
    ...{ stores, kit, clock, desk, sms, wecom, process },
    set: (patch) => putSettings(stores, clock, kit.tenantId, { patch, actor: "test", daysAhead: 7 }),
    async run(order = { kind: "manual" }) {
      const { run } = await beginRun(desk, order);
      await workRun(desk, run);
      const { written, skipped } = await runFigures(stores, run);
      const told = skipped.map(({ customerCode, reason }) => `${customerCode} ${reason}`);
      return { runId: run.id, found: run.found, written, skipped: told };
    },
    async states() {
      const { items } = await listRevisits(stores, kit.tenantId, { limit: 200 });
      return Object.fromEntries(items.map(({ customerCode, state }) => [customerCode, state]));
    },
    sent: () =>
      [...wecom.sent, ...sms.sent]
        .flatMap(({ recipients }) =>
          recipients.map(({ address, content }) => `${address} ${content.text?.replace("生日祝福：", "")}`),
        )
        .sort(),
  };
}

const sqlite = (options: Parameters<typeof rigOn>[1] = {}) =>
  rigOn((clock) => (engines[0] as (typeof engines)[number]).open(folder, { clock }), options);

const PEOPLE = [
  { externalKey: "today", name: "赵一", bornOn: "1990-03-10", mobile: "+8613800000001" },
  { externalKey: "week", name: "钱二", bornOn: "1991-03-17", mobile: "+8613800000002" },
  { externalKey: "later", name: "孙三", bornOn: "1992-03-18", mobile: "+8613800000003" },
  { externalKey: "wecom1", name: "李四", bornOn: "1993-03-12", externalUserId: "wm1", mobile: "+8613800000004" },
  { externalKey: "wecom2", name: "周五", bornOn: "1994-03-12", externalUserId: "wm2" },
  { externalKey: "nowhere", name: "吴六", bornOn: "1995-03-11" },
];

describe("a run", () => {
  test("in mode test writes and shows, and plans nothing", async () => {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE);
    expect(await rig.run()).toMatchObject({ found: 5, written: 4, skipped: ["nowhere no_address"] });
    await rig.kit.tick();
    expect([rig.sent(), (await rig.kit.occurrences.list()).items, (await rig.kit.rules.list()).items]).toEqual([
      [],
      [],
      [],
    ]);
    expect(await rig.states()).toEqual({
      ...{ today: "written", week: "written", wecom1: "written", wecom2: "written", nowhere: "found" },
    });
    // Again it shows the same; later in earnest the same people are greeted.
    expect(await rig.run()).toMatchObject({ written: 4 });
    await rig.set({ mode: "auto" });
    expect(await rig.run({ kind: "manual", isTest: true })).toMatchObject({ written: 4 });
    expect((await rig.kit.occurrences.list()).items).toEqual([]);
    await rig.run();
    expect((await rig.kit.occurrences.list()).items.map(({ kind }) => kind)).toEqual(Array(3).fill("revisit"));
  });

  test("in mode auto greets each person once by the first channel that reaches them; again it says so", async () => {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE);
    await rig.set({ mode: "auto" });
    expect(await rig.run()).toMatchObject({ found: 5, written: 4 });
    await rig.kit.tick();
    expect(rig.sent()).toEqual([
      "+8613800000001 赵一，0 天后生日快乐",
      "+8613800000002 钱二，7 天后生日快乐",
      "wm1 您好，2 天后生日快乐",
      "wm2 您好，2 天后生日快乐",
    ]);
    // One text to all of a batch: people of one text go in one call.
    expect(rig.wecom.sent).toHaveLength(1);
    const again = await rig.run();
    expect(again.written).toBe(0);
    expect(again.skipped).toEqual(
      ["today", "week", "wecom1", "wecom2"].map((code) => `${code} already_sent`).concat("nowhere no_address"),
    );
    expect(await rig.states()).toMatchObject({ today: "sent", week: "sent", wecom1: "sent" });
    await rig.clock.advance(DAY);
    expect((await rig.run()).skipped).toContain("week already_sent");
    await rig.kit.tick();
    expect(rig.sent().filter((line) => line.includes("钱二"))).toHaveLength(1);
  });

  test("greets again at the next birthday", async () => {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE.slice(0, 1));
    await rig.set({ mode: "auto" });
    await rig.run();
    await rig.kit.tick();
    await rig.clock.advance(365 * DAY);
    await rig.run();
    await rig.kit.tick();
    expect(rig.sent()).toHaveLength(2);
  });

  test("a person held back by caps is greeted on a later day of the window, one who refused never", async () => {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE.slice(0, 2));
    await rig.kit.suppressions.add({ channel: "sms", externalKey: "today", reason: "opt_out" });
    const rule = await rig.kit.rules.create({
      ...{ name: "促销", channel: "sms", content: { text: "促销" }, segment: { everybody: true } },
      ...{ validFrom: "2026-01-01", validTo: "2026-12-31" },
    });
    await rig.kit.rules.setStatus(rule.id, "active");
    await rig.kit.occurrences.runNow(rule.id);
    await rig.kit.tick();
    await rig.set({ mode: "auto" });
    await rig.run();
    await rig.kit.tick();
    await settleRevisits(rig.stores, rig.kit.tenantId, { today: "2026-03-10", now: rig.clock.now() });
    expect(await rig.states()).toEqual({ today: "not_sent", week: "held" });
    await rig.clock.advance(3 * DAY);
    await rig.run();
    await rig.kit.tick();
    expect(rig.sent().filter((line) => !line.includes("促销"))).toEqual(["+8613800000002 钱二，4 天后生日快乐"]);
  });

  test("goes on behind the last page after a kill, and nobody is greeted twice or lost", async () => {
    const stop = new AbortController();
    let written = 0;
    const rig = await sqlite({
      write: async ({ customerId }) => {
        written += 1;
        if (written === 450) stop.abort();
        return { text: `生日快乐 ${customerId}`, scriptId: null, source: "model" };
      },
    });
    await rig.kit.customers.upsert(people(700));
    await rig.set({ mode: "auto" });
    const { run } = await beginRun(rig.desk, { kind: "daily" });
    expect(await workRun(rig.desk, run, { signal: stop.signal })).toBeUndefined();
    const half = await runFigures(rig.stores, run);
    expect(half.states).toMatchObject({ planned: 400, found: 200 });
    // Another run leaves its people alone as long as it may be at work, and takes them when it is not.
    const other = await beginRun(rig.process("other"), { kind: "manual" });
    await rig.clock.advance(RUN_LEASE_MS);
    const [left] = await abandonedRuns(rig.stores, rig.clock.now());
    expect(left?.id).toBe(run.id);
    if (left) expect(await resumeRun(rig.process("later"), left)).toBe("completed");
    await resumeRun(rig.process("other"), await getRun(rig.stores, rig.kit.tenantId, other.run.id));
    await rig.kit.tick();
    expect(new Set(rig.sent()).size).toBe(700);
    expect(rig.sent()).toHaveLength(700);
    expect((await getRun(rig.stores, rig.kit.tenantId, run.id)).state).toBe("completed");
  });

  test("of a missed day makes up within the window, and says for how many days", async () => {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE);
    await rig.set({ mode: "auto", daysAhead: 0 });
    const daily = async () => (await beginRun(rig.desk, { kind: "daily" })).run;
    const first = await daily();
    await workRun(rig.desk, first);
    expect((await beginRun(rig.desk, { kind: "daily" })).isNew).toBe(false);
    await rig.set({ daysAhead: 7 });
    await rig.clock.advance(4 * DAY);
    const late = await daily();
    expect([first.caughtUp, late.caughtUp]).toEqual([0, 3]);
    await workRun(rig.desk, late);
    // 12 March is over; 17 March is not.
    expect(await rig.states()).toMatchObject({ today: "planned", week: "planned", later: "planned" });
    expect(await rig.states()).not.toHaveProperty("wecom1");
  });
});

describe("mode approve", () => {
  async function waiting() {
    const rig = await sqlite();
    await rig.kit.customers.upsert(PEOPLE);
    await rig.set({ mode: "approve" });
    await rig.run();
    const { items } = await listRevisits(rig.stores, rig.kit.tenantId, { limit: 200 });
    const idOf = (code: string) => items.find(({ customerCode }) => customerCode === code)?.id ?? 0;
    return { ...rig, idOf };
  }

  test("sends nothing until somebody says yes, and then once", async () => {
    const rig = await waiting();
    await rig.kit.tick();
    expect([rig.sent(), (await rig.run()).skipped]).toEqual([
      [],
      expect.arrayContaining(["week waiting_for_approval"]),
    ]);
    const ids = [rig.idOf("week"), rig.idOf("wecom1"), 9_999];
    expect(await approveRevisits(rig.desk, ids)).toEqual({ done: ids.slice(0, 2), refused: [9_999] });
    expect(await approveRevisits(rig.desk, ids)).toEqual({ done: [], refused: ids });
    await rig.kit.tick();
    expect(rig.sent()).toEqual(["+8613800000002 钱二，7 天后生日快乐", "wm1 您好，2 天后生日快乐"]);
  });

  test("takes another text when it passes the checks, and a no", async () => {
    const rig = await waiting();
    const week = rig.idOf("week");
    await expect(rewriteRevisit(rig.desk, week, "一次根治")).rejects.toMatchObject({
      issues: [{ path: "text", code: "revisit.text-refused", params: { finding: "claim" } }],
    });
    expect(await rewriteRevisit(rig.desk, week, "生日快乐")).toMatchObject({ text: "生日快乐", textSource: "person" });
    await rejectRevisits(rig.desk, [rig.idOf("today")], "不合适");
    await expect(rewriteRevisit(rig.desk, rig.idOf("today"), "生日快乐")).rejects.toMatchObject({
      code: "revisit.not-waiting",
    });
    await approveRevisits(rig.desk, [week, rig.idOf("today")]);
    await rig.kit.tick();
    expect(rig.sent()).toEqual(["+8613800000002 生日快乐"]);
    expect(await getRevisit(rig.stores, rig.kit.tenantId, rig.idOf("today"))).toMatchObject({
      ...{ state: "rejected", reason: "不合适", decidedBy: "desk" },
    });
  });

  test("what nobody decided ends with the birthday", async () => {
    const rig = await waiting();
    await rig.clock.advance(DAY);
    await settleRevisits(rig.stores, rig.kit.tenantId, { today: "2026-03-11", now: rig.clock.now() });
    expect(await rig.states()).toMatchObject({ today: "expired", week: "waiting" });
    expect(await approveRevisits(rig.desk, [rig.idOf("today")])).toEqual({ done: [], refused: [rig.idOf("today")] });
  });
});

for (const engine of engines) {
  // Of a real server a smaller crowd shows the same.
  const count = engine.name === "SQLite" ? 1_000 : 400;
  test.skipIf(engine.missing)(
    `${engine.name}: a daily run in two processes and two by hand greet ${count} people once each`,
    async () => {
      // Stores wait by real time for rows that another transaction holds.
      const rig = await rigOn(() => engine.open(folder));
      await rig.kit.customers.upsert(people(count));
      await rig.set({ mode: "auto" });
      const work = async (desk: RevisitDesk, order: RunOrder) => {
        const { run, isNew } = await beginRun(desk, order);
        if (isNew) await workRun(desk, run);
        return isNew;
      };
      const done = await Promise.all([
        work(rig.process("a"), { kind: "daily" }),
        work(rig.process("b"), { kind: "daily" }),
        work(rig.process("c"), { kind: "manual" }),
        work(rig.process("d"), { kind: "manual" }),
      ]);
      expect(done.filter((isNew) => isNew)).toHaveLength(3);
      await rig.kit.tick();
      const addresses = rig.sent().map((line) => line.split(" ")[0]);
      expect([addresses.length, new Set(addresses).size]).toEqual([count, count]);
    },
    60_000,
  );
}

function people(count: number) {
  return Array.from({ length: count }, (_, n) => ({
    externalKey: `p${n}`,
    name: "张三",
    bornOn: `19${70 + (n % 20)}-03-${String(10 + (n % 8)).padStart(2, "0")}`,
    mobile: `+86138${String(10_000_000 + n)}`,
  }));
}
