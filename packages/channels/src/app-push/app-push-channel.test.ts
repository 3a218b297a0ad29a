import { systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { undiciTransport } from "@recallkit/core/http";
import { memoryTokenCache, type SendOptions } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type HttpFault, type JpushSimulatorOptions, startJpushSimulator } from "../simulator/index.js";
import { type AppPushOptions, appPushChannel } from "./index.js";

const transport = undiciTransport();
afterAll(() => transport.close());

const content = { subject: "喵星球", text: "好久不见，猫粮到货了", pushExtras: { page: "coupons" } };
const inTime = (): SendOptions => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });
const batchTo = (address: string, marker = "abcdefgh2345") => ({
  tenantId: 3,
  marker,
  content,
  recipients: [{ address, content, values: {}, marker }],
});

async function opened(options: Partial<AppPushOptions> = {}, simulation: JpushSimulatorOptions = {}) {
  const simulator = await startJpushSimulator(simulation);
  onTestFinished(() => simulator.close());
  const channelOf = (more: Partial<AppPushOptions> = {}) =>
    appPushChannel({
      appKey: "simulator-key",
      masterSecret: "simulator-secret",
      baseUrl: simulator.url,
      transport,
      keyCache: memoryTokenCache({ clock: systemClock }),
      ...options,
      ...more,
    });
  return { simulator, channelOf, channel: channelOf() };
}

describe("app push by JPush", () => {
  const open = async () => {
    const { simulator, channel } = await opened();
    return {
      channel,
      content,
      address: (index: number) => `C${index}`,
      refused: "unknown",
      messages: async () => simulator.ledger.messages.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);

  test("ids of 64 bits stay as they are, and keys come by the hundred", async () => {
    const { simulator, channel } = await opened();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const [outcome] = await channel.send(batchTo(`C${n}`, `abcdefgh234${"abcde"[n]}`), inTime());
      if (outcome?.kind === "accepted") ids.push(outcome.providerMessageId);
    }
    expect(ids).toEqual(simulator.ledger.messages.map(({ id }) => id));
    expect(Number.isSafeInteger(Number(ids[0]))).toBe(false);
    expect(simulator.ledger.calls.filter(({ name }) => name === "cid")).toHaveLength(1);
    expect(simulator.ledger.messages[0]).toMatchObject({ to: "C0", title: "喵星球", text: content.text });
  });

  test.each([
    ["accept-then-reset", 1],
    ["accept-then-500", 1],
    ["hang", 1],
    ["reset", 0],
    ["500", 0],
    ["html", 0],
  ] as const)(
    "an answer that is lost (%s) is unknown, and a repeat by another process makes one push",
    async (kind, made) => {
      const { simulator, channelOf } = await opened(kind === "hang" ? { timeoutMs: 1500 } : {});
      const keyCache = memoryTokenCache({ clock: systemClock });
      simulator.faults.push({ on: "push", kind });
      expect(await channelOf({ keyCache }).send(batchTo("C1"), inTime())).toMatchObject([{ kind: "unknown" }]);
      expect(simulator.ledger.messages).toHaveLength(made);
      expect(await channelOf({ keyCache }).send(batchTo("C1"), inTime())).toMatchObject([{ kind: "accepted" }]);
      expect(simulator.ledger.messages).toHaveLength(1);
    },
  );

  test("once JPush may have forgotten the key, what is unknown stays unknown and is not repeated", async () => {
    const clock = virtualClock(Date.UTC(2026, 5, 1));
    const live = { ...systemClock, now: clock.now };
    const { simulator, channel } = await opened(
      { clock: live, keyCache: memoryTokenCache({ clock: live }) },
      { clock },
    );
    simulator.faults.push({ on: "push", kind: "accept-then-reset" });
    for (const hours of [0, 12]) {
      await clock.advance(hours * 3_600_000);
      expect(await channel.send(batchTo("C1"), inTime())).toMatchObject([{ kind: "unknown" }]);
    }
    expect(simulator.ledger.messages).toHaveLength(1);
  });

  test("without a cache of keys it does not claim to tell repeats", async () => {
    const { channelOf } = await opened();
    expect(channelOf({ keyCache: undefined }).capability(content)).toBe("none");
    expect(channelOf().capability(content)).toBe("keyed");
  });

  const sent = async (fault: HttpFault) => {
    const { simulator, channel } = await opened();
    simulator.faults.push(fault);
    const end: unknown = await channel.send(batchTo("C1"), inTime()).catch((error: unknown) => error);
    return [end, simulator.ledger.messages.length];
  };

  test.each([
    ["push", 1004, 401, "AUTH"],
    ["push", 1008, 400, "CONFIG"],
    ["push", 2002, 429, "RATE_LIMITED"],
    ["push", 2005, 403, "CONFIG"],
    ["push", 1005, 400, "REQUEST"],
    ["cid", 1004, 401, "AUTH"],
    ["cid", 2002, 429, "RATE_LIMITED"],
  ] as const)("%s code %i proves that nothing was sent", async (on, code, status, effect) => {
    expect(await sent({ on, kind: "code", code, status })).toMatchObject([{ effect, providerCode: String(code) }, 0]);
  });

  test.each(["reset", "500", "html"] as const)("no key (%s) is proof that nothing was sent", async (kind) => {
    expect(await sent({ on: "cid", kind })).toMatchObject([{ effect: "NOT_SENT" }, 0]);
  });

  test.each([
    [1011, 400, { kind: "refused", reason: "gone", providerCode: "1011" }],
    [1099, 400, { kind: "refused", reason: "rejected_by_provider" }],
    [1000, 500, { kind: "unknown", reason: "code 1000" }],
    [1030, 503, { kind: "unknown" }],
  ])("code %i is an outcome of its person", async (code, status, outcome) => {
    expect(await sent({ on: "push", kind: "code", code, status })).toMatchObject([[outcome], 0]);
  });

  test("a wrong secret stops the channel, and the provider's wait is passed on", async () => {
    const { channelOf } = await opened({}, { perMinute: 1 });
    await expect(channelOf({ masterSecret: "another" }).send(batchTo("C1"), inTime())).rejects.toMatchObject({
      effect: "AUTH",
    });
    const channel = channelOf();
    await channel.send(batchTo("C1"), inTime());
    await expect(channel.send(batchTo("C2", "abcdefgh2346"), inTime())).rejects.toMatchObject({
      effect: "RATE_LIMITED",
      retryAfterMs: 60_000,
    });
  });

  test("keys that waited too long are not used any more", async () => {
    const clock = virtualClock(Date.UTC(2026, 5, 1));
    const live = { ...systemClock, now: clock.now };
    const { simulator, channel } = await opened(
      { clock: live, keyCache: memoryTokenCache({ clock: live }) },
      { clock },
    );
    await channel.send(batchTo("C1"), inTime());
    await clock.advance(13 * 3_600_000);
    expect(await channel.send(batchTo("C2", "abcdefgh2346"), inTime())).toMatchObject([{ kind: "accepted" }]);
    expect(simulator.ledger.calls.map(({ name }) => name)).toEqual(["cid", "push", "cid", "push"]);
  });

  test("content is as large as a device takes, and its extras are texts", async () => {
    const { channel } = await opened();
    const codes = (said: Parameters<NonNullable<typeof channel.checkContent>>[0]) =>
      channel.checkContent?.(said).map(({ path, code }) => `${path} ${code}`);
    expect(codes({ subject: "a" })).toEqual(["text content.text-missing"]);
    expect(codes({ text: "很".repeat(601) })).toEqual(["text content.text-long"]);
    expect(codes({ text: "a", pushExtras: { a: 1 } })).toEqual(["pushExtras content.extras-invalid"]);
    expect(codes({ text: "a", image: "https://a.example/b.png" })).toEqual(["image content.unknown-part"]);
  });
});
