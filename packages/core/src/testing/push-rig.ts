// A small shop whose provider does what a test tells it; shared by the tests of the engine.

import { expect } from "vitest";
import { ChannelError, type EffectClass } from "../errors.js";
import { createRecallKit } from "../kit/create-recallkit.js";
import type { RecallKit } from "../kit/kit.js";
import type { RecallKitOptions } from "../kit/options.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import {
  type Capability,
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type OutgoingBatch,
  type SendOptions,
  type SendOutcome,
} from "../ports/channel.js";
import type { RuleInput } from "../rule/rule-input.js";
import { loadAllParts } from "./all-parts.js";
import { addressesOf } from "./recipients.js";
import { seededRandom, sequentialIds } from "./seeded.js";
import { type VirtualClock, virtualClock } from "./virtual-clock.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Monday 1 June 2026, 10:00 in Shanghai. */
export const START = Date.UTC(2026, 5, 1, 2);

/** A message that the provider really has: the truth that our figures are held against. */
export interface MadeMessage {
  readonly id: string;
  readonly marker: string;
  readonly addresses: readonly string[];
  readonly createdAt: number;
}

/** One call of `send`. */
export interface SendCall {
  readonly batch: OutgoingBatch;
  readonly options: SendOptions;
  /** Makes the message at the provider. @returns its id */
  make(): string;
}
export type SendStep = (call: SendCall) => Promise<readonly SendOutcome[]> | readonly SendOutcome[];

/** The message is made and everybody accepted, but for those refused. */
export const accept =
  (refused: Readonly<Record<string, string>> = {}): SendStep =>
  ({ batch, make }) => {
    const providerMessageId = make();
    return batch.recipients.map(({ address }) => {
      const reason = refused[address];
      return reason === undefined ? { kind: "accepted", providerMessageId } : { kind: "refused", reason };
    });
  };

/** The answer is lost; the message is there (or not) all the same. */
export const lose =
  (isMade: boolean): SendStep =>
  ({ batch, make }) => {
    if (isMade) make();
    return batch.recipients.map(() => ({ kind: "unknown", reason: "timeout" }));
  };

/** The call fails with proof that nothing was sent. */
export const fail =
  (effect: EffectClass, retryAfterMs?: number): SendStep =>
  () => {
    throw failure(effect, retryAfterMs);
  };

export function failure(effect: EffectClass, retryAfterMs?: number): ChannelError {
  const options = { channel: "scripted", effect, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return new ChannelError("channel.rejected", effect, options);
}

export interface ScriptedChannel extends Channel {
  /** True: everybody gets a message of their own; found by the batch's marker all the same. */
  personal: boolean;
  /** Next sends, one step each; `accept()` once they are used up. */
  readonly steps: SendStep[];
  readonly calls: SendCall[];
  readonly made: MadeMessage[];
  /** Marker of each look-up. */
  readonly lookUps: string[];
  readonly cancelled: string[];
  /** Replaces the honest look-up, for example by a failure. */
  onLookUp: (() => Promise<void> | void) | undefined;
  onPrepare: (() => Promise<void> | void) | undefined;
  onCancel: (() => void) | undefined;
  onResults: (() => void) | undefined;
  /** Word about one address. @default delivered now */
  report: (address: string) => DeliveryReport;
  polls: number;
  capabilityNow: Capability;
}

function scriptedChannel(clock: VirtualClock, maxBatchSize: number): ScriptedChannel {
  const channel: ScriptedChannel = {
    name: "scripted",
    specVersion: CHANNEL_SPEC_VERSION,
    personal: false,
    addressType: "external_userid",
    maxBatchSize,
    steps: [],
    calls: [],
    made: [],
    lookUps: [],
    cancelled: [],
    onLookUp: undefined,
    onPrepare: undefined,
    onCancel: undefined,
    onResults: undefined,
    report: (address) => ({ address, kind: "delivered", at: clock.now() }),
    polls: 0,
    capabilityNow: "lookup",
    capability: () => channel.capabilityNow,
    prepare: async () => channel.onPrepare?.(),
    async send(batch, options) {
      const { made } = channel;
      const make = () => {
        const id = `m${made.length + 1}`;
        made.push({ id, marker: batch.marker, addresses: addressesOf(batch), createdAt: clock.now() });
        return id;
      };
      const call = { batch, options, make };
      channel.calls.push(call);
      return (channel.steps.shift() ?? accept())(call);
    },
    async lookUp({ marker, from, to }) {
      channel.lookUps.push(marker);
      await channel.onLookUp?.();
      return channel.made
        .filter((one) => one.marker === marker && one.createdAt >= from && one.createdAt <= to)
        .map(({ id, createdAt }) => ({ providerMessageId: id, createdAt }));
    },
    async *results(ids) {
      channel.polls += 1;
      channel.onResults?.();
      yield channel.made.filter(({ id }) => ids.includes(id)).flatMap(({ addresses }) => addresses.map(channel.report));
    },
    async cancel(id) {
      channel.onCancel?.();
      channel.cancelled.push(id);
    },
  };
  return channel;
}

export interface RigOptions extends Omit<Partial<RecallKitOptions>, "stores" | "clock" | "channels"> {
  readonly people?: number;
  readonly maxBatchSize?: number;
  readonly rule?: Partial<RuleInput>;
}

/** A kit in memory with customers c0, c1 … at wm_0, wm_1 …, and a rule for all of them that fires by hand. */
export async function pushRig({ people = 3, maxBatchSize = 10, rule, ...options }: RigOptions = {}) {
  await loadAllParts();
  const clock = virtualClock(START);
  const channel = scriptedChannel(clock, maxBatchSize);
  const stores = memoryStores();
  const open = (more: Partial<RecallKitOptions> = {}): RecallKit =>
    createRecallKit({
      stores,
      clock,
      channels: [channel],
      random: seededRandom(1),
      ids: sequentialIds(),
      logger: silentLogger,
      secretKey: "0123456789abcdef0123456789abcdef",
      ...options,
      ...more,
    });
  const kit = open();
  await kit.customers.upsert(
    Array.from({ length: people }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
  );
  const input: RuleInput = {
    name: "召回",
    segment: { everybody: true },
    validFrom: "2026-01-01",
    validTo: "2026-12-31",
    content: { text: "喵" },
    channel: "scripted",
    ...rule,
  };
  const { id: ruleId } = await kit.rules.create(input);

  /** Nobody is lost: the states of every audience add up to its size. */
  const expectNobodyLost = async (): Promise<void> => {
    for (const { id, audienceSize } of (await kit.occurrences.list({ limit: 200 })).items) {
      if (audienceSize === null) continue;
      const { deliveries } = await kit.occurrences.status(id);
      expect(Object.values(deliveries).reduce((sum, count) => sum + count, 0)).toBe(audienceSize);
    }
  };
  const tick = async (worker: RecallKit = kit) => {
    await worker.tick();
    await expectNobodyLost();
  };
  return {
    clock,
    channel,
    stores,
    kit,
    input,
    ruleId,
    /** Another worker on the same data. */
    open,
    tick,
    /** Moves time on, then does what is due. */
    async after(ms: number) {
      await clock.advance(ms);
      await tick();
    },
    /** Orders a run and does what is due. @returns the occurrence's id */
    async push(id = ruleId) {
      const occurrence = await kit.occurrences.runNow(id);
      await tick();
      return occurrence.id;
    },
    batches: async () => (await kit.batches.list({ limit: 200 })).items,
    /** State and reason of every person, by customer. */
    people: async (occurrenceId?: number) => {
      const filter = occurrenceId === undefined ? {} : { occurrenceId };
      const { items } = await kit.deliveries.list({ limit: 200, ...filter });
      return items.map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
    },
    attempts: async () => (await kit.attempts.list({ kind: "send", limit: 200 })).items.map((attempt) => attempt.class),
    /** What look-ups brought: class and answer. */
    lookUps: async () =>
      (await kit.attempts.list({ kind: "lookup", limit: 200 })).items.map(({ class: effect, answer }) => [
        effect,
        answer,
      ]),
    alarms: async () => (await kit.alarms.list({ limit: 200 })).items.map(({ code }) => code),
  };
}

/** A promise that a test opens: whoever waits goes on only then. */
export function gate() {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Lets everything that is ready run. */
export async function breathe(rounds = 20): Promise<void> {
  for (let n = 0; n < rounds; n += 1) await new Promise((resolve) => setImmediate(resolve));
}
