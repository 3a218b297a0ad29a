import type { Clock } from "../../clock.js";
import { IDENTITY_TYPES } from "../../customer/customer.js";
import { RecallKitError } from "../../errors.js";
import type { Channel, OutgoingBatch, Recipient, SendOptions, SendOutcome } from "../../ports/channel.js";
import type { MessageContent } from "../../rule/content.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";

/** A channel in front of a provider that the cases can look into. */
export interface ChannelUnderTest {
  readonly channel: Channel;
  /** A message without variables. */
  readonly content: MessageContent;
  /** An address that the provider takes; another one for every index 0, 1, 2 … */
  address(index: number): string;
  /** An address that the provider refuses. */
  readonly refused: string;
  /** Messages that the provider has made so far. */
  messages(): Promise<number>;
}

/** How the cases reach a channel. */
export interface ChannelHarness {
  /** A channel whose provider has made no message yet. */
  open(): Promise<ChannelUnderTest>;
  /** The clock that the channel goes by. */
  readonly clock: Pick<Clock, "now" | "monotonic">;
}

/** Facts about `Channel`: outcomes, deadlines, look-ups and reports. */
export function channelConformance({ open, clock }: ChannelHarness): readonly ConformanceCase[] {
  return Object.entries(facts).map(([name, check]) => ({
    name: `channel: ${name}`,
    run: async () => check(await open(), clock),
  }));
}

type ChannelFact = (subject: ChannelUnderTest, clock: ChannelHarness["clock"]) => Promise<void>;

const MARKER = "ABCDEFGHIJ23";
const OTHER_MARKER = "OTHERMARKER2";
const MINUTE = 60_000;

/** Sends addresses in batches of at most `maxBatchSize`. */
async function sendAll(
  { channel, content }: ChannelUnderTest,
  addresses: readonly string[],
  options: SendOptions,
): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = [];
  for (let start = 0; start < addresses.length; start += channel.maxBatchSize) {
    const part = addresses.slice(start, start + channel.maxBatchSize);
    outcomes.push(...(await channel.send(batchOf(content, part), options)));
  }
  return outcomes;
}

/** A batch as the engine hands it over: on a personal channel everybody has a marker of their own. */
function batchOf(content: MessageContent, addresses: readonly string[], marker = MARKER): OutgoingBatch {
  const recipients = addresses.map((address) => recipientOf(content, address, marker));
  return { tenantId: 1, marker, content, recipients };
}

function recipientOf(content: MessageContent, address: string, marker: string): Recipient {
  return { address, content, values: {}, marker: markerOf(address, marker) };
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Twelve characters of base32, of an address and a batch. */
function markerOf(address: string, marker: string): string {
  let sum = 7;
  const next = (at: number) => {
    for (const character of `${marker}|${address}|${at}`)
      sum = (sum * 131 + (character.codePointAt(0) ?? 0)) % 1_000_003;
    return BASE32[sum % 32] ?? "a";
  };
  return Array.from({ length: 12 }, (_, at) => next(at)).join("");
}

const inTime = (clock: ChannelHarness["clock"]): SendOptions => ({
  writeBy: clock.monotonic() + MINUTE,
  signal: new AbortController().signal,
});

const acceptedIds = (outcomes: readonly SendOutcome[]) =>
  new Set(outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? [outcome.providerMessageId] : [])));

const facts: Readonly<Record<string, ChannelFact>> = {
  "it has a name, a kind of address and a batch size": async ({ channel, content }) => {
    expectThat(channel.name.length > 0, "the name is not empty");
    expectThat(IDENTITY_TYPES.includes(channel.addressType), "the address type is a kind of identity");
    expectThat(
      Number.isInteger(channel.maxBatchSize) && channel.maxBatchSize >= 1,
      "the batch size is a whole number from 1",
    );
    const capability = channel.capability(content);
    expectThat(["keyed", "lookup", "none"].includes(capability), "the capability is one of three");
    expectThat(capability !== "lookup" || channel.lookUp !== undefined, "what can be looked up has a look-up");
  },

  "every address has an outcome, in the order given": async (subject, clock) => {
    const addresses = [subject.address(0), subject.refused, subject.address(1)];
    const outcomes = await sendAll(subject, addresses, inTime(clock));
    expectSame(
      outcomes.map(({ kind }) => kind),
      ["accepted", "refused", "accepted"],
      "kinds of outcomes",
    );
    expectThat(
      [...acceptedIds(outcomes)].every((id) => id.length > 0),
      "accepted messages have an id of the provider",
    );
  },

  "a full batch is one message, or on a personal channel one message each": async (subject, clock) => {
    const { maxBatchSize, personal } = subject.channel;
    const addresses = Array.from({ length: maxBatchSize }, (_, index) => subject.address(index));
    const outcomes = await sendAll(subject, addresses, inTime(clock));
    expectSame(outcomes.filter(({ kind }) => kind === "accepted").length, addresses.length, "accepted addresses");
    const messages = personal ? addresses.length : 1;
    expectSame([acceptedIds(outcomes).size, await subject.messages()], [messages, messages], "ids and messages");
  },

  "content that it refuses is refused in the same words each time": async ({ channel, content }) => {
    expectSame(channel.checkContent?.(content) ?? [], [], "faults of content that goes out");
    const wrong = { ...content, partThatNobodyKnows: { depth: [1] } };
    const [first = [], second = []] = [channel.checkContent?.(wrong), channel.checkContent?.(wrong)];
    expectSame(first, second, "faults of content with a part that nobody knows");
    expectThat(
      first.every((issue) => typeof issue.path === "string" && issue.code !== "" && issue.message !== ""),
      "each fault has a path, a code and a message",
    );
  },

  "a call that is aborted on its way settles": async (subject, clock) => {
    const abort = new AbortController();
    const call = sendAll(subject, [subject.address(0)], { ...inTime(clock), signal: abort.signal });
    abort.abort();
    const [end] = await Promise.allSettled([call]);
    const made = await subject.messages();
    // Refused with proof, or an outcome: never a claim that nothing was sent when something was.
    const isProof = end.status === "rejected" && RecallKitError.is(end.reason);
    expectThat(end.status === "fulfilled" || !isProof || made === 0, "an error proves that nothing was sent");
  },

  "a batch that is too large reaches nobody": async (subject, clock) => {
    const { channel, content } = subject;
    const addresses = Array.from({ length: channel.maxBatchSize + 1 }, (_, index) => subject.address(index));
    const [outcome] = await Promise.allSettled([channel.send(batchOf(content, addresses), inTime(clock))]);
    const isRefused = outcome.status === "rejected" || outcome.value.every(({ kind }) => kind === "refused");
    expectThat(isRefused, "the batch is refused");
    expectSame(await subject.messages(), 0, "messages");
  },

  "a send after its deadline reaches nobody": async (subject, clock) => {
    const late = { ...inTime(clock), writeBy: clock.monotonic() - 1 };
    const [outcome] = await Promise.allSettled([sendAll(subject, [subject.address(0)], late)]);
    const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
    expectThat(
      RecallKitError.is(reason) && "effect" in reason && reason.effect === "NOT_SENT",
      "the error proves that nothing was sent",
    );
    expectSame(await subject.messages(), 0, "messages");
  },

  "an aborted send reaches nobody": async (subject, clock) => {
    const [outcome] = await Promise.allSettled([
      sendAll(subject, [subject.address(0)], { ...inTime(clock), signal: AbortSignal.abort() }),
    ]);
    expectSame(outcome.status, "rejected", "send");
    expectSame(await subject.messages(), 0, "messages");
  },

  "a message is found by its marker, if the channel can look up": async (subject, clock) => {
    const { channel, content } = subject;
    const outcomes = await sendAll(subject, [subject.address(0)], inTime(clock));
    if (channel.capability(content) !== "lookup") return;
    const period = { content, from: clock.now() - MINUTE, to: clock.now() + MINUTE };
    const recipients = channel.personal ? [recipientOf(content, subject.address(0), MARKER)] : [];
    const others = channel.personal ? [recipientOf(content, subject.address(0), OTHER_MARKER)] : [];
    const { signal } = new AbortController();
    const found = await channel.lookUp?.({ marker: MARKER, recipients, ...period }, { signal });
    expectSame(
      found?.map(({ providerMessageId }) => providerMessageId),
      [...acceptedIds(outcomes)],
      "messages with the marker",
    );
    if (channel.personal)
      expectSame(
        found?.map(({ address }) => address),
        [subject.address(0)],
        "whose they are",
      );
    expectSame(
      await channel.lookUp?.({ marker: OTHER_MARKER, recipients: others, ...period }, { signal }),
      [],
      "messages with another marker",
    );
  },

  "reports name each address of the message at most once": async (subject, clock) => {
    const addresses = [subject.address(0), subject.address(1)].slice(0, subject.channel.maxBatchSize);
    const ids = [...acceptedIds(await sendAll(subject, addresses, inTime(clock)))];
    const reported: string[] = [];
    for await (const page of subject.channel.results?.(ids, { signal: new AbortController().signal }) ?? []) {
      reported.push(...page.map(({ address }) => address));
    }
    expectSame(
      reported.filter((address) => !addresses.includes(address)),
      [],
      "reports about strangers",
    );
    expectSame(new Set(reported).size, reported.length, "addresses reported");
  },
};
