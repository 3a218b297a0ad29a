import { ChannelError, systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { undiciTransport } from "@recallkit/core/http";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { officialAccountClient } from "./client.js";
import { customerMessageChannel } from "./customer-channel.js";
import { officialAccountChannel } from "./mass-channel.js";
import { startOfficialAccountSimulator } from "./simulator/index.js";

const openid = (index: number) => `o6_bmjrPTlm6_2sgVt7hMZ${String(index).padStart(6, "0")}`;
const FOLLOWERS = Array.from({ length: 10_000 }, (_, index) => openid(index));
const ACCOUNT = { appId: "wx-simulator", secret: "simulator-secret" };
const CONTENT = { text: "喵～好久不见" };
const START = Date.UTC(2026, 4, 20, 2);

/** A simulator and what is needed to work against it, until the test ends. */
async function openAccount() {
  const clock = { ...virtualClock(START), monotonic: systemClock.monotonic };
  const random = seededRandom(3);
  const simulator = await startOfficialAccountSimulator({ followers: FOLLOWERS, clock, random });
  const transport = undiciTransport();
  onTestFinished(async () => {
    await transport.close();
    await simulator.close();
  });
  const options = { ...ACCOUNT, baseUrl: simulator.url, clock, random, transport };
  return { simulator, clock, options, client: officialAccountClient(options) };
}

const batchOf = (addresses: readonly string[], marker = "abcdefgh2345", content = CONTENT) => ({
  tenantId: 1,
  marker,
  content,
  recipients: addresses.map((address) => ({ address, content, values: {}, marker })),
});
const inTime = () => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });

describe("the channel of mass messages keeps to the port", () => {
  const open = async () => {
    const { simulator, options } = await openAccount();
    return {
      channel: officialAccountChannel(options),
      content: CONTENT,
      address: openid,
      refused: "not an openid",
      messages: async () => simulator.sent.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);
});

describe("the channel of customer messages keeps to the port", () => {
  const open = async () => {
    const { simulator, options } = await openAccount();
    for (const one of FOLLOWERS.slice(0, 10)) simulator.write(one, "在吗");
    return {
      channel: customerMessageChannel(options),
      content: CONTENT,
      address: openid,
      // Follows, and has written nothing.
      refused: openid(11),
      messages: async () => simulator.sent.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);
});

describe("a mass message", () => {
  test("whose answer was lost is found by sending it again under its key: it goes out once", async () => {
    const { simulator, options } = await openAccount();
    const channel = officialAccountChannel(options);
    expect(channel.capability(CONTENT)).toBe("keyed");
    simulator.fault({ on: "message/mass/send", kind: "accept-then-reset" });
    const batch = batchOf([openid(0), openid(1)]);
    const first = await channel.send(batch, inTime());
    expect(first.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
    const again = await channel.send(batch, inTime());
    const [message, ...others] = simulator.sent;
    expect(others).toEqual([]);
    expect(again).toEqual([0, 1].map(() => ({ kind: "accepted", providerMessageId: message?.id })));
    expect(message?.id).toMatch(/^\d{19}$/);
  });

  test("whose outcome is still unknown when the platform forgets its key is not sent a second time", async () => {
    const { simulator, clock, options } = await openAccount();
    const channel = officialAccountChannel(options);
    simulator.fault({ on: "message/mass/send", kind: "accept-then-reset" });
    const batch = batchOf([openid(0), openid(1)]);
    const mayBeSentSince = clock.now();
    await channel.send(batch, inTime());
    await clock.advance(86_400_000);
    expect((await channel.send(batch, inTime())).map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
    const restarted = officialAccountChannel(options);
    const repeated = await restarted.send({ ...batch, mayBeSentSince }, inTime());
    expect(repeated.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
    expect(simulator.sent).toHaveLength(1);
  });

  test("under another key is another message, and so it is a day later", async () => {
    const { simulator, clock, client } = await openAccount();
    const message = { msgtype: "text", text: { content: "喵" } };
    const send = (clientmsgid: string) =>
      client.sendMassMessage({ touser: FOLLOWERS.slice(0, 2), clientmsgid, message });
    expect(await send("a")).toMatchObject({ isRepeat: false });
    expect(await send("a")).toMatchObject({ isRepeat: true, msgId: simulator.sent[0]?.id });
    expect(await send("b")).toMatchObject({ isRepeat: false });
    await clock.advance(86_400_000);
    expect(await send("a")).toMatchObject({ isRepeat: false });
    expect(simulator.sent).toHaveLength(3);
    expect(await client.getMassMessage(simulator.sent[0]?.id ?? "")).toBe("SEND_SUCCESS");
  });

  test("to one follower is one message", async () => {
    const { simulator, options } = await openAccount();
    const outcomes = await officialAccountChannel(options).send(batchOf([openid(3)]), inTime());
    expect(outcomes).toMatchObject([{ kind: "accepted" }]);
    expect(simulator.sent.map(({ openids }) => openids)).toEqual([[openid(3)]]);
  });

  test("to nobody who follows is refused for each", async () => {
    const { options } = await openAccount();
    const outcomes = await officialAccountChannel(options).send(batchOf([`x${openid(0)}`, `y${openid(0)}`]), inTime());
    expect(outcomes).toEqual([0, 1].map(() => expect.objectContaining({ kind: "refused", providerCode: "40003" })));
  });
});

describe("tokens and errors", () => {
  test("one stable token serves all calls; a refused one is replaced once, by force where the platform gives it again", async () => {
    const { simulator, client } = await openAccount();
    await Promise.all([client.getMenu(), client.getMenu(), client.getAccessToken()]);
    expect(simulator.calls.filter((path) => path === "stable_token")).toHaveLength(1);
    const before = await client.getAccessToken();
    simulator.expireToken();
    expect(await client.getMenu()).toBeUndefined();
    expect(await client.getAccessToken()).not.toBe(before);
    expect(simulator.calls.filter((path) => path === "stable_token")).toHaveLength(3);
  });

  test.each([
    ["appId", { appId: "wx-other" }, "40013"],
    ["secret", { secret: "wrong" }, "40125"],
  ])("a wrong %s is a matter of configuration", async (_what, wrong, providerCode) => {
    const { options } = await openAccount();
    const client = officialAccountClient({ ...options, ...wrong });
    await expect(client.getMenu()).rejects.toMatchObject({ effect: "CONFIG", providerCode });
  });

  test.each([
    [45015, "RECIPIENT", false],
    [45047, "QUOTA", false],
    [45011, "RATE_LIMITED", true],
    [48001, "CONFIG", false],
    [99_999, "REQUEST", false],
    [-1, "UNKNOWN", false],
  ])("errcode %d of a message is of class %s", async (errcode, effect, retryable) => {
    const { simulator, client } = await openAccount();
    simulator.fault({ on: "message/custom/send", kind: { errcode } });
    const failure = await client.sendCustomerMessage(openid(0), { msgtype: "text", text: { content: "喵" } }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(ChannelError.is(failure) && [failure.effect, failure.retryable, failure.providerCode]).toEqual([
      effect,
      retryable,
      String(errcode),
    ]);
    expect(simulator.sent).toEqual([]);
  });

  test("a page in place of an answer leaves a message open, and says nothing of a look", async () => {
    const { simulator, client } = await openAccount();
    for (const on of ["message/template/send", "menu/get"]) simulator.fault({ on, kind: "html" });
    const message = { touser: openid(0), template_id: "template-1", data: { thing1: { value: "喵" } } };
    await expect(client.sendTemplateMessage(message)).rejects.toMatchObject({ effect: "UNKNOWN" });
    await expect(client.getMenu()).rejects.toMatchObject({ effect: "NOT_SENT" });
  });
});

test("customer messages stop after five answers, and after 48 hours", async () => {
  const { simulator, clock, options } = await openAccount();
  const channel = customerMessageChannel(options);
  const send = async () => (await channel.send(batchOf([openid(0)]), inTime()))[0];
  simulator.write(openid(0), "在吗");
  for (let answer = 0; answer < 5; answer += 1) expect(await send()).toMatchObject({ kind: "accepted" });
  expect(await send()).toEqual({ kind: "refused", reason: "provider_quota", providerCode: "45047" });
  simulator.write(openid(0), "还在吗");
  await clock.advance(48 * 3_600_000 + 1);
  expect(await send()).toEqual({ kind: "refused", reason: "rejected_by_provider", providerCode: "45015" });
});

test("a template message has an id of 64 bits, and one for each key", async () => {
  const { simulator, client } = await openAccount();
  const message = {
    touser: openid(0),
    template_id: "template-1",
    data: { thing1: { value: "喵" } },
    client_msg_id: "k",
  };
  const id = await client.sendTemplateMessage(message);
  expect(id).toBe("3557254367693750278");
  expect(await client.sendTemplateMessage(message)).toBe(id);
  expect(simulator.sent).toHaveLength(1);
  const long = { ...message, client_msg_id: "l", data: { thing1: { value: "喵".repeat(21) } } };
  await expect(client.sendTemplateMessage(long)).rejects.toMatchObject({ effect: "REQUEST", providerCode: "47003" });
});

test("a menu is made, read and taken away", async () => {
  const { client } = await openAccount();
  const buttons = [{ type: "view", name: "回来看看", url: "https://shop.example/" }];
  await client.createMenu(buttons);
  expect(await client.getMenu()).toEqual({ button: buttons });
  await client.deleteMenu();
  expect(await client.getMenu()).toBeUndefined();
  const four = Array.from({ length: 4 }, () => ({ type: "click", name: "一", key: "k" }));
  await expect(client.createMenu(four)).rejects.toMatchObject({ effect: "REQUEST", providerCode: "40016" });
});

test("a page shows what followers received, and lets them write", async () => {
  const { simulator, client } = await openAccount();
  simulator.write(openid(1), "在吗");
  await client.sendCustomerMessage(openid(1), { msgtype: "text", text: { content: "<b>在</b>" } });
  const heard: unknown[] = [];
  simulator.onEvent((event) => heard.push(event.Content));
  const page = async () => (await fetch(`${simulator.url}/inbox`)).text();
  expect(await page()).toContain("&#60;b&#62;在&#60;/b&#62;");
  const write = (headers: Record<string, string>, to: string) =>
    fetch(`${simulator.url}/inbox/write`, {
      method: "POST",
      redirect: "manual",
      headers,
      body: new URLSearchParams({ openid: to, text: "查进度" }),
    });
  expect((await write({}, openid(1))).status).toBe(303);
  expect((await write({ origin: "https://elsewhere.example" }, openid(1))).status).toBe(400);
  expect((await write({ origin: "null" }, openid(1))).status).toBe(400);
  expect((await write({}, "nobody")).status).toBe(400);
  expect(heard).toEqual(["查进度"]);
});
