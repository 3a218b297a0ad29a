import { RecallKitError } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { defineJob, type JobInput, type JobTurn } from "./job.js";
import { createScheduler, type EndedAttempt, type SchedulerOptions } from "./scheduler.js";

const MINUTE = 60_000;
const START = Date.parse("2026-03-01T00:00:00Z");
let clock = virtualClock(START);
let stores = memoryStores();
beforeEach(() => {
  clock = virtualClock(START);
  stores = memoryStores();
});

/** A process over the shared ledger. */
function processWith(jobs: readonly JobInput[], options: Partial<SchedulerOptions> = {}) {
  return createScheduler({ stores, jobs: jobs.map(defineJob), clock, random: seededRandom(1), ...options });
}

/** A job that notes its turns. */
function noting(part: Partial<JobInput> = {}) {
  const turns: JobTurn[] = [];
  const job: JobInput = {
    name: "noting",
    schedule: { cron: "* * * * *", zone: "UTC" },
    async run(turn) {
      turns.push(turn);
      return { turns: turns.length };
    },
    ...part,
  };
  return { job, turns };
}

/** A job that waits until it is let go. */
function gated(part: Partial<JobInput> = {}) {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const turns: JobTurn[] = [];
  const run = async (turn: JobTurn) => {
    turns.push(turn);
    await Promise.race([gate, new Promise<void>((done) => turn.signal.addEventListener("abort", () => done()))]);
    return undefined;
  };
  return { job: { name: "gated", schedule: { everyMs: MINUTE }, run, ...part } satisfies JobInput, turns, open };
}

const states = async () =>
  (await stores.jobs.runs({})).items.map(({ state, reason, cause, attempt }) => ({ state, reason, cause, attempt }));

describe("a job", () => {
  test("runs at its times, and its history tells what came of it", async () => {
    const { job, turns } = noting();
    const scheduler = processWith([job]);
    await scheduler.tick();
    for (let n = 0; n < 3; n++) {
      await clock.advance(MINUTE);
      await scheduler.tick();
      await scheduler.settled();
    }
    expect(turns.map(({ dueAt }) => dueAt)).toEqual([1, 2, 3].map((n) => START + n * MINUTE));
    const { items } = await scheduler.history({ job: "noting" });
    expect(items.map(({ state, result }) => [state, result])).toEqual(
      [3, 2, 1].map((n) => ["succeeded", `{"turns":${n}}`]),
    );
    expect(await scheduler.get("noting")).toMatchObject({
      schedule: "* * * * * UTC",
      next: [4, 5, 6, 7, 8].map((n) => START + n * MINUTE),
      lastRun: { state: "succeeded" },
    });
  });

  test("is run by one of many processes", async () => {
    const { job, turns } = noting();
    const all = Array.from({ length: 5 }, () => processWith([job]));
    await Promise.all(all.map((each) => each.tick()));
    for (let n = 0; n < 10; n++) {
      await clock.advance(MINUTE);
      await Promise.all(all.map((each) => each.tick()));
      await Promise.all(all.map((each) => each.settled()));
    }
    expect(turns).toHaveLength(10);
  });

  test("of which no process is there for an hour is made up for as it says", async () => {
    const [skip, once, every] = (["skip", "once", "all"] as const).map((misfire) =>
      noting({ name: misfire, misfire, overlap: "allow", catchUp: 4 }),
    );
    const jobs = [skip, once, every].flatMap((each) => (each ? [each.job] : []));
    await processWith(jobs).tick();
    await clock.advance(60 * MINUTE + 59_000);
    // Another process, after the first one is gone.
    const later = processWith(jobs.map((job) => ({ ...job, graceMs: 30_000 })));
    await later.tick();
    await later.settled();
    const minutes = (turns: readonly JobTurn[] = []) => turns.map(({ dueAt }) => (dueAt - START) / MINUTE);
    expect([minutes(skip?.turns), minutes(once?.turns)]).toEqual([[], [60]]);
    expect(minutes(every?.turns).toSorted((a, b) => a - b)).toEqual([57, 58, 59, 60]);
    const marks = (await later.history()).items.filter(({ state }) => state === "skipped");
    expect(marks.map(({ job, reason, result }) => [job, reason, result]).toSorted()).toEqual([
      ["all", "misfire", '{"missed":56}'],
      ["once", "misfire", '{"missed":59}'],
      ["skip", "misfire", '{"missed":60}'],
    ]);
  });

  test("does not fire again when the clock is set back", async () => {
    const { job, turns } = noting();
    const scheduler = processWith([job]);
    await scheduler.tick();
    await clock.advance(2 * MINUTE);
    await scheduler.tick();
    clock.setWall(START);
    await scheduler.tick();
    await scheduler.settled();
    expect(turns).toHaveLength(1);
  });

  test.each([
    ["skip", ["running", "skipped"]],
    ["queue", ["running", "pending"]],
    ["allow", ["running", "running"]],
  ] as const)("that is still at work when it fires again: %s", async (overlap, expected) => {
    const { job, open } = gated({ overlap });
    const scheduler = processWith([job]);
    await scheduler.tick();
    for (let n = 0; n < 2; n++) {
      await clock.advance(MINUTE);
      await scheduler.tick();
    }
    expect((await states()).map(({ state }) => state).toReversed()).toEqual(expected);
    open();
    await scheduler.settled();
  });

  test("hands its shards to all processes", async () => {
    const { job, turns } = noting({ shards: 6, schedule: "by-hand" });
    const all = Array.from({ length: 3 }, () => processWith([job], { slots: 2 }));
    await all[0]?.trigger("noting", { parameter: "喵" });
    const begun = await Promise.all(all.map((each) => each.tick()));
    await Promise.all(all.map((each) => each.settled()));
    expect(begun).toEqual([2, 2, 2]);
    expect(turns.map(({ shard, parameter }) => [shard, parameter]).toSorted()).toEqual(
      [0, 1, 2, 3, 4, 5].map((shard) => [shard, "喵"]),
    );
  });
});

describe("an attempt that fails", () => {
  const failing = (error: unknown, times: number): JobInput => ({
    name: "failing",
    schedule: "by-hand",
    retries: { times, baseMs: 1000, capMs: 3000 },
    run: async () => {
      throw error;
    },
  });

  /** Tries until nothing is left to try. */
  async function exhaust(job: JobInput): Promise<readonly EndedAttempt[]> {
    const ended: EndedAttempt[] = [];
    const scheduler = processWith([job], { onEnd: (each) => ended.push(each) });
    await scheduler.trigger("failing");
    for (let n = 0; n < 10; n++) {
      await scheduler.tick();
      await scheduler.settled();
      await clock.advance(3000);
    }
    return ended;
  }

  test("is repeated after a pause, as often as the job says", async () => {
    const ended = await exhaust(failing(new Error("secret detail"), 2));
    expect(ended.map(({ end }) => end)).toEqual([
      { state: "pending", reason: "bug", result: null },
      { state: "pending", reason: "bug", result: null },
      { state: "failed", reason: "bug", result: null },
    ]);
    expect(await states()).toEqual([{ state: "failed", reason: "bug", cause: "manual", attempt: 3 }]);
  });

  test("for good is not repeated", async () => {
    expect(await exhaust(failing(new RecallKitError("channel.rejected", "no"), 5))).toHaveLength(1);
  });

  test("without retries has failed", async () => {
    await exhaust(failing(new RecallKitError("channel.unavailable", "away", { retryable: true }), 0));
    expect(await states()).toEqual([{ state: "failed", reason: "channel.unavailable", cause: "manual", attempt: 1 }]);
  });
});

describe("a run", () => {
  test("whose process died goes to another one when its lease is over, and the first writes nothing any more", async () => {
    const { job, open, turns } = gated({ retries: { times: 1 } });
    const first = processWith([job], { leaseMs: 10 * MINUTE });
    await first.tick();
    await clock.advance(MINUTE);
    await first.tick();
    expect(turns.map(({ epoch }) => epoch)).toEqual([1]);
    // As if it had slept: nobody renewed.
    clock.setWall(clock.now() + 10 * MINUTE);
    const second = processWith([job]);
    await second.tick();
    expect(turns.map(({ attempt, epoch }) => [attempt, epoch])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    open();
    await Promise.all([first.settled(), second.settled()]);
    const { items } = await first.history({ job: "gated", states: ["succeeded"] });
    expect(items.map(({ epoch }) => epoch)).toEqual([2]);
  });

  test("that goes on for long keeps its lease", async () => {
    const { job, open, turns } = gated({ schedule: "by-hand", retries: { times: 1 } });
    const [first, second] = [processWith([job]), processWith([job])];
    await first.trigger("gated");
    await first.tick();
    for (let n = 0; n < 10; n++) {
      await clock.advance(20_000);
      await second.tick();
    }
    expect(turns).toHaveLength(1);
    open();
    await first.settled();
  });

  test("is told to end when somebody cancels it, whichever process it is with", async () => {
    const { job, turns } = gated({ schedule: "by-hand" });
    const [first, other] = [processWith([job]), processWith([job])];
    const [run] = await other.trigger("gated");
    await first.tick();
    await other.cancel(run?.id ?? 0);
    await clock.advance(20_000);
    await first.settled();
    expect(turns[0]?.signal.reason).toBe("cancelled");
    expect(await states()).toMatchObject([{ state: "cancelled" }]);
    await expect(other.cancel(run?.id ?? 0)).rejects.toMatchObject({ code: "job.run-ended" });
  });

  test("that takes too long has failed", async () => {
    const { job } = gated({ schedule: "by-hand", timeoutMs: 5000 });
    const scheduler = processWith([job]);
    await scheduler.trigger("gated");
    await scheduler.tick();
    await clock.advance(5000);
    await scheduler.settled();
    expect(await states()).toMatchObject([{ state: "failed", reason: "timeout" }]);
  });
});

describe("by hand", () => {
  test("a paused job runs, and goes on by itself only when it is resumed", async () => {
    const { job, turns } = noting();
    const scheduler = processWith([job]);
    expect(await scheduler.pause("noting")).toMatchObject({ isPaused: true, next: [] });
    await clock.advance(10 * MINUTE);
    await scheduler.tick();
    await scheduler.trigger("noting", { requestedBy: "user:3" });
    await scheduler.tick();
    await scheduler.settled();
    expect(turns.map(({ cause }) => cause)).toEqual(["manual"]);
    expect((await scheduler.resume("noting")).next[0]).toBe(START + 11 * MINUTE);
    await clock.advance(MINUTE);
    await scheduler.tick();
    await scheduler.settled();
    expect(turns.map(({ cause }) => cause)).toEqual(["manual", "schedule"]);
  });

  test("the same request begins once, and a job that does not overlap not beside itself", async () => {
    const { job, open } = gated({ schedule: "by-hand" });
    const scheduler = processWith([job]);
    const [first] = await scheduler.trigger("gated", { requestId: "r1" });
    const [again] = await scheduler.trigger("gated", { requestId: "r1" });
    expect(again?.id).toBe(first?.id);
    await expect(scheduler.trigger("gated")).rejects.toMatchObject({ code: "job.running" });
    open();
  });

  test.each(["trigger", "pause", "resume", "get"] as const)("%s knows no other names", async (call) => {
    await expect(processWith([])[call]("nobody")).rejects.toMatchObject({ code: "job.not-found" });
  });
});

describe("a process that stops", () => {
  test("waits for its runs, then tells them to end, and takes no new ones", async () => {
    const { job, turns } = gated({ retries: { times: 1 } });
    const scheduler = processWith([job], { pollMs: 1000, shutdownMs: 5000 });
    const stop = new AbortController();
    const running = scheduler.run({ signal: stop.signal });
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(MINUTE + 2000);
    expect(turns).toHaveLength(1);
    stop.abort();
    // What the end wakes is asleep again.
    await new Promise((done) => setImmediate(done));
    await clock.advance(4000);
    expect(turns[0]?.signal.aborted).toBe(false);
    await clock.advance(2000);
    await running;
    expect(turns[0]?.signal.reason).toBe("stopped");
    // The next process begins it anew at once.
    expect(await states()).toMatchObject([{ state: "pending", reason: "stopped" }]);
  });

  test("does not end for a ledger that is away", async () => {
    const { job, turns } = noting();
    let isAway = true;
    const jobs = {
      ...stores.jobs,
      list: async () => {
        if (isAway) throw new RecallKitError("storage.unavailable", "away", { retryable: true });
        return stores.jobs.list();
      },
    };
    const scheduler = processWith([job], { stores: { jobs } });
    const stop = new AbortController();
    const running = scheduler.run({ signal: stop.signal });
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(MINUTE);
    isAway = false;
    await clock.advance(MINUTE);
    stop.abort();
    // What the end wakes is asleep again.
    await new Promise((done) => setImmediate(done));
    await clock.advance(25_000);
    await running;
    expect(turns.length).toBeGreaterThan(0);
  });
});

test.each([
  [{ name: "No Such" }, "name"],
  [{ shards: 0 }, "shards"],
  [{ catchUp: 101 }, "catchUp"],
  [{ retries: { times: 21 } }, "times"],
  [{ schedule: { everyMs: 999 } }, "schedule.everyMs"],
  [{ schedule: { cron: "0 0 30 2 *" } }, "cron"],
] as const)("a job with %j is refused", (part, path) => {
  expect(() => defineJob(noting(part as Partial<JobInput>).job)).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
  );
});

test("two jobs of one name are refused", () => {
  const { job } = noting();
  expect(() => processWith([job, job])).toThrow(expect.objectContaining({ code: "input.invalid" }));
});
