import { ChannelError, type EffectClass } from "../../errors.js";
import {
  type Capability,
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type OutgoingBatch,
  type SendOptions,
  type SendOutcome,
} from "../../ports/channel.js";
import type { Random } from "../../random.js";
import { addressesOf } from "../recipients.js";
import type { VirtualClock } from "../virtual-clock.js";
import type { Life } from "./fate.js";
import type { Trace } from "./trace.js";

/** A message that the provider really has. */
export interface TrueMessage {
  readonly id: string;
  /** Of the batch, or on a personal channel of the person. */
  readonly marker: string;
  /** Of the batch that it was sent with. */
  readonly batchMarker: string;
  readonly addresses: readonly string[];
  /** What it says. */
  readonly text: string;
  readonly createdAt: number;
  /** When it was called off, epoch ms; null: it was not. */
  cancelledAt: number | null;
  /** Of a task what staff do with it, by address; absent: everybody has the message at once. */
  readonly fates?: ReadonlyMap<string, Fate>;
}

/** When staff hand a message to a person, epoch ms; else why the platform never tries, or null: they never do. */
type Fate = { readonly confirmedAt: number } | { readonly never: "not_a_friend" | "provider_quota" | null };

/** Whether a person really has, or gets, a message. */
export function reaches({ fates, cancelledAt }: TrueMessage, address: string): boolean {
  const fate = fates?.get(address);
  if (!fate) return true;
  return "confirmedAt" in fate && (cancelledAt === null || fate.confirmedAt < cancelledAt);
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
  ["never-settles", 1],
  ["ignores-abort", 2],
  ["answers-of-no-kind", 1],
  ["answers-too-few", 1],
  ["answers-nothing", 1],
  ["throws-at-once", 1],
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number][0];

/** Names of everything that a provider may do with a call. */
export const BEHAVIOUR_NAMES: readonly Behaviour[] = BEHAVIOURS.map(([name]) => name);

const MINUTE = 60_000;
/** How late a platform tells what staff have done; less than the settle window. */
const LAG_MS = 4 * MINUTE;
/** The channel that people fall back to. */
export const NEXT_CHANNEL = "text";
/** Price of an SMS, minor units. */
export const SMS_MINOR = 5;
const PROOFS: ReadonlySet<EffectClass> = new Set(["NOT_SENT", "RATE_LIMITED", "AUTH", "CONFIG"]);

/** Makes the world. @param until the provider behaves from this instant on, epoch ms */
export function provider(parts: {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly until: number;
  readonly capability: Capability;
  /** A message of their own for everybody. */
  readonly personal: boolean;
  /**
   * SMS of a group of two providers: found by number, time and exact text, since nothing of ours goes along; each costs
   * {@link SMS_MINOR}. What the first provider certainly has not sent is given to the second.
   */
  readonly sms: boolean;
  /** Messages are tasks that staff confirm, sooner or later or never, and that can be called off. @default false */
  readonly tasks?: boolean;
  /** @default "simulated", or "sms" */
  readonly name?: string;
  readonly maxBatchSize: number;
  readonly settleWindowMs: number;
  readonly sendDeadlineMs: number;
}): Provider {
  const { clock, random, trace, until, capability, personal, sms, settleWindowMs, sendDeadlineMs } = parts;
  const messages: TrueMessage[] = [];
  /** Our own code before the call is broken for long in some runs. */
  const isClumsy = random.next() < 0.15;

  /** Makes the messages of a call: one for all, or one each. @returns the id of each recipient's */
  function make({ marker, recipients, content }: OutgoingBatch): readonly string[] {
    const makeOne = (own: string, addresses: readonly string[], text = ""): string => {
      const id = `m${messages.length + 1}`;
      const fates = parts.tasks && new Map(addresses.map((address) => [address, fate()]));
      messages.push({
        id,
        marker: own,
        batchMarker: marker,
        addresses,
        text,
        createdAt: clock.now(),
        cancelledAt: null,
        ...(fates && { fates }),
      });
      return id;
    };
    trace.note(`provider makes: ${recipients.length} from m${messages.length + 1}`);
    if (personal) return recipients.map((one) => makeOne(one.marker, [one.address], one.content.text));
    const id = makeOne(marker, addressesOf({ recipients }), content.text);
    return recipients.map(() => id);
  }

  /** Messages that a provider with keys made under the keys of a call. */
  function knownBy({ marker, recipients }: OutgoingBatch): readonly TrueMessage[] {
    if (capability !== "keyed") return [];
    const keys = new Set(personal ? recipients.map((recipient) => recipient.marker) : [marker]);
    return messages.filter((message) => keys.has(message.marker));
  }

  /** What staff do with a task for one person. */
  function fate(): Fate {
    const chance = random.next();
    if (chance < 0.1) return { never: chance < 0.05 ? "not_a_friend" : "provider_quota" };
    return chance < 0.5 ? { never: null } : { confirmedAt: clock.now() + Math.floor(random.next() * 5 * 60 * MINUTE) };
  }

  /** The platform's word about one person of a task, which lags behind. */
  function reportOf(message: TrueMessage, address: string): DeliveryReport {
    const fate = message.fates?.get(address);
    if (fate && "never" in fate && fate.never) return { address, kind: "not_delivered", reason: fate.never };
    if (!fate || !("confirmedAt" in fate) || !reaches(message, address)) return { address, kind: "pending" };
    const isTold = fate.confirmedAt + LAG_MS <= clock.now();
    return isTold ? { address, kind: "delivered", at: fate.confirmedAt } : { address, kind: "pending" };
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
    const { recipients } = batch;
    trace.note(`provider ${how}: ${recipients.length}`);
    await clock.sleep(Math.floor(random.next() * 2_000));
    if (clock.monotonic() > writeBy) throw failure("NOT_SENT");
    // A provider with keys performs a request of a key that it knows no second time, and says again what it said.
    const known = knownBy(batch);
    if (known.length > 0) return repeated(batch, known);
    const unknown = (): readonly SendOutcome[] => recipients.map(() => ({ kind: "unknown", reason: "lost" }));
    const split = (other: () => SendOutcome, share: number): readonly SendOutcome[] => {
      const isOther = recipients.map(() => random.next() < share);
      const rest = recipients.filter((_, n) => !isOther[n]);
      const ids = rest.length > 0 ? make({ ...batch, recipients: rest }) : [];
      let next = 0;
      return recipients.map((_, n) => (isOther[n] ? other() : accepts(ids[next++] ?? "")));
    };
    const accepted = (): readonly SendOutcome[] => make(batch).map(accepts);
    const refused: SendOutcome = { kind: "refused", reason: "not_a_friend" };
    const put = (): SendOutcome => ({
      kind: "deferred",
      notBefore: clock.now() + Math.floor(random.next() * 90 * MINUTE),
    });
    switch (how) {
      case "accepts":
        return accepted();
      case "refuses-some":
        return split(() => refused, 0.4);
      case "refuses-all":
        return recipients.map(() => refused);
      case "defers-some":
        return split(put, 0.4);
      case "defers-all":
        return recipients.map(put);
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
          if (knownBy(batch).length === 0) make(batch);
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
      case "never-settles":
        if (random.next() < 0.5) make(batch);
        return new Promise(() => {});
      case "ignores-abort": {
        const chance = random.next();
        const outcomes = chance < 0.4 ? accepted() : chance < 0.7 ? split(() => refused, 0.4) : unknown();
        await clock.sleep(5 * MINUTE + Math.floor(random.next() * 20 * MINUTE));
        return outcomes;
      }
      case "answers-of-no-kind":
        if (random.next() < 0.5) make(batch);
        return nonsense(recipients.map(() => ({ kind: "sent" })));
      case "answers-too-few":
        return nonsense(accepted().slice(1).concat({ kind: "accepted", providerMessageId: "" }));
      case "answers-nothing":
        if (random.next() < 0.5) make(batch);
        return nonsense(undefined);
      case "throws-at-once":
        throw new RangeError("not even a promise");
    }
  }

  /** Proof that the first provider sent nothing lets the second one try; an unknown outcome never does. */
  async function byGroup(batch: OutgoingBatch, options: SendOptions): Promise<readonly SendOutcome[]> {
    try {
      return await perform(batch, options);
    } catch (error) {
      const isProof = ChannelError.is(error) && PROOFS.has(error.effect);
      if (!isProof || random.next() < 0.3) throw error;
      trace.note(`provider second: ${batch.recipients.length}`);
      return perform(batch, options);
    }
  }

  function repeated(batch: OutgoingBatch, known: readonly TrueMessage[]): readonly SendOutcome[] {
    return batch.recipients.map((recipient) => {
      const message = known.find(({ addresses }) => addresses.includes(recipient.address));
      if (message) return accepts(message.id);
      // A person whose key is new gets a message; of a message for all whoever is not in it was refused.
      if (personal) return accepts(make({ ...batch, recipients: [recipient] })[0] ?? "");
      return { kind: "refused", reason: "not_a_friend" };
    });
  }

  const channel = (life: Life): Channel => ({
    name: parts.name ?? (sms ? "sms" : "simulated"),
    specVersion: CHANNEL_SPEC_VERSION,
    personal,
    addressType: sms || parts.name === NEXT_CHANNEL ? "mobile" : "external_userid",
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
    send: (batch, options) =>
      life.call("provider/send", () => (sms ? byGroup(batch, options) : perform(batch, options))),
    ...(sms && { costOf: () => ({ units: 1, amountMinor: SMS_MINOR }) }),
    lookUp: ({ marker, recipients, from, to }) =>
      life.call("provider/lookUp", async () => {
        if (clock.now() < until && random.next() < 0.15) throw failure("NOT_SENT");
        if (clock.now() < until && random.next() < 0.02) return new Promise(() => {});
        if (sms) {
          const isOf = ({ addresses, text }: TrueMessage) =>
            recipients.some((one) => addresses.includes(one.address) && one.content.text === text);
          return messages
            .filter((one) => one.createdAt >= from && one.createdAt <= to && isOf(one))
            .map(({ id, createdAt, addresses: [address = ""] }) => ({ providerMessageId: id, createdAt, address }));
        }
        const markers = new Set(personal ? recipients.map((recipient) => recipient.marker) : [marker]);
        return messages
          .filter((message) => markers.has(message.marker) && message.createdAt >= from && message.createdAt <= to)
          .map(({ id, createdAt, addresses: [address = ""] }) => ({
            providerMessageId: id,
            createdAt,
            ...(personal && { address }),
          }));
      }),
    async *results(ids) {
      const wanted = new Set(ids);
      yield await life.call("provider/results", async () => {
        if (clock.now() < until && random.next() < 0.1) throw failure("NOT_SENT");
        const meant = messages.filter(({ id }) => wanted.has(id));
        if (parts.tasks) return meant.flatMap((one) => one.addresses.map((address) => reportOf(one, address)));
        const told = meant.flatMap(({ addresses }) => addresses);
        return told.map((address) => {
          const chance = random.next();
          if (chance < 0.5) return { address, kind: "delivered" as const, at: clock.now() };
          return { address, kind: chance < 0.6 ? ("not_delivered" as const) : ("pending" as const) };
        });
      });
    },
    cancel: (id) =>
      life.call("provider/cancel", async () => {
        const message = messages.find((one) => one.id === id);
        const chance = parts.tasks && clock.now() < until ? random.next() : 1;
        const performed = chance >= 0.25;
        trace.note(`provider calls off${performed ? "" : " nothing"}${chance < 0.5 ? ", answer lost" : ""}: ${id}`);
        if (message && performed) message.cancelledAt ??= clock.now();
        if (chance < 0.5) throw failure("UNKNOWN");
      }),
  });

  return { messages, channel };
}

function accepts(providerMessageId: string): SendOutcome {
  return { kind: "accepted", providerMessageId };
}

/** An answer that no channel may give. */
function nonsense(answer: unknown): readonly SendOutcome[] {
  // What the types forbid is what the engine has to withstand.
  return answer as readonly SendOutcome[];
}

function failure(effect: EffectClass): ChannelError {
  return new ChannelError("channel.rejected", effect, { channel: "simulated", effect, retryable: true });
}
