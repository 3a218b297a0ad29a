import { randomBytes } from "node:crypto";
import { systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { publicLookup, undiciTransport } from "@recallkit/core/http";
import type { SendOptions } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type HttpFault, RECEIVER_SECRET, startWebhookReceiver } from "../simulator/index.js";
import { verifyWebhook, type WebhookOptions, webhookChannel } from "./index.js";
import { signatureOf } from "./signature.js";

const transport = undiciTransport();
afterAll(() => transport.close());

const content = { text: "好久不见", subject: "喵星球" };
const inTime = (): SendOptions => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });
const batchTo = (address: string, marker = "abcdefgh2345") => ({
  tenantId: 3,
  marker,
  content,
  recipients: [{ address, content, values: { customer_name: "小橘" }, marker }],
});

async function opened(options: Partial<WebhookOptions> = {}) {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.close());
  const channel = webhookChannel({
    url: `${receiver.url}/hook`,
    secret: RECEIVER_SECRET,
    network: "any",
    transport,
    ...options,
  });
  return { receiver, channel };
}

describe("webhooks", () => {
  const open = async () => {
    const { receiver, channel } = await opened();
    return {
      channel,
      content,
      address: (index: number) => `C-${index}`,
      refused: "unknown",
      messages: async () => receiver.ledger.messages.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);

  const sent = async (fault: HttpFault) => {
    const { receiver, channel } = await opened(fault.kind === "hang" ? { timeoutMs: 1500 } : {});
    receiver.faults.push(fault);
    const end: unknown = await channel.send(batchTo("C-1"), inTime()).catch((error: unknown) => error);
    return { end, receiver, channel };
  };

  test.each([
    ["reset", 0],
    ["accept-then-reset", 1],
    ["hang", 1],
    ["500", 0],
    ["accept-then-500", 1],
  ] as const)("an answer that is lost (%s) is unknown, and a repeat makes one message", async (kind, made) => {
    const { end, receiver, channel } = await sent({ on: "hook", kind });
    expect([end, receiver.ledger.messages.length]).toMatchObject([[{ kind: "unknown" }], made]);
    expect(await channel.send(batchTo("C-1"), inTime())).toEqual([
      { kind: "accepted", providerMessageId: "received-1" },
    ]);
    expect(receiver.ledger.messages).toMatchObject([{ to: "C-1", text: "好久不见", key: "msg_3_abcdefgh2345" }]);
  });

  test.each([
    [400, "REQUEST"],
    [401, "AUTH"],
    [404, "CONFIG"],
    [410, "CONFIG"],
    [413, "REQUEST"],
    [429, "RATE_LIMITED"],
    [302, "CONFIG"],
  ])("HTTP %i proves that nobody has the message: %s", async (code, effect) => {
    const { end, receiver } = await sent({ on: "hook", kind: "code", code });
    expect([end, receiver.ledger.messages.length]).toMatchObject([{ effect, providerCode: String(code) }, 0]);
  });

  test("two secrets sign side by side, so that a receiver may change its own", async () => {
    const fresh = `whsec_${randomBytes(32).toString("base64")}`;
    const { channel } = await opened({ secret: [fresh, RECEIVER_SECRET] });
    expect(await channel.send(batchTo("C-1"), inTime())).toMatchObject([{ kind: "accepted" }]);
    const other = await opened({ secret: fresh });
    await expect(other.channel.send(batchTo("C-1"), inTime())).rejects.toMatchObject({ effect: "AUTH" });
  });

  test("limits of one's own hold before anything is sent", async () => {
    const { receiver, channel } = await opened({ limits: [{ kind: "window", max: 1, windowMs: 60_000 }] });
    await channel.send(batchTo("C-1"), inTime());
    await expect(channel.send(batchTo("C-2"), inTime())).rejects.toMatchObject({
      effect: "RATE_LIMITED",
      retryAfterMs: expect.any(Number),
    });
    expect(receiver.ledger.calls).toHaveLength(1);
  });
});

describe("addresses of receivers", () => {
  const at = (url: string, network?: "public" | "any") => () =>
    webhookChannel({ url, secret: RECEIVER_SECRET, ...(network && { network }) });

  test.each([
    "http://shop.example/hook",
    "https://127.0.0.1/hook",
    "https://0x7f.1/hook",
    "https://[::1]/hook",
    "https://10.1.2.3/hook",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/hook",
    "https://user:pass@shop.example/hook",
    "ftp://shop.example/hook",
    "shop.example",
  ])("%s is none on the public internet", (url) => {
    expect(at(url)).toThrow(expect.objectContaining({ option: "url" }));
  });

  test("a name that leads to this machine is not called", async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.close());
    // What somebody's DNS may answer; the default looks names up the same way.
    const lookup = publicLookup((_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]));
    const inside = undiciTransport({ lookup });
    onTestFinished(() => inside.close());
    const url = `https://shop.example:${receiver.port}/hook`;
    const channel = webhookChannel({ url, secret: RECEIVER_SECRET, transport: inside });
    await expect(channel.send(batchTo("C-1"), inTime())).rejects.toMatchObject({ effect: "NOT_SENT" });
    expect(receiver.ledger.calls).toEqual([]);
  });

  test("whoever runs the receiver may allow their own network", () => {
    expect(at("http://10.1.2.3/hook", "any")).not.toThrow();
  });
});

describe("a receiver's check", () => {
  const now = Date.UTC(2026, 5, 1);
  const body = '{"type":"message.send"}';
  const id = "msg_1";
  const stamp = String(now / 1000);
  const key = Buffer.from(RECEIVER_SECRET.slice(6), "base64");
  const signed = (more: Readonly<Record<string, string>> = {}) => ({
    "Webhook-Id": id,
    "webhook-timestamp": stamp,
    "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")} ${signatureOf(key, id, stamp, body)}`,
    ...more,
  });
  const check = (headers: Parameters<typeof verifyWebhook>[0], said = body, at = now) =>
    verifyWebhook(headers, said, { secret: RECEIVER_SECRET, now: at });

  test("agrees with the example of Standard Webhooks", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const example = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const said = '{"test": 2432232314}';
    expect(verifyWebhook(example, said, { secret, now: 1_614_265_330_000 })).toEqual({
      isGenuine: true,
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: 1_614_265_330_000,
    });
  });

  test("takes headers in any case, of node and of fetch, and bytes", () => {
    expect(check(signed())).toEqual({ isGenuine: true, id, at: now });
    expect(verifyWebhook(new Headers(signed()), Buffer.from(body), { secret: RECEIVER_SECRET, now })).toMatchObject({
      isGenuine: true,
    });
  });

  test("refuses what is missing, changed, too old or from the future", () => {
    const faultOf = (...given: Parameters<typeof check>) => {
      const found = check(...given);
      return found.isGenuine ? "genuine" : found.fault;
    };
    expect(faultOf({})).toBe("missing");
    expect(faultOf(signed({ "webhook-timestamp": "soon" }))).toBe("malformed");
    expect(faultOf(signed(), `${body} `)).toBe("wrong");
    expect(faultOf(signed({ "Webhook-Id": "msg_2" }))).toBe("wrong");
    expect(faultOf(signed({ "webhook-signature": "v1,AAAA v2,BBBB" }))).toBe("wrong");
    expect([faultOf(signed(), body, now + 300_000), faultOf(signed(), body, now + 301_000)]).toEqual([
      "genuine",
      "too-old",
    ]);
    expect([faultOf(signed(), body, now - 300_000), faultOf(signed(), body, now - 301_000)]).toEqual([
      "genuine",
      "too-new",
    ]);
    expect(() => verifyWebhook(signed(), body, { secret: "whsec_short", now })).toThrow(/whsec_/);
  });

  test("the clock of a receiver may be another one", async () => {
    const clock = virtualClock(now);
    const receiver = await startWebhookReceiver({ clock });
    onTestFinished(() => receiver.close());
    const channel = webhookChannel({ url: `${receiver.url}/hook`, secret: RECEIVER_SECRET, network: "any", transport });
    await expect(channel.send(batchTo("C-1"), inTime())).rejects.toMatchObject({ effect: "AUTH" });
    expect(receiver.ledger.messages).toEqual([]);
  });
});
