import { systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { undiciTransport } from "@recallkit/core/http";
import { memoryTokenCache, type SendOptions } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type FeishuSimulatorOptions, type HttpFault, startFeishuSimulator } from "../simulator/index.js";
import { botSignature, type FeishuOptions, feishuBot, feishuChannel } from "./index.js";

const transport = undiciTransport();
afterAll(() => transport.close());

const content = { text: "店里有 3 位老客该回访了" };
const inTime = (clock = systemClock): SendOptions => ({
  writeBy: clock.monotonic() + 10_000,
  signal: new AbortController().signal,
});
const batchTo = (address: string, marker = "abcdefgh2345", said: typeof content & { subject?: string } = content) => ({
  tenantId: 3,
  marker,
  content: said,
  recipients: [{ address, content: said, values: {}, marker }],
});

async function opened(options: Partial<FeishuOptions> = {}, simulation: FeishuSimulatorOptions = {}) {
  const simulator = await startFeishuSimulator(simulation);
  onTestFinished(() => simulator.close());
  const channel = feishuChannel({
    appId: "cli_simulator",
    appSecret: "simulator-secret",
    baseUrl: simulator.url,
    transport,
    ...options,
  });
  return { simulator, channel };
}

describe("Feishu", () => {
  const open = async () => {
    const { simulator, channel } = await opened();
    return {
      channel,
      content,
      address: (index: number) => `ou_${index}`,
      refused: "unknown_person",
      messages: async () => simulator.ledger.messages.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);

  test("a subject makes a message with a title, and nobody is called by a text", async () => {
    const { simulator, channel } = await opened();
    const said = { subject: "今日回访", text: '第一行\n<at user_id="all">所有人</at>' };
    await channel.send(batchTo("ou_1", "abcdefgh2345", said), inTime());
    await channel.send(batchTo("ou_2", "abcdefgh2346"), inTime());
    expect(simulator.ledger.messages).toMatchObject([
      { title: "今日回访", text: '第一行\n＜at user_id="all">所有人＜/at>', key: "abcdefgh2345.3" },
      { title: "", text: content.text },
    ]);
  });

  test("many messages share one token, also over channels with one cache", async () => {
    const tokenCache = memoryTokenCache({ clock: systemClock });
    const { simulator, channel } = await opened({ tokenCache });
    const second = feishuChannel({
      appId: "cli_simulator",
      appSecret: "simulator-secret",
      baseUrl: simulator.url,
      transport,
      tokenCache,
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? channel : second).send(batchTo(`ou_${n}`, `abcdefgh23${String.fromCharCode(97 + n)}2`), inTime()),
      ),
    );
    expect(simulator.ledger.messages).toHaveLength(20);
    expect(simulator.ledger.calls.filter(({ name }) => name === "token")).toHaveLength(1);
  });

  test("a token that was taken back is fetched anew once, whichever way it is told", async () => {
    const { simulator, channel } = await opened();
    await channel.send(batchTo("ou_1"), inTime());
    simulator.revokeTokens();
    expect(await channel.send(batchTo("ou_2", "abcdefgh2346"), inTime())).toMatchObject([{ kind: "accepted" }]);
    simulator.faults.push({ on: "message", kind: "code", code: 99991663, status: 200 });
    expect(await channel.send(batchTo("ou_3", "abcdefgh2347"), inTime())).toMatchObject([{ kind: "accepted" }]);
    simulator.faults.push({ on: "message", kind: "code", code: 99991663, times: "always" });
    await expect(channel.send(batchTo("ou_4", "abcdefgh224a"), inTime())).rejects.toMatchObject({ effect: "AUTH" });
    expect([...simulator.ledger.sentPerAddress().values()]).toEqual([1, 1, 1]);
  });

  test("a token is renewed before its end", async () => {
    const clock = virtualClock(Date.UTC(2026, 5, 1));
    const live = { ...systemClock, now: clock.now };
    const { simulator, channel } = await opened({ clock: live }, { clock });
    await channel.send(batchTo("ou_1"), inTime());
    await clock.advance(6_800_000);
    await channel.send(batchTo("ou_2", "abcdefgh2346"), inTime());
    await clock.advance(200_000);
    await channel.send(batchTo("ou_3", "abcdefgh2347"), inTime());
    expect(simulator.ledger.calls.map(({ name }) => name)).toEqual(["token", "message", "message", "token", "message"]);
  });

  test.each([
    ["accept-then-reset", 1],
    ["accept-then-500", 1],
    ["hang", 1],
    ["reset", 0],
    ["500", 0],
    ["html", 0],
  ] as const)(
    "an answer that is lost (%s) is unknown, and a repeat within the hour makes one message",
    async (kind, made) => {
      const clock = virtualClock(Date.UTC(2026, 5, 1));
      const { simulator, channel } = await opened(kind === "hang" ? { timeoutMs: 1500 } : {}, { clock });
      simulator.faults.push({ on: "message", kind });
      expect(await channel.send(batchTo("ou_1"), inTime())).toMatchObject([{ kind: "unknown" }]);
      expect(simulator.ledger.messages).toHaveLength(made);
      await clock.advance(3_599_000);
      expect(await channel.send(batchTo("ou_1"), inTime())).toMatchObject([{ kind: "accepted" }]);
      expect(simulator.ledger.messages).toHaveLength(1);
      // What the keys of Feishu do not promise.
      await clock.advance(3_601_000);
      await channel.send(batchTo("ou_1"), inTime());
      expect(simulator.ledger.messages).toHaveLength(2);
    },
  );

  test("once Feishu has forgotten the key, what is unknown stays unknown and is not repeated", async () => {
    const clock = virtualClock(Date.UTC(2026, 5, 1));
    const { simulator, channel } = await opened({ clock: { ...systemClock, now: clock.now } }, { clock });
    simulator.faults.push({ on: "message", kind: "accept-then-reset" }, { on: "message", kind: "500" });
    for (const minutes of [0, 30, 30]) {
      await clock.advance(minutes * 60_000);
      expect(await channel.send(batchTo("ou_1"), inTime())).toMatchObject([{ kind: "unknown" }]);
    }
    expect(simulator.ledger.messages).toHaveLength(1);
    expect(simulator.ledger.calls.filter(({ name }) => name === "message")).toHaveLength(2);
  });

  const sent = async (fault: HttpFault) => {
    const { simulator, channel } = await opened();
    simulator.faults.push(fault);
    const end: unknown = await channel.send(batchTo("ou_1"), inTime()).catch((error: unknown) => error);
    return [end, simulator.ledger.messages.length];
  };

  test.each([
    ["token", 10014, "CONFIG"],
    ["token", 99991400, "RATE_LIMITED"],
    ["token", 1500, "CONFIG"],
    ["message", 99991672, "CONFIG"],
    ["message", 99991400, "RATE_LIMITED"],
    ["message", 230006, "CONFIG"],
    ["message", 230025, "REQUEST"],
  ] as const)("%s code %i proves that nothing was sent: %s", async (on, code, effect) => {
    expect(await sent({ on, kind: "code", code })).toMatchObject([{ effect, providerCode: String(code) }, 0]);
  });

  test.each(["reset", "500", "html"] as const)("no token (%s) is proof that nothing was sent", async (kind) => {
    expect(await sent({ on: "token", kind })).toMatchObject([{ effect: "NOT_SENT" }, 0]);
  });

  test.each([
    [230001, { kind: "refused", reason: "invalid_address" }],
    [230013, { kind: "refused", reason: "out_of_range" }],
    [230020, { kind: "deferred" }],
    [230999, { kind: "refused", reason: "rejected_by_provider" }],
    [1500, { kind: "unknown" }],
  ])("code %i is an outcome of its person", async (code, outcome) => {
    expect(await sent({ on: "message", kind: "code", code })).toMatchObject([[outcome], 0]);
  });

  test("more than the app may send waits here, and says how long", async () => {
    const { simulator, channel } = await opened();
    const ends = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) => channel.send(batchTo(`ou_${n}`, `abcdefgh${2222 + n}`), inTime())),
    );
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ effect: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    expect(simulator.ledger.calls.filter(({ status }) => status === 429)).toEqual([]);
  });
});

describe("a bot of a group", () => {
  const { signal } = new AbortController();
  const botOf = async (options: { readonly secret?: string; readonly language?: "zh" | "en" } = {}) => {
    const simulator = await startFeishuSimulator();
    onTestFinished(() => simulator.close());
    const bot = feishuBot({
      url: simulator.botUrl,
      secret: "simulator-bot-secret",
      transport,
      ...options,
    });
    return { simulator, bot };
  };

  test("signs with the key that is its time and secret", () => {
    expect(botSignature("1599360473", "testsecret")).toBe("363UeKLKin0EeG+hrOQd23TNUSH+orqAFf6mWFdhcD4=");
  });

  test("tells alarms, and nobody is called by their words", async () => {
    const { simulator, bot } = await botOf();
    await bot.send(
      {
        id: 1,
        tenantId: 1,
        code: "push.failure-rate",
        entity: "occurrence",
        entityId: 7,
        detail: '300 of 1000 failed <at user_id="all">',
        at: Date.UTC(2026, 5, 1),
      },
      { signal },
    );
    expect(simulator.ledger.messages.map(({ text }) => text)).toEqual([
      'push.failure-rate\noccurrence 7: 300 of 1000 failed ＜at user_id="all">\n2026-06-01T00:00:00.000Z',
    ]);
  });

  test("tells alarms with what they mean, in the language that is asked for", async () => {
    const alarm = { id: 1, tenantId: 1, entity: "batch", entityId: 7, detail: "m7", at: Date.UTC(2026, 5, 1) } as const;
    for (const [language, expected] of [
      [
        "zh",
        "[告警] batch.needs_review\n无法查明批次是否发出。请到服务商后台核实后写下结论\nbatch 7: m7\n2026-06-01T00:00:00.000Z",
      ],
      [
        "en",
        "[alarm] batch.needs_review\nNobody knows whether the batch was sent. Look for it at the provider, then decide\nbatch 7: m7\n2026-06-01T00:00:00.000Z",
      ],
    ] as const) {
      const { simulator, bot } = await botOf({ language });
      await bot.send({ ...alarm, code: "batch.needs_review" }, { signal });
      expect(simulator.ledger.messages.map(({ text }) => text)).toEqual([expected]);
    }
  });

  test("a wrong secret, a missing keyword and too many messages are told apart", async () => {
    const wrong = await botOf({ secret: "another" });
    await expect(wrong.bot.say("早", { signal })).rejects.toMatchObject({ effect: "AUTH", providerCode: "19021" });
    const { simulator, bot } = await botOf();
    simulator.faults.push({ on: "bot", kind: "code", code: 19024, status: 200 });
    await expect(bot.say("早", { signal })).rejects.toMatchObject({ effect: "REQUEST" });
    simulator.faults.push({ on: "bot", kind: "code", code: 11232, status: 200 });
    await expect(bot.say("早", { signal })).rejects.toMatchObject({ effect: "RATE_LIMITED" });
    for (let n = 0; n < 3; n += 1) await bot.say("早", { signal });
    await expect(bot.say("早", { signal })).rejects.toMatchObject({
      effect: "RATE_LIMITED",
      retryAfterMs: expect.any(Number),
    });
    expect(simulator.ledger.calls).toHaveLength(5);
  });

  test("an answer that is lost is not known, and nothing is repeated", async () => {
    const { simulator, bot } = await botOf();
    simulator.faults.push({ on: "bot", kind: "accept-then-reset" });
    await expect(bot.say("早", { signal })).rejects.toMatchObject({ effect: "UNKNOWN" });
    simulator.faults.push({ on: "bot", kind: "code", code: 2200, status: 200 });
    await expect(bot.say("早", { signal })).rejects.toMatchObject({ effect: "UNKNOWN" });
    expect(simulator.ledger.calls).toHaveLength(2);
  });
});
