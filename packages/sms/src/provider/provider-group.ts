import { createHash } from "node:crypto";
import { ChannelError, type Clock, ConfigError, systemClock } from "@recallkit/core";
import type { SendOptions, SendOutcome } from "@recallkit/core/ports";
import { HALT_MS } from "./code-rule.js";
import type { SmsMessage, SmsProvider } from "./sms-provider.js";

/** A provider and its part of the messages. */
export interface WeightedProvider {
  readonly provider: SmsProvider;
  /** Share of people who are sent to by it first, relative to the others', `>= 0`; 0: it only takes over. */
  readonly weight: number;
}

/** Options of {@link providerGroup}. */
export interface ProviderGroupOptions {
  /** @default systemClock */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/**
 * Several providers as one. People are split by weight, the same person always alike; where a provider proves that it sent
 * nothing (its account, template, limit or address is at fault), the next one is asked. An outcome that nobody knows is never
 * handed to another: it may have been sent.
 *
 * @throws {ConfigError} no provider, two of one name, or a weight that is none
 */
export function providerGroup(
  members: readonly WeightedProvider[],
  { clock = systemClock }: ProviderGroupOptions = {},
): SmsProvider {
  const names = members.map(({ provider }) => provider.name);
  if (members.length === 0) throw new ConfigError("config.invalid", "members", "a group needs a provider");
  if (new Set(names).size < names.length)
    throw new ConfigError("config.invalid", "members", "providers need names of their own");
  const total = members.reduce((sum, { weight }) => sum + (weight >= 0 ? weight : Number.NaN), 0);
  if (!(total > 0 && Number.isFinite(total))) {
    throw new ConfigError("config.invalid", "members", "weights are numbers from 0 on, one of them above 0");
  }
  const providers = members.map(({ provider }) => provider);
  return {
    name: names.join("+"),
    maxBatchSize: Math.min(...providers.map(({ maxBatchSize }) => maxBatchSize)),
    // Whoever was asked first may be the one whose answer was lost.
    capability: providers.every(({ capability }) => capability === "lookup") ? "lookup" : "none",
    sends: providers.some(({ sends }) => sends === "template") ? "template" : "text",
    checkContent: (content, messageClass) =>
      providers.flatMap((one) => one.checkContent?.(content, messageClass) ?? []),
    send: (messages, options) => sendSplit(members, messages, options, clock.now()),
    async lookUp(query, options) {
      const found = [];
      for (const { name, lookUp } of providers) {
        for (const message of (await lookUp?.(query, options)) ?? []) {
          found.push({ ...message, providerMessageId: idIn(name, message.providerMessageId) });
        }
      }
      return found.toSorted((a, b) => a.createdAt - b.createdAt);
    },
  };
}

/** Id of a message in a group: providers count by themselves. Receipts of a provider are kept under it. */
export function idIn(provider: string, providerMessageId: string): string {
  return `${provider}:${providerMessageId}`;
}

async function sendSplit(
  members: readonly WeightedProvider[],
  messages: readonly SmsMessage[],
  options: SendOptions,
  now: number,
): Promise<readonly SendOutcome[]> {
  const outcomes = new Array<SendOutcome | undefined>(messages.length).fill(undefined);
  let failure: ChannelError | undefined;
  for (const [first, places] of byFirst(members, messages)) {
    const order = [...members.slice(first), ...members.slice(0, first)];
    for (const { provider } of order) {
      try {
        const sent = await provider.send(
          places.map((at) => messages[at] as SmsMessage),
          options,
        );
        sent.forEach((outcome, at) => {
          outcomes[places[at] as number] = named(provider.name, outcome);
        });
        break;
      } catch (error) {
        // Anything but proof that nothing was sent ends the search.
        if (!isProof(error)) throw error;
        failure = error;
      }
    }
  }
  if (failure && outcomes.every((outcome) => outcome === undefined)) throw failure;
  // People whom no provider would take now, while others were sent to.
  const notBefore = now + (failure?.retryAfterMs ?? HALT_MS);
  return outcomes.map((outcome) => outcome ?? { kind: "deferred", notBefore });
}

/** Places of messages by the member that is asked first. */
function byFirst(
  members: readonly WeightedProvider[],
  messages: readonly SmsMessage[],
): ReadonlyMap<number, readonly number[]> {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const groups = new Map<number, number[]>();
  messages.forEach(({ marker }, at) => {
    const roll = (createHash("sha256").update(marker).digest().readUInt32BE() / 2 ** 32) * total;
    let passed = 0;
    const first = members.findIndex(({ weight }) => {
      passed += weight;
      return roll < passed;
    });
    const key = Math.max(first, 0);
    groups.set(key, [...(groups.get(key) ?? []), at]);
  });
  return groups;
}

function named(provider: string, outcome: SendOutcome): SendOutcome {
  return outcome.kind === "accepted"
    ? { ...outcome, providerMessageId: idIn(provider, outcome.providerMessageId) }
    : outcome;
}

const PROOFS: ReadonlySet<string> = new Set(["NOT_SENT", "RATE_LIMITED", "AUTH", "CONFIG", "REQUEST"]);

function isProof(error: unknown): error is ChannelError {
  return ChannelError.is(error) && PROOFS.has(error.effect);
}
