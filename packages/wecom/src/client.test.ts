import { type Logger, systemClock } from "@recallkit/core";
import {
  type HttpTransport,
  type LogFields,
  memoryTokenCache,
  type RateLimit,
  type RateLimiter,
} from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createWecomClient } from "./client.js";
import { allOf, CREDENTIALS, customers, failureOf, openRig, testTransport } from "./test-rig.js";

const task = { chat_type: "single", external_userid: customers(1), text: { content: "喵～" } } as const;

describe("createWecomClient: access token", () => {
  test("50 calls at once ask for one token", async () => {
    const { client, callsOf } = await openRig();
    await Promise.all(Array.from({ length: 50 }, () => client.addMsgTemplate(task)));
    expect(callsOf("gettoken")).toBe(1);
    expect(callsOf("add_msg_template")).toBe(50);
  });

  test("is asked for again 5 minutes before its end", async () => {
    const { client, clock, callsOf } = await openRig();
    await client.accessToken();
    clock.advance(6899_000);
    await client.accessToken();
    expect(callsOf("gettoken")).toBe(1);
    clock.advance(1000);
    await client.accessToken();
    expect(callsOf("gettoken")).toBe(2);
  });

  test("a short one is asked for again a tenth before its end", async () => {
    const { client, clock, callsOf } = await openRig({ simulator: { tokenTtlSeconds: 100 } });
    await client.accessToken();
    clock.advance(89_000);
    await client.accessToken();
    expect(callsOf("gettoken")).toBe(1);
    clock.advance(1000);
    await client.accessToken();
    expect(callsOf("gettoken")).toBe(2);
  });

  test.each(["expire-token", "revoke-token"] as const)("%s mid-run costs one refresh and one repeat", async (kind) => {
    const { simulator, client, callsOf } = await openRig();
    await client.addMsgTemplate(task);
    simulator.faults.push({ on: "add_msg_template", kind });
    await client.addMsgTemplate(task);
    expect(callsOf("gettoken")).toBe(2);
    expect(callsOf("add_msg_template")).toBe(3);
    expect(simulator.ledger.tasks).toHaveLength(2);
  });

  test("20 calls that meet an expired token refresh it once", async () => {
    const { simulator, client, callsOf } = await openRig();
    await client.accessToken();
    simulator.faults.push({ on: "add_msg_template", kind: "expire-token" });
    await Promise.all(Array.from({ length: 20 }, () => client.addMsgTemplate(task)));
    expect(callsOf("gettoken")).toBe(2);
    expect(simulator.ledger.tasks).toHaveLength(20);
  });

  test("a token that is refused twice is given up", async () => {
    const { simulator, client, callsOf } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind: "error", errcode: 40014, times: "always" });
    const error = await failureOf(client.addMsgTemplate(task));
    expect(error).toMatchObject({ code: "channel.unauthorized", effect: "AUTH", providerCode: "40014" });
    expect(callsOf("add_msg_template")).toBe(2);
  });

  test("40001 of gettoken is a wrong secret and never repeated", async () => {
    const { simulator, callsOf } = await openRig();
    const client = createWecomClient({
      ...CREDENTIALS,
      secret: "wrong",
      baseUrl: simulator.url,
      transport: testTransport(),
    });
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "CONFIG", providerCode: "40001" });
    expect(callsOf("gettoken")).toBe(1);
    expect(callsOf("add_msg_template")).toBe(0);
  });

  test.each([{ kind: "reset" }, { kind: "500" }, { kind: "html" }, { kind: "bad-json" }] as const)(
    "$kind of gettoken proves that nothing was sent",
    async ({ kind }) => {
      const { simulator, client } = await openRig();
      simulator.faults.push({ on: "gettoken", kind });
      expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "NOT_SENT", retryable: true });
      await client.addMsgTemplate(task);
      expect(simulator.ledger.tasks).toHaveLength(1);
    },
  );

  test("a refresh on demand replaces the token in use", async () => {
    const { client, callsOf } = await openRig();
    await client.accessToken();
    await client.accessToken({ refresh: true });
    expect(callsOf("gettoken")).toBe(2);
  });

  test("two apps of one corp do not share a token", async () => {
    const corps = [CREDENTIALS, { ...CREDENTIALS, secret: "other" }];
    const { simulator, client, clock } = await openRig({ simulator: { corps } });
    const other = createWecomClient({
      ...CREDENTIALS,
      secret: "other",
      baseUrl: simulator.url,
      transport: testTransport(),
      clock,
    });
    expect(await other.accessToken()).not.toBe(await client.accessToken());
  });

  test("one caller's abort leaves the token to the others", async () => {
    const { simulator, client, callsOf } = await openRig();
    const abort = new AbortController();
    simulator.faults.push({ on: "gettoken", kind: "late" });
    const given = failureOf(client.accessToken({ signal: abort.signal }));
    const kept = client.accessToken();
    await simulator.faults.whenHeld();
    abort.abort();
    expect(await given).toMatchObject({ code: "channel.aborted", effect: "NOT_SENT" });
    simulator.faults.release();
    expect(await kept).not.toBe("");
    expect(callsOf("gettoken")).toBe(1);
  });
});

describe("createWecomClient: a busy server", () => {
  test("reads wait up to three times, ever longer, by chance", async () => {
    const { simulator, client, clock, callsOf } = await openRig({
      channel: { random: { next: () => 0.5, bytes: (n) => new Uint8Array(n) } },
    });
    const { msgid } = await client.addMsgTemplate(task);
    simulator.faults.push({ on: "get_groupmsg_task", kind: "busy", times: 3 });
    expect(await allOf(client.getGroupmsgTask(msgid))).toHaveLength(1);
    expect(callsOf("get_groupmsg_task")).toBe(4);
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });

  test("reads give up after the fourth try", async () => {
    const { simulator, client, callsOf } = await openRig();
    simulator.faults.push({ on: "get_groupmsg_list_v2", kind: "busy", times: "always" });
    const list = client.getGroupmsgList({ chat_type: "single", start_time: 0, end_time: 1 });
    expect(await failureOf(allOf(list))).toMatchObject({
      code: "channel.unavailable",
      effect: "NOT_SENT",
      providerCode: "-1",
    });
    expect(callsOf("get_groupmsg_list_v2")).toBe(4);
  });

  test("a call with effects is never repeated: nobody knows what happened", async () => {
    const { simulator, client } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind: "busy", perform: true });
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "UNKNOWN", providerCode: "-1" });
    expect(simulator.ledger.tasks).toHaveLength(1);
  });

  test("a task that is being dispatched is not ready, and not waited for", async () => {
    const { client, clock } = await openRig({ simulator: { dispatchingMs: 1000 } });
    const { msgid } = await client.addMsgTemplate(task);
    expect(await failureOf(allOf(client.getGroupmsgTask(msgid)))).toMatchObject({ code: "channel.not-ready" });
    expect(clock.waits).toEqual([]);
    clock.advance(1000);
    expect(await allOf(client.getGroupmsgTask(msgid))).toHaveLength(1);
  });

  test.each(["45009", "45033"] as const)("%s names the time to wait and is not repeated", async (kind) => {
    const { simulator, client, callsOf } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind });
    const error = await failureOf(client.addMsgTemplate(task));
    expect(error).toMatchObject({
      code: "channel.throttled",
      effect: "RATE_LIMITED",
      providerCode: kind,
      retryAfterMs: 60_000,
    });
    expect(callsOf("add_msg_template")).toBe(1);
  });
});

describe("createWecomClient: its own rate limits", () => {
  const ADD = "externalcontact/add_msg_template";
  const once = { kind: "window", max: 1, windowMs: 60_000 } as const;

  test("hold a call back that would exceed them, with proof that nothing was sent", async () => {
    const { client, clock, callsOf } = await openRig({ channel: { rateLimits: { [ADD]: once } } });
    await client.addMsgTemplate(task);
    clock.advance(20_000);
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({
      code: "channel.throttled",
      effect: "RATE_LIMITED",
      retryable: true,
      retryAfterMs: 40_000,
      providerCode: undefined,
    });
    expect(callsOf("add_msg_template")).toBe(1);
    clock.advance(40_000);
    await client.addMsgTemplate(task);
    expect(callsOf("add_msg_template")).toBe(2);
  });

  test("count each path of an account by itself", async () => {
    const taken: string[] = [];
    const rateLimiter: RateLimiter = {
      async take(key, limit) {
        taken.push(`${key} ${limit.kind}`);
        return { kind: "granted", end: async () => {} };
      },
    };
    const { client } = await openRig({ channel: { rateLimiter, rateLimits: { [ADD]: once } } });
    const { msgid } = await client.addMsgTemplate(task);
    await client.remindGroupmsgSend(msgid);
    expect(taken).toEqual([
      "wecom:ww-simulator:gettoken bucket",
      `wecom:ww-simulator:${ADD} window`,
      `wecom:ww-simulator:remind:${msgid} window`,
      "wecom:ww-simulator:externalcontact/remind_groupmsg_send bucket",
    ]);
  });

  test("let reads wait for room, as long as a call may take", async () => {
    const { client, clock, callsOf } = await openRig({
      channel: { rateLimits: { "*": { ...once, windowMs: 10_000 } } },
    });
    const { msgid } = await client.addMsgTemplate(task);
    expect(await allOf(client.getGroupmsgTask(msgid))).toHaveLength(1);
    const { sleep } = clock;
    clock.sleep = async (ms) => {
      clock.advance(ms);
      await sleep(ms);
    };
    expect(await allOf(client.getGroupmsgTask(msgid))).toHaveLength(1);
    expect([callsOf("get_groupmsg_task"), clock.waits]).toEqual([2, [10_000]]);
  });

  test("that nobody can count prove that nothing was sent", async () => {
    const rateLimiter: RateLimiter = { take: () => Promise.reject(new Error("away")) };
    const { client } = await openRig({ channel: { rateLimiter } });
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "NOT_SENT", retryable: true });
  });

  test.each([
    { kind: "window", max: 0, windowMs: 1 },
    { kind: "bucket", burst: 1, perSecond: Number.NaN },
    { kind: "none" },
  ])("must be some: %j", (limit) => {
    expect(() => createWecomClient({ ...CREDENTIALS, rateLimits: { "*": limit as RateLimit } })).toThrow(
      expect.objectContaining({ code: "config.invalid", option: "rateLimits.*" }),
    );
  });
});

describe("createWecomClient: lists", () => {
  test("walks through every page of tasks made in a span", async () => {
    const { client, clock, callsOf } = await openRig();
    for (let count = 0; count < 205; count += 1) await client.addMsgTemplate(task);
    const now = clock.now() / 1000;
    const rows = await allOf(client.getGroupmsgList({ chat_type: "single", start_time: now, end_time: now }));
    expect(new Set(rows.map(({ msgid }) => msgid)).size).toBe(205);
    expect(rows[0]).toMatchObject({ create_time: now, create_type: 0, text: { content: "喵～" } });
    expect(callsOf("get_groupmsg_list_v2")).toBe(3);
  });

  test("asks for one page at a time, whatever runs beside it", async () => {
    const real = testTransport();
    let [open, most] = [0, 0];
    const transport: HttpTransport = {
      async request(request) {
        open += 1;
        most = Math.max(most, open);
        return real.request(request).finally(() => {
          open -= 1;
        });
      },
    };
    const { client } = await openRig({ channel: { transport } });
    const { msgid } = await client.addMsgTemplate(task);
    const lists = Array.from({ length: 5 }, () => allOf(client.getGroupmsgTask(msgid)));
    expect((await Promise.all(lists)).flat()).toHaveLength(5);
    expect(most).toBe(1);
  });
});

describe("createWecomClient: secrets and options", () => {
  test("neither errors nor logs hold the token or the secret", async () => {
    const lines: unknown[] = [];
    const write = (event: string, fields?: LogFields): void => {
      lines.push(event, fields);
    };
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const { simulator, client } = await openRig({ channel: { logger } });
    const token = await client.accessToken();
    const errors: unknown[] = [];
    for (const kind of ["reset", "500", "html", "bad-json", "busy", "45009", "lose-msgid"] as const) {
      simulator.faults.push({ on: "add_msg_template", kind });
      for (
        let error: unknown = await failureOf(client.addMsgTemplate(task));
        error instanceof Error;
        error = error.cause
      ) {
        errors.push(error.message, error.stack, { ...error });
      }
    }
    const written = JSON.stringify([lines, errors]);
    expect(lines).toContainEqual(expect.objectContaining({ call: "add_msg_template", errcode: 45009 }));
    expect(written).not.toContain(token);
    expect(written).not.toContain(CREDENTIALS.secret);
    expect(written).not.toContain(customers(1)[0]);
  });

  test.each([
    [{ corpId: "" }, "corpId"],
    [{ secret: "" }, "secret"],
    [{ baseUrl: "ftp://x" }, "baseUrl"],
    [{ baseUrl: "qyapi.weixin.qq.com" }, "baseUrl"],
    [{ baseUrl: "https://x/?a=1" }, "baseUrl"],
  ])("%j is refused by name", (wrong, option) => {
    expect(() => createWecomClient({ ...CREDENTIALS, ...wrong })).toThrow(expect.objectContaining({ option }));
  });
});

describe("createWecomClient: tokens of somebody else's making", () => {
  /** A service that hands out the simulator's tokens. */
  function service(tokens: ReturnType<typeof createWecomClient>) {
    const asked: string[] = [];
    return {
      asked,
      get: () => tokens.getAccessToken(),
      async refresh(refused: string) {
        asked.push(refused);
        return tokens.getAccessToken(true);
      },
    };
  }

  test("are used, and a refused one is handed back once for all who meet it", async () => {
    const { simulator, client: tokens, callsOf } = await openRig();
    const accessToken = service(tokens);
    const { corpId } = CREDENTIALS;
    const client = createWecomClient({ corpId, accessToken, baseUrl: simulator.url, transport: testTransport() });
    await client.addMsgTemplate(task);
    expect([accessToken.asked.length, callsOf("gettoken")]).toEqual([0, 1]);
    const before = await tokens.getAccessToken();
    simulator.faults.push({ on: "add_msg_template", kind: "expire-token" });
    await Promise.all(Array.from({ length: 10 }, () => client.addMsgTemplate(task)));
    expect(accessToken.asked).toEqual([before]);
    expect(simulator.ledger.tasks).toHaveLength(11);
  });

  test("that can't be had prove that nothing was sent", async () => {
    const { simulator } = await openRig();
    const accessToken = {
      get: () => Promise.reject(new Error("down")),
      refresh: () => Promise.reject(new Error("down")),
    };
    const client = createWecomClient({ corpId: "ww", accessToken, baseUrl: simulator.url, transport: testTransport() });
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "NOT_SENT", retryable: true });
    expect(() => createWecomClient({ corpId: "ww" })).toThrow(/secret/);
  });

  test("getAccessToken(true) replaces the one in use, and corps and apps have one each", async () => {
    const corps = [
      { corpId: "ww1", secret: "a" },
      { corpId: "ww1", secret: "b" },
      { corpId: "ww2", secret: "a" },
    ];
    const { simulator } = await openRig({ simulator: { corps } });
    const tokenCache = memoryTokenCache({ clock: systemClock });
    const clients = corps.map((app) =>
      createWecomClient({ ...app, baseUrl: simulator.url, transport: testTransport(), tokenCache }),
    );
    const [first] = clients;
    expect(new Set(await Promise.all(clients.map((client) => client.getAccessToken()))).size).toBe(3);
    await first?.getAccessToken(true);
    await first?.getAccessToken();
    expect(simulator.ledger.calls.filter(({ path }) => path.endsWith("gettoken"))).toHaveLength(4);
  });
});

describe("createWecomClient: a path that WeCom has shut", () => {
  test("is not called again for a minute, others are", async () => {
    const { simulator, client, clock, callsOf } = await openRig();
    simulator.faults.push({ on: "add_msg_template", kind: "45009" });
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ providerCode: "45009" });
    clock.advance(59_999);
    expect(await failureOf(client.addMsgTemplate(task))).toMatchObject({ effect: "RATE_LIMITED", retryAfterMs: 1 });
    expect(callsOf("add_msg_template")).toBe(1);
    await client.getFollowUserList();
    clock.advance(1);
    await client.addMsgTemplate(task);
    expect(callsOf("add_msg_template")).toBe(2);
  });

  test("any other call goes by the same limits and errors", async () => {
    const { client } = await openRig();
    const answer = z.object({ follow_user: z.array(z.string()) });
    const { follow_user } = await client.request("externalcontact/get_follow_user_list", { answer });
    expect(follow_user).toHaveLength(5);
    const unknown = client.request("externalcontact/groupchat/list", { body: {}, answer, hasEffect: true });
    expect(await failureOf(unknown)).toMatchObject({ effect: "UNKNOWN", code: "channel.malformed-response" });
  });
});
