import { describe } from "vitest";
import { ChannelError } from "../errors.js";
import { memoryTokenCache } from "../memory/index.js";
import type { Channel } from "../ports/channel.js";
import type { CachedValue, TokenCache } from "../ports/token-cache.js";
import type { MessageContent } from "../rule/content.js";
import { recordingChannel, virtualClock } from "../testing/index.js";
import { type ChannelHarness, channelConformance, type TokenCacheHarness, tokenCacheConformance } from "./index.js";
import { type Broken, provesEveryCase } from "./testing/broken.js";

const clock = virtualClock(1_000_000_000);

/** A working cache with some methods broken. */
function brokenCache(
  faults: (real: TokenCache) => Partial<TokenCache>,
  caughtBy: readonly string[],
): Broken<TokenCacheHarness> {
  const open = async () => {
    const real = memoryTokenCache({ clock });
    return { ...real, ...faults(real) };
  };
  return { harness: { open, clock }, caughtBy };
}

const forever = (fetch: () => Promise<CachedValue>) => async () => ({
  ...(await fetch()),
  expiresAt: Number.MAX_SAFE_INTEGER,
});

describe("token cache", () => {
  provesEveryCase(tokenCacheConformance, {
    "keeps nothing": brokenCache(
      () => ({ getOrFetch: async (_, fetch) => (await fetch()).value }),
      ["a live value is fetched once", "50 callers share one fetch"],
    ),
    "keeps values for ever": brokenCache(
      (real) => ({ getOrFetch: (key, fetch) => real.getOrFetch(key, forever(fetch)) }),
      ["a value is not used from its end on"],
    ),
    "has case-insensitive keys": brokenCache(
      (real) => ({ getOrFetch: (key, fetch) => real.getOrFetch(key.toLowerCase(), fetch) }),
      ["keys compare bytewise"],
    ),
    "keeps failures": brokenCache(() => {
      const kept = new Map<string, Promise<CachedValue>>();
      return {
        getOrFetch: async (key, fetch) => {
          const value = kept.get(key) ?? fetch();
          kept.set(key, value);
          return (await value.catch(() => ({ value: "failed" }))).value;
        },
      };
    }, ["a failed fetch reaches its callers and is not kept"]),
    "never expires a value": brokenCache(
      () => ({ expire: async () => undefined }),
      ["an expired value is fetched again"],
    ),
    "expires whatever there is": brokenCache(
      (real) => ({
        expire: async (key) => real.expire(key, await real.getOrFetch(key, async () => ({ value: "", expiresAt: 0 }))),
      }),
      ["a fresh value survives the end of an older one"],
    ),
  });
});

/** A recording channel with some methods broken. */
function brokenChannel(
  faults: (real: Channel) => Partial<Channel>,
  caughtBy: readonly string[],
): Broken<ChannelHarness> {
  const open = async () => {
    const real = recordingChannel({ clock, maxBatchSize: 5, refuse: (address) => address === "wm_refused" });
    return {
      channel: { ...real, ...faults(real) },
      content: { text: "hello" },
      address: (index: number) => `wm_${index}`,
      refused: "wm_refused",
      messages: async () => real.sent.length,
    };
  };
  return { harness: { open, clock }, caughtBy };
}

const PATIENT = { writeBy: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

describe("channel", () => {
  provesEveryCase(channelConformance, {
    "has no batch size": brokenChannel(
      () => ({ maxBatchSize: 0.5 }),
      ["it has a name, a kind of address and a batch size"],
    ),
    "answers refusals first": brokenChannel(
      (real) => ({
        send: async (...args) => (await real.send(...args)).toSorted((a, b) => (a.kind > b.kind ? -1 : 1)),
      }),
      ["every address has an outcome, in the order given"],
    ),
    "sends one message per address": brokenChannel(
      (real) => ({
        send: async (batch, options) => {
          const sent = batch.recipients.map((one) => real.send({ ...batch, recipients: [one] }, options));
          return (await Promise.all(sent)).flat();
        },
      }),
      [
        "a full batch is one message, or on a personal channel one message each",
        "a batch that is too large reaches nobody",
      ],
    ),
    "objects to content in other words each time": brokenChannel(() => {
      let times = 0;
      const checkContent = (content: MessageContent) => {
        times += 1;
        return "partThatNobodyKnows" in content
          ? [{ path: "", code: "custom", message: `no, for the ${times}. time` }]
          : [];
      };
      return { checkContent };
    }, ["content that it refuses is refused in the same words each time"]),
    "calls a message that it made not sent": brokenChannel(
      (real) => ({
        send: async (batch, options) => {
          await real.send(batch, PATIENT);
          if (!options.signal.aborted) throw new Error("answered before the abort");
          throw new ChannelError("channel.aborted", "aborted", { channel: "broken", effect: "NOT_SENT" });
        },
      }),
      ["a call that is aborted on its way settles"],
    ),
    "ignores deadlines and signals": brokenChannel(
      (real) => ({ send: (batch) => real.send(batch, PATIENT) }),
      ["a send after its deadline reaches nobody", "an aborted send reaches nobody"],
    ),
    "finds nothing": brokenChannel(
      () => ({ lookUp: async () => [] }),
      ["a message is found by its marker, if the channel can look up"],
    ),
    "reports about strangers": brokenChannel(
      () => ({
        async *results() {
          yield [{ address: "wm_stranger", kind: "delivered" }];
        },
      }),
      ["reports name each address of the message at most once"],
    ),
  });
});
