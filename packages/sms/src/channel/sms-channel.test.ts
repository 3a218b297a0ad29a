import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { undiciTransport } from "@recallkit/core/http";
import type { Recipient, SendOptions } from "@recallkit/core/ports";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { ALIYUN_ACKNOWLEDGED, aliyunProvider, readAliyunReports } from "../aliyun/index.js";
import { providerGroup } from "../provider/provider-group.js";
import type { SmsProvider } from "../provider/sms-provider.js";
import { memoryReceipts } from "../receipt/receipt-store.js";
import { isOptOutReply } from "../reply/opt-out-reply.js";
import { type Fault, type SmsSimulatorOptions, startSmsSimulator } from "../simulator/index.js";
import { readTencentReports, TENCENT_ACKNOWLEDGED, tencentProvider } from "../tencent/index.js";
import {
  readYunpianReply,
  readYunpianReports,
  receiptOf,
  YUNPIAN_ACKNOWLEDGED,
  yunpianClient,
  yunpianProvider,
} from "../yunpian/index.js";
import { smsChannel } from "./sms-channel.js";

const signature = "喵星球";
const transport = undiciTransport();
afterAll(() => transport.close());

async function opened(options: SmsSimulatorOptions = {}) {
  const simulator = await startSmsSimulator(options);
  onTestFinished(() => simulator.close());
  const providers: Record<string, SmsProvider> = {
    yunpian: yunpianProvider({ apikey: "simulator-apikey", baseUrl: simulator.yunpianUrl, transport }),
    "yunpian with uid": yunpianProvider({
      apikey: "simulator-apikey",
      baseUrl: simulator.yunpianUrl,
      transport,
      uid: true,
    }),
    aliyun: aliyunProvider({
      accessKeyId: "simulator-key",
      accessKeySecret: "simulator-secret",
      baseUrl: simulator.url,
      transport,
    }),
    tencent: tencentProvider({
      secretId: "simulator-id",
      secretKey: "simulator-key",
      sdkAppId: "1400000000",
      baseUrl: simulator.url,
      transport,
    }),
  };
  return {
    simulator,
    providers,
    channelOf: (name: string) => smsChannel({ provider: providers[name] as SmsProvider, signature }),
  };
}

const content = { text: "好久不见，猫粮到货了", smsTemplate: { id: "SMS_1", params: { name: "张三" } } };
const address = (index: number) => `+86138${String(10_000_000 + index * 10 + 8)}`;
const marker = (n: number) =>
  `abcdefgh${String(2222 + n)
    .replace(/[01 89]/g, "7")
    .padStart(4, "2")}`;
const people = (...numbers: readonly string[]): Recipient[] =>
  numbers.map((number, n) => ({ address: number, content, values: {}, marker: marker(n) }));
const inTime = (): SendOptions => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });

// With the text alone two pushes of one text to one person are alike, so that only marks pass all of the suite.
describe.each(["yunpian with uid", "aliyun", "tencent"])("SMS by %s", (name) => {
  const open = async () => {
    const { simulator, channelOf } = await opened({ yunpian: { apikey: "simulator-apikey", echoesUid: true } });
    return {
      channel: channelOf(name),
      content,
      address,
      refused: "+8613800000006",
      messages: async () => simulator.ledger.messages.length,
    };
  };
  for (const { name: fact, run } of channelConformance({ open, clock: systemClock })) test(fact, run);
});

describe("SMS by Yunpian", () => {
  const send = async (faults: readonly Fault[]) => {
    const { simulator, channelOf } = await opened();
    simulator.faults.push(...faults);
    const channel = channelOf("yunpian");
    const batch = { tenantId: 1, marker: marker(9), content, recipients: people(address(1), address(2)) };
    const outcome = await channel.send(batch, inTime()).catch((error: unknown) => error);
    return { outcome, sent: simulator.ledger.messages.length, channel, batch, simulator };
  };

  test("a thousand people get one call, one text each, with ids of 64 bits", async () => {
    const { simulator, channelOf } = await opened();
    const recipients = Array.from({ length: 1000 }, (_, n) => ({
      address: address(n),
      content: { text: `${n} 号客人，a,b&c=#好久不见` },
      values: {},
      marker: marker(n),
    }));
    const outcomes = await channelOf("yunpian").send({ tenantId: 1, marker: marker(1), content, recipients }, inTime());
    expect(simulator.ledger.calls).toHaveLength(1);
    expect(simulator.ledger.messages.map(({ to, text }) => [to, text])).toEqual(
      recipients.map(({ address: to, content: { text } }) => [to, `【喵星球】${text} 拒收请回复R`]),
    );
    const ids = outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? [outcome.providerMessageId] : []));
    expect(ids).toEqual(simulator.ledger.messages.map(({ id }) => id));
    expect(Number.isSafeInteger(Number(ids[0]))).toBe(false);
  });

  test.each([
    ["accept-then-reset", 2],
    ["reset", 0],
    ["accept-then-500", 2],
    ["500", 0],
    ["html", 0],
  ] as const)("a call that ends by %s has an unknown outcome, and the records tell it", async (kind, sent) => {
    const result = await send([{ on: "batch_send", kind }]);
    expect(result.outcome).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }]);
    expect(result.sent).toBe(sent);
    const now = Date.now();
    const query = { ...result.batch, from: now - 60_000, to: now + 60_000 };
    const found = await result.channel.lookUp?.(query, { signal: new AbortController().signal });
    expect(found?.map(({ address: to }) => to)).toEqual(result.simulator.ledger.messages.map(({ to }) => to));
  });

  test.each([
    [3, "CONFIG"],
    [5, "CONFIG"],
    [-1, "AUTH"],
    [-5, "RATE_LIMITED"],
    [11, "REQUEST"],
  ])("code %i stops the channel: %s, nothing was sent", async (code, effect) => {
    const { outcome, sent } = await send([{ on: "batch_send", kind: "code", code }]);
    expect([outcome, sent]).toMatchObject([
      { code: expect.stringMatching(/^channel\./), effect, providerCode: String(code) },
      0,
    ]);
    expect(String((outcome as Error).message)).not.toContain("simulator-apikey");
  });

  test.each([
    [22, { kind: "deferred" }],
    [10, { kind: "refused", reason: "provider_blacklist" }],
    [-50, { kind: "unknown", reason: "code -50" }],
  ])("code %i is an outcome of its people", async (code, outcome) => {
    expect((await send([{ on: "batch_send", kind: "code", code }])).outcome).toMatchObject([outcome, outcome]);
  });

  test("a wrong apikey, an unregistered name and a text without its template are told apart", async () => {
    const { channelOf } = await opened({ yunpian: { apikey: "another" } });
    const batch = { tenantId: 1, marker: marker(1), content, recipients: people(address(1)) };
    await expect(channelOf("yunpian").send(batch, inTime())).rejects.toMatchObject({ effect: "AUTH" });
    const other = await opened({ yunpian: { apikey: "simulator-apikey", signatures: ["别的店"] } });
    await expect(other.channelOf("yunpian").send(batch, inTime())).rejects.toMatchObject({
      effect: "CONFIG",
      providerCode: "15",
    });
    const strict = await opened({
      yunpian: { apikey: "simulator-apikey", templates: ["【喵星球】#name#您好 拒收请回复R"] },
    });
    await expect(strict.channelOf("yunpian").send(batch, inTime())).rejects.toMatchObject({
      effect: "CONFIG",
      providerCode: "5",
    });
    const fitting = {
      ...batch,
      recipients: people(address(1)).map((one) => ({ ...one, content: { text: "张三您好" } })),
    };
    expect(await strict.channelOf("yunpian").send(fitting, inTime())).toMatchObject([{ kind: "accepted" }]);
  });

  test("the same text to the same number within 30 seconds is taken once", async () => {
    const { simulator, channelOf } = await opened();
    const batch = { tenantId: 1, marker: marker(1), content, recipients: people(address(1)) };
    await channelOf("yunpian").send(batch, inTime());
    expect(await channelOf("yunpian").send(batch, inTime())).toMatchObject([{ kind: "refused", providerCode: "8" }]);
    expect(simulator.ledger.messages).toHaveLength(1);
  });

  test("reports come pulled or pushed, before anybody asks and twice, and are told when asked", async () => {
    const receipts = memoryReceipts();
    const { simulator, providers } = await opened();
    const channel = smsChannel({ provider: providers.yunpian as SmsProvider, signature, receipts });
    const numbers = ["+8613800000001", "+8613800000002", "+8613800000003", "+8613800000004"];
    const batch = { tenantId: 1, marker: marker(1), content, recipients: people(...numbers) };
    const outcomes = await channel.send(batch, inTime());
    const client = yunpianClient({ apikey: "simulator-apikey", baseUrl: simulator.yunpianUrl, transport });
    const options = { signal: new AbortController().signal };
    const reports = await client.pullStatus(options);
    expect(await client.pullStatus(options)).toEqual([]);
    await receipts.put(reports.flatMap(receiptOf));
    const ids = outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? [outcome.providerMessageId] : []));
    const told = [];
    for await (const page of channel.results?.(ids, options) ?? []) told.push(...page);
    expect(told.map(({ address: to, kind }) => [to, kind]).toSorted()).toEqual([
      [numbers[0], "delivered"],
      [numbers[1], "not_delivered"],
      [numbers[3], "delivered"],
    ]);
    expect(reports).toHaveLength(4);
    expect(readYunpianReports(new URLSearchParams())).toBeUndefined();
  });

  test("reports and replies are pushed until they are acknowledged", async () => {
    const received: { readonly path: string; readonly body: string }[] = [];
    let isUp = false;
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = request.url ?? "";
      if (isUp) received.push({ path, body: Buffer.concat(chunks).toString("utf8") });
      const answers: Record<string, string> = {
        "/aliyun": JSON.stringify(ALIYUN_ACKNOWLEDGED),
        "/tencent": JSON.stringify(TENCENT_ACKNOWLEDGED),
      };
      response.end(isUp ? (answers[path] ?? YUNPIAN_ACKNOWLEDGED) : "not now");
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void receiver.close());
    const base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const { simulator, channelOf } = await opened({
      reportUrls: { yunpian: `${base}/yunpian`, aliyun: `${base}/aliyun`, tencent: `${base}/tencent` },
      replyUrl: `${base}/reply`,
    });
    const ids: string[] = [];
    for (const name of ["yunpian", "aliyun", "tencent"]) {
      const batch = { tenantId: 1, marker: marker(1), content, recipients: people(address(1)) };
      const [outcome] = await channelOf(name).send(batch, inTime());
      ids.push(outcome?.kind === "accepted" ? outcome.providerMessageId : "");
    }
    simulator.reply(address(1), "退订");
    expect(await simulator.push()).toEqual({ acknowledged: 0, refused: 4 });
    isUp = true;
    expect(await simulator.push()).toEqual({ acknowledged: 4, refused: 0 });
    expect(await simulator.push()).toEqual({ acknowledged: 0, refused: 0 });
    const bodyOf = (path: string) => received.find((one) => one.path === path)?.body ?? "";
    const receipts = [
      ...(readYunpianReports(new URLSearchParams(bodyOf("/yunpian"))) ?? []),
      ...(readAliyunReports(JSON.parse(bodyOf("/aliyun"))) ?? []),
      ...(readTencentReports(JSON.parse(bodyOf("/tencent"))) ?? []),
    ];
    expect(receipts.map(({ providerMessageId, address: to, kind }) => [providerMessageId, to, kind])).toEqual(
      ids.map((id) => [id, address(1), "delivered"]),
    );
    const reply = readYunpianReply(new URLSearchParams(bodyOf("/reply")), "simulator-apikey");
    expect([reply?.from, isOptOutReply(reply?.text ?? "")]).toEqual([address(1), true]);
  });

  test("templates carry values with signs of their own", async () => {
    const { simulator } = await opened({
      yunpian: { apikey: "simulator-apikey", numberedTemplates: { "1": "【喵星球】#name#，验证码#code#" } },
    });
    const client = yunpianClient({ apikey: "simulator-apikey", baseUrl: simulator.yunpianUrl, transport });
    const options = { signal: new AbortController().signal };
    await client.templateSend("13800000001", "1", { name: "张三", code: "A&B=1#" }, options);
    expect(simulator.ledger.messages.map(({ text }) => text)).toEqual(["【喵星球】张三，验证码A&B=1#"]);
    expect((await client.account(options)).balance).toBeGreaterThan(0);
  });
});

describe("several providers", () => {
  const group = async () => {
    const { simulator, providers } = await opened();
    const members = [providers.yunpian, providers.aliyun].map((provider) => ({
      provider: provider as SmsProvider,
      weight: 1,
    }));
    return { simulator, channel: smsChannel({ provider: providerGroup(members), signature }) };
  };
  const sendTo = async ({ channel }: Awaited<ReturnType<typeof group>>, count: number) => {
    const outcomes = [];
    for (const recipient of Array.from({ length: count }, (_, n) => people(address(n))[0] as Recipient)) {
      const batch = { tenantId: 1, marker: marker(1), content, recipients: [recipient] };
      outcomes.push(...(await channel.send(batch, inTime())));
    }
    return outcomes;
  };

  test("take over from one whose account is at fault", async () => {
    const one = await group();
    one.simulator.faults.push({ on: "single_send", kind: "code", code: 3, times: "always" });
    expect((await sendTo(one, 8)).map(({ kind }) => kind)).toEqual(Array(8).fill("accepted"));
    expect(new Set(one.simulator.ledger.messages.map(({ provider }) => provider))).toEqual(new Set(["aliyun"]));
  });

  test("never take over what may have been sent", async () => {
    const one = await group();
    one.simulator.faults.push({ on: "*", kind: "accept-then-reset", times: "always" });
    expect((await sendTo(one, 8)).map(({ kind }) => kind)).toEqual(Array(8).fill("unknown"));
    expect([...one.simulator.ledger.sentPerNumber().values()]).toEqual(Array(8).fill(1));
  });

  test("of weight 0 only take over", async () => {
    const { simulator, providers } = await opened();
    const [first, second] = [providers.aliyun as SmsProvider, providers.yunpian as SmsProvider];
    const members = [
      { provider: first, weight: 0 },
      { provider: second, weight: 1 },
    ];
    const one = { simulator, channel: smsChannel({ provider: providerGroup(members), signature }) };
    await sendTo(one, 8);
    expect(new Set(simulator.ledger.messages.map(({ provider }) => provider))).toEqual(new Set(["yunpian"]));
    simulator.faults.push({ on: "single_send", kind: "code", code: 3 });
    await sendTo(one, 9);
    expect(simulator.ledger.messages.filter(({ provider }) => provider === "aliyun")).toHaveLength(1);
    expect(() => providerGroup([{ provider: first, weight: 0 }])).toThrow("one of them above 0");
  });

  test("share the people, the same ones always alike", async () => {
    const { providers } = await opened();
    const provider = providerGroup([
      { provider: providers.yunpian as SmsProvider, weight: 3 },
      { provider: providers.aliyun as SmsProvider, weight: 1 },
    ]);
    const messages = Array.from({ length: 100 }, (_, n) => ({
      to: address(n),
      text: `【喵星球】${n}`,
      template: { id: "SMS_1", params: { n: String(n) } },
      signature,
      marker: `person${n}`,
    }));
    const outcomes = [];
    for (const message of messages) outcomes.push(...(await provider.send([message], inTime())));
    const byYunpian = outcomes.filter(
      (outcome) => outcome.kind === "accepted" && outcome.providerMessageId.startsWith("yunpian:"),
    );
    expect(byYunpian.length).toBeGreaterThan(60);
    expect(byYunpian.length).toBeLessThan(90);
  });
});
