import { ChannelError, type EffectClass } from "../../errors.js";
import type { Capability, Channel, OutgoingBatch, SendOptions, SendOutcome } from "../../ports/channel.js";
import type { Random } from "../../random.js";
import type { VirtualClock } from "../virtual-clock.js";
import type { Life } from "./fate.js";
import type { Trace } from "./trace.js";

/** A message that the provider really has. */
export interface TrueMessage {
  readonly id: string;
  readonly marker: string;
  readonly addresses: readonly string[];
  readonly createdAt: number;
  isCancelled: boolean;
}

/** The world outside: one provider that all processes talk to, and the truth about what it did. */
export interface Provider {
  readonly messages: readonly TrueMessage[];
  /** The provider as a process reaches it. */
  channel(life: Life): Channel;
}

/** What the provider does with a call, by weight. */
const BEHAVIOURS = [
  ["accepts", 52],
  ["refuses-some", 6],
  ["refuses-all", 2],
  ["defers-some", 3],
  ["defers-all", 1],
  ["answers-late", 6],
  ["made-answer-lost", 7],
  ["dropped-answer-lost", 5],
  ["made-later-answer-lost", 4],
  ["made-malformed-answer", 1],
  ["made-busy", 2],
  ["dropped-busy", 1],
  ["not-sent", 3],
  ["rate-limited", 2],
  ["unauthorized", 1],
  ["misconfigured", 1],
  ["refuses-request", 2],
  ["our-own-bug", 1],
] as const;
type Behaviour = (typeof BEHAVIOURS)[number][0];

const MINUTE = 60_000;

/** Makes the world. @param until the provider behaves from this instant on, epoch ms */
export function provider(parts: {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly until: number;
  readonly capability: Capability;
  readonly maxBatchSize: number;
  readonly settleWindowMs: number;
  readonly sendDeadlineMs: number;
}): Provider {
  const { clock, random, trace, until, capability, settleWindowMs, sendDeadlineMs } = parts;
  const messages: TrueMessage[] = [];
  /** Our own code before the call is broken for long in some runs. */
  const isClumsy = random.next() < 0.15;

  function make({ marker, addresses }: OutgoingBatch): string {
    const id = `m${messages.length + 1}`;
    messages.push({ id, marker, addresses, createdAt: clock.now(), isCancelled: false });
    trace.note(`provider makes: ${id} for ${addresses.length}`);
    return id;
  }

  function behaviour(): Behaviour {
    if (clock.now() >= until) return "accepts";
    let left = random.next() * BEHAVIOURS.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of BEHAVIOURS) {
      left -= weight;
      if (left < 0) return name;
    }
    return "accepts";
  }

  async function perform(batch: OutgoingBatch, { writeBy }: SendOptions): Promise<readonly SendOutcome[]> {
    const how = behaviour();
    const { addresses } = batch;
    trace.note(`provider ${how}: ${addresses.length}`);
    await clock.sleep(Math.floor(random.next() * 2_000));
    if (clock.monotonic() > writeBy) throw failure("NOT_SENT");
    // A provider with keys performs a request of a key that it knows no second time, and says again what it said.
    const known = capability === "keyed" ? messages.find(({ marker }) => marker === batch.marker) : undefined;
    if (known) {
      return addresses.map((address) =>
        known.addresses.includes(address)
          ? { kind: "accepted", providerMessageId: known.id }
          : { kind: "refused", reason: "not_a_friend" },
      );
    }
    const unknown = (): readonly SendOutcome[] => addresses.map(() => ({ kind: "unknown", reason: "lost" }));
    const split = (other: (address: string) => SendOutcome, share: number): readonly SendOutcome[] => {
      const isOther = addresses.map(() => random.next() < share);
      const rest = addresses.filter((_, n) => !isOther[n]);
      const id = rest.length > 0 ? make({ ...batch, addresses: rest }) : "";
      return addresses.map((address, n) => (isOther[n] ? other(address) : { kind: "accepted", providerMessageId: id }));
    };
    const accepted = (): readonly SendOutcome[] => {
      const providerMessageId = make(batch);
      return addresses.map(() => ({ kind: "accepted", providerMessageId }));
    };
    const put = (): SendOutcome => ({
      kind: "deferred",
      notBefore: clock.now() + Math.floor(random.next() * 90 * MINUTE),
    });
    switch (how) {
      case "accepts":
        return accepted();
      case "refuses-some":
        return split(() => ({ kind: "refused", reason: "not_a_friend" }), 0.4);
      case "refuses-all":
        return addresses.map(() => ({ kind: "refused", reason: "not_a_friend" }));
      case "defers-some":
        return split(put, 0.4);
      case "defers-all":
        return addresses.map(put);
      case "answers-late": {
        const outcomes = random.next() < 0.6 ? accepted() : split(put, 0.3);
        await clock.sleep(Math.floor(random.next() * 25 * MINUTE));
        return outcomes;
      }
      case "made-answer-lost":
        make(batch);
        await clock.sleep(Math.floor(random.next() * 15_000));
        return unknown();
      case "dropped-answer-lost":
        return unknown();
      case "made-later-answer-lost": {
        // Within the settle window, which is counted from the intent.
        const lateness = Math.floor(random.next() * (settleWindowMs - sendDeadlineMs));
        void clock.sleep(lateness).then(() => {
          if (capability !== "keyed" || messages.every(({ marker }) => marker !== batch.marker)) make(batch);
        });
        return unknown();
      }
      case "made-malformed-answer":
        return accepted().slice(1);
      case "made-busy":
        make(batch);
        throw failure("BUSY");
      case "dropped-busy":
        throw failure("BUSY");
      case "not-sent":
        throw failure("NOT_SENT");
      case "rate-limited":
        throw failure("RATE_LIMITED");
      case "unauthorized":
        throw failure("AUTH");
      case "misconfigured":
        throw failure("CONFIG");
      case "refuses-request":
        throw failure("REQUEST");
      case "our-own-bug":
        make(batch);
        throw new TypeError("a fault of ours");
    }
  }

  const channel = (life: Life): Channel => ({
    name: "simulated",
    addressType: "external_userid",
    maxBatchSize: parts.maxBatchSize,
    capability: () => capability,
    prepare: () =>
      life.call("provider/prepare", async () => {
        if (clock.now() >= until) return;
        const chance = random.next();
        if (chance < (isClumsy ? 0.8 : 0.03)) throw new TypeError("a fault of ours");
        if (chance < 0.9 && isClumsy) return;
        if (chance < 0.06) throw failure("NOT_SENT");
      }),
    send: (batch, options) => life.call("provider/send", () => perform(batch, options)),
    lookUp: ({ marker, from, to }) =>
      life.call("provider/lookUp", async () => {
        if (clock.now() < until && random.next() < 0.15) throw failure("NOT_SENT");
        return messages
          .filter((message) => message.marker === marker && message.createdAt >= from && message.createdAt <= to)
          .map(({ id, createdAt }) => ({ providerMessageId: id, createdAt }));
      }),
    async *results(id) {
      const message = messages.find((one) => one.id === id);
      yield await life.call("provider/results", async () => {
        if (clock.now() < until && random.next() < 0.1) throw failure("NOT_SENT");
        return (message?.addresses ?? []).map((address) => {
          const chance = random.next();
          if (chance < 0.5) return { address, kind: "delivered" as const, at: clock.now() };
          return { address, kind: chance < 0.6 ? ("not_delivered" as const) : ("pending" as const) };
        });
      });
    },
    cancel: (id) =>
      life.call("provider/cancel", async () => {
        const message = messages.find((one) => one.id === id);
        if (message) message.isCancelled = true;
      }),
  });

  return { messages, channel };
}

function failure(effect: EffectClass): ChannelError {
  return new ChannelError("channel.rejected", effect, { channel: "simulated", effect, retryable: true });
}
