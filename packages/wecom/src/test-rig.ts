import { createHash } from "node:crypto";
import { ChannelError, type Clock, type MessageContent, systemClock } from "@recallkit/core";
import { imageSource, undiciTransport } from "@recallkit/core/http";
import type { Channel, SendOptions, SendWarning, StoredMedia } from "@recallkit/core/ports";
import { onTestFinished } from "vitest";
import { createWecomClient, type WecomClient } from "./client.js";
import { startWecomSimulator, type WecomSimulator, type WecomSimulatorOptions } from "./simulator/index.js";
import { type WecomChannelOptions, wecomChannel } from "./wecom-channel.js";

/** The middle of a month, so that 28 days back stay in one test's year. */
const START = Date.UTC(2026, 4, 20, 2);

/** A wall clock that the test moves; waits pass at once and are written down. */
export function testClock(): Clock & { advance(ms: number): void; readonly waits: number[] } {
  let now = START;
  const waits: number[] = [];
  return {
    now: () => now,
    monotonic: systemClock.monotonic,
    async sleep(ms) {
      waits.push(ms);
    },
    advance(ms) {
      now += ms;
    },
    waits,
  };
}

export const CREDENTIALS = { corpId: "ww-simulator", secret: "simulator-secret" };

/** A simulator that ends with the test, and a client and a channel for it, all on one clock. */
export async function openRig(
  options: { readonly simulator?: WecomSimulatorOptions; readonly channel?: Partial<WecomChannelOptions> } = {},
): Promise<{
  readonly simulator: WecomSimulator;
  readonly client: WecomClient;
  readonly channel: Channel;
  readonly clock: ReturnType<typeof testClock>;
  /** Calls that arrived, by the last part of their path. */
  callsOf(name: string): number;
}> {
  const clock = testClock();
  const simulator = await startWecomSimulator({ seed: "test", clock, ...options.simulator });
  onTestFinished(() => simulator.close());
  const settings = { ...CREDENTIALS, baseUrl: simulator.url, transport: testTransport(), clock, ...options.channel };
  return {
    simulator,
    client: createWecomClient(settings),
    channel: wecomChannel({ images, ...settings }),
    clock,
    callsOf: (name) => simulator.ledger.calls.filter(({ path }) => path.endsWith(`/${name}`)).length,
  };
}

/** A transport on real time that ends with the test. */
export function testTransport() {
  const transport = undiciTransport();
  onTestFinished(() => transport.close());
  return transport;
}

/** A transport that ends with the test and whose time limits are up when the test says so. */
export function transportOnCall() {
  const sleepers = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        sleepers.add(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const transport = undiciTransport({ clock });
  onTestFinished(() => transport.close());
  return {
    transport,
    timeIsUp() {
      for (const wake of sleepers) wake();
    },
  };
}

function storedImage(...magic: readonly number[]): StoredMedia {
  const bytes = Uint8Array.from([...magic, 1, 2, 3, 4]);
  const contentType = magic[0] === 0xff ? "image/jpeg" : "image/png";
  return { sha256: createHash("sha256").update(bytes).digest("hex"), contentType, bytes };
}

const png = storedImage(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const jpg = storedImage(0xff, 0xd8, 0xff, 0xe0);
const images = imageSource({
  media: { get: async (_, sha256) => [png, jpg].find((image) => image.sha256 === sha256) },
});

export const PICTURE = `media:${png.sha256}`;
export const COVER = `media:${jpg.sha256}`;
export const MARKER = "K7Q2MZ4ABCDE";
export const LINKED: MessageContent = { text: "喵～好久不见 https://shop.example/r?c=1 等你" };
export const CARD: MessageContent = {
  text: "喵～",
  image: PICTURE,
  miniProgram: { title: "回来看看", image: COVER, page: "pages/home?x=1", appId: "wx0123456789abcdef" },
};

/** `count` ids that the simulator takes for customers. */
export function customers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `wm${String(index).padStart(6, "0")}`);
}

/** Options of a send that may still be written, and the warnings it gives. */
export function sendOptions(): SendOptions & { readonly warnings: SendWarning[] } {
  const warnings: SendWarning[] = [];
  return {
    writeBy: systemClock.monotonic() + 10_000,
    signal: new AbortController().signal,
    onWarning: (warning) => warnings.push(warning),
    warnings,
  };
}

export function batchOf(content: MessageContent, addresses: readonly string[]) {
  const recipients = addresses.map((address) => ({ address, content, values: {}, marker: MARKER }));
  return { tenantId: 1, marker: MARKER, content, recipients };
}

/** The ChannelError that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<ChannelError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (ChannelError.is(error)) return error;
  throw new Error("the call did not fail with a ChannelError", { cause: error });
}

/** All rows of a paged list. */
export async function allOf<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
