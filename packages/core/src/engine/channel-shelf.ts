import type { Clock } from "../clock.js";
import { IDENTITY_TYPES } from "../customer/customer.js";
import { ConfigError } from "../errors.js";
import { type Capability, CHANNEL_SPEC_VERSION, type Channel } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";

/** Channels of every tenant, or of the tenant asked for. */
export type ChannelsOption = readonly Channel[] | ((tenantId: number) => Promise<readonly Channel[]>);

/** The channels of all tenants. Those that a function makes are kept, with whatever they keep themselves, access tokens above all. */
export interface ChannelShelf {
  of(tenantId: number): Promise<readonly Channel[]>;
  /** Asks the function again at the next call, for one tenant or all. */
  forget(tenantId?: number): void;
}

interface Kept {
  readonly until: number;
  readonly channels: Promise<readonly Channel[]>;
}

/**
 * @param bounded waits for the function for as long as there is time
 * @throws {ConfigError} `config.invalid`: a channel of a list is not what the port asks for
 */
export function channelShelf(parts: {
  readonly channels: ChannelsOption;
  readonly clock: Clock;
  readonly keepMs: number;
  readonly bounded: <T>(run: () => Promise<T>) => Promise<T>;
}): ChannelShelf {
  const { channels, clock, keepMs, bounded } = parts;
  if (typeof channels !== "function") {
    const checked = checkedChannels(channels);
    return { of: async () => checked, forget: () => {} };
  }
  const shelf = new Map<number, Kept>();
  return {
    of(tenantId) {
      const kept = shelf.get(tenantId);
      if (kept && clock.monotonic() < kept.until) return kept.channels;
      const made = bounded(async () => checkedChannels(await channels(tenantId)));
      shelf.set(tenantId, { until: clock.monotonic() + keepMs, channels: made });
      made.catch(() => {
        if (shelf.get(tenantId)?.channels === made) shelf.delete(tenantId);
      });
      return made;
    },
    forget(tenantId) {
      if (tenantId === undefined) shelf.clear();
      else shelf.delete(tenantId);
    },
  };
}

/** How a lost answer could be cleared up; what is none of the three ways, or fails, is no way. */
export function capabilityOf(channel: Channel, content: MessageContent): Capability {
  try {
    const capability = channel.capability(content);
    return capability === "keyed" || (capability === "lookup" && channel.lookUp) ? capability : "none";
  } catch {
    return "none";
  }
}

function checkedChannels(channels: readonly Channel[]): readonly Channel[] {
  if (!Array.isArray(channels)) throw wrong("channels", "must be a list of channels");
  channels.forEach((channel, index) => {
    const path = `channels.${index}`;
    if (typeof channel !== "object" || channel === null) throw wrong(path, "must be a channel");
    for (const [name, isRight, what] of FACTS) {
      if (!isRight(channel)) throw wrong(`${path}.${name}`, what);
    }
    const isTwice = channels.findIndex(({ name }) => name === channel.name) < index;
    if (isTwice) throw wrong(`${path}.name`, `${channel.name} is given twice`);
  });
  return channels;
}

/** What must hold of a channel, by its property. */
const FACTS: readonly (readonly [name: keyof Channel, isRight: (channel: Channel) => boolean, what: string])[] = [
  ["name", ({ name }) => typeof name === "string" && /^[A-Za-z][\w-]{0,63}$/.test(name), "must be a short name"],
  [
    "specVersion",
    ({ specVersion }) => specVersion === CHANNEL_SPEC_VERSION,
    `must be ${CHANNEL_SPEC_VERSION}; the channel was written for another release`,
  ],
  ["personal", ({ personal }) => typeof personal === "boolean", "must be true or false"],
  ["addressType", ({ addressType }) => IDENTITY_TYPES.includes(addressType), "must be a kind of identity"],
  [
    "maxBatchSize",
    ({ maxBatchSize }) => Number.isInteger(maxBatchSize) && maxBatchSize >= 1,
    "must be a whole number from 1",
  ],
  ["capability", ({ capability }) => typeof capability === "function", "must be a function"],
  ["send", ({ send }) => typeof send === "function", "must be a function"],
];

function wrong(option: string, what: string): ConfigError {
  return new ConfigError("config.invalid", option, `${option} ${what}`);
}
