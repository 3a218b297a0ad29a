import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { undiciTransport } from "@recallkit/core/http";
import { memoryStores } from "@recallkit/core/memory";
import { virtualClock } from "@recallkit/core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineJob, type JobTurn } from "../job.js";
import { createScheduler } from "../scheduler.js";
import { xxlJobExecutor } from "./executor.js";

const TOKEN = "a-token-of-both-sides";

/** An admin that takes what a real one takes, and remembers it. */
async function startAdmin() {
  const calls: { readonly path: string; readonly body: unknown }[] = [];
  let isAway = false;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const refused = request.headers["xxl-job-access-token"] !== TOKEN || request.method !== "POST";
    if (isAway) response.statusCode = 502;
    else if (!refused) calls.push({ path: request.url ?? "", body: JSON.parse(text) });
    response.end(JSON.stringify(refused ? { code: 500, msg: "token" } : { code: 200, msg: null }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/xxl-job-admin/`,
    calls,
    setAway: (value: boolean) => {
      isAway = value;
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

let admin: Awaited<ReturnType<typeof startAdmin>>;
const transport = undiciTransport();
beforeEach(async () => {
  admin = await startAdmin();
});
afterEach(() => admin.close());

function executorWith(run: (turn: JobTurn) => Promise<undefined> = async () => undefined) {
  const clock = virtualClock(1_767_225_600_000);
  const turns: JobTurn[] = [];
  const jobs = ["daily-report", "clean-up"].map((name) =>
    defineJob({
      name,
      schedule: "by-hand",
      run: async (turn) => {
        turns.push(turn);
        return run(turn);
      },
    }),
  );
  const stores = memoryStores();
  const scheduler = createScheduler({ stores, jobs, clock, onEnd: (ended) => executor.ended(ended) });
  const about = { appName: "recallkit", address: "http://10.0.0.7:8000/api/xxl-job" };
  const executor = xxlJobExecutor({
    scheduler,
    accessToken: TOKEN,
    adminUrls: [admin.url],
    transport,
    clock,
    ...about,
  });
  const call = (name: string, body: unknown = {}) => executor.answer(name, TOKEN, body);
  return { clock, turns, scheduler, executor, call };
}

const RUN = {
  jobId: 3,
  executorHandler: "daily-report",
  executorParams: "day=昨天",
  executorBlockStrategy: "DISCARD_LATER",
  executorTimeout: 0,
  logId: 17,
  logDateTime: 1_606_100_913_829,
  glueType: "BEAN",
  glueSource: "",
  glueUpdatetime: 1_606_099_566_000,
  broadcastIndex: 0,
  broadcastTotal: 1,
};

describe("an xxl-job-admin", () => {
  test("begins a job once, hears how it ended, and reads its log", async () => {
    const { call, turns, scheduler } = executorWith();
    expect(await call("beat")).toEqual({ code: 200, msg: null });
    expect([await call("run", RUN), await call("run", RUN)]).toEqual([
      { code: 200, msg: null },
      { code: 200, msg: null },
    ]);
    expect(await call("idleBeat", { jobId: 3 })).toMatchObject({ code: 500 });
    await scheduler.tick();
    await scheduler.settled();
    expect(turns.map(({ parameter }) => parameter)).toEqual(["day=昨天"]);
    await expect
      .poll(() => admin.calls)
      .toEqual([
        {
          path: "/xxl-job-admin/api/callback",
          body: [{ logId: 17, logDateTim: 1_606_100_913_829, handleCode: 200, handleMsg: null }],
        },
      ]);
    expect(await call("idleBeat", { jobId: 3 })).toMatchObject({ code: 200 });
    expect(await call("log", { logId: 17, logDateTim: 1_606_100_913_829, fromLineNum: 1 })).toMatchObject({
      code: 200,
      content: { fromLineNum: 1, toLineNum: 1, logContent: "shard 1/1 attempt 1 succeeded", isEnd: true },
    });
  });

  test("that is away hears of the end later", async () => {
    const { call, scheduler, executor, clock } = executorWith(async () => {
      throw new Error("no");
    });
    admin.setAway(true);
    await call("run", RUN);
    await scheduler.tick();
    await scheduler.settled();
    const stop = new AbortController();
    const running = executor.run({ signal: stop.signal });
    await expect.poll(() => clock.sleeping).toBe(1);
    expect(admin.calls).toEqual([]);
    admin.setAway(false);
    await clock.advance(5000);
    await expect.poll(() => admin.calls.map(({ path }) => path.split("/").at(-1))).toEqual(["registry", "callback"]);
    expect(admin.calls[0]?.body).toEqual({
      registryGroup: "EXECUTOR",
      registryKey: "recallkit",
      registryValue: "http://10.0.0.7:8000/api/xxl-job",
    });
    expect(admin.calls[1]?.body).toMatchObject([{ handleCode: 500, handleMsg: "bug" }]);
    stop.abort();
    await running;
    expect(admin.calls.at(-1)?.path).toBe("/xxl-job-admin/api/registryRemove");
  });

  test("ends a job that is at work, and only its own", async () => {
    const { call, scheduler, turns, clock } = executorWith(
      ({ signal }) => new Promise((done) => signal.addEventListener("abort", () => done(undefined))),
    );
    await call("run", RUN);
    await scheduler.tick();
    await call("kill", { jobId: 4 });
    await call("kill", { jobId: 3 });
    await clock.advance(20_000);
    await scheduler.settled();
    expect(turns[0]?.signal.reason).toBe("cancelled");
    await expect.poll(() => admin.calls.at(-1)?.body).toMatchObject([{ handleCode: 500, handleMsg: "cancelled" }]);
  });

  test("chooses what becomes of a call beside an open run", async () => {
    const { call, scheduler } = executorWith();
    await call("run", RUN);
    expect(await call("run", { ...RUN, logId: 18 })).toMatchObject({ code: 500 });
    expect(await call("run", { ...RUN, logId: 19, executorBlockStrategy: "SERIAL_EXECUTION" })).toMatchObject({
      code: 200,
    });
    expect(await call("run", { ...RUN, logId: 20, executorBlockStrategy: "COVER_EARLY" })).toMatchObject({ code: 200 });
    const { items } = await scheduler.history();
    expect(items.map(({ state }) => state)).toEqual(["pending", "cancelled", "cancelled"]);
  });

  test.each([
    ["run", { ...RUN, executorHandler: "nobody" }],
    ["run", { ...RUN, glueType: "GLUE_SHELL", glueSource: "rm -rf /" }],
    ["run", { ...RUN, jobId: "3" }],
    ["run", {}],
    ["run", null],
    ["log", { logId: 1, logDateTim: 1, fromLineNum: 1 }],
    ["idleBeat", {}],
    ["reboot", {}],
    ["toString", {}],
  ])("gets a clear no for %s %j", async (name, body) => {
    const { call, scheduler } = executorWith();
    expect(await call(name, body)).toMatchObject({ code: 500, msg: expect.stringMatching(/./) });
    expect((await scheduler.history()).items).toEqual([]);
  });

  test.each([undefined, "", "another-token-of-both", TOKEN.slice(1)])(
    "with the token %j gets nothing",
    async (token) => {
      const { executor, scheduler } = executorWith();
      expect(await executor.answer("run", token, RUN)).toEqual({ code: 500, msg: "The access token is wrong." });
      expect((await scheduler.history()).items).toEqual([]);
    },
  );
});
