import type { IdentityType } from "../customer/customer.js";
import { ChannelError } from "../errors.js";
import type { Channel } from "../ports/channel.js";

/** Stands in for a channel without credentials: batches are formed and stay pending until a real one takes its place. */
export function unconfiguredChannel(options: {
  readonly name: string;
  readonly addressType: IdentityType;
  readonly maxBatchSize: number;
}): Channel {
  const refuse = () =>
    Promise.reject(
      new ChannelError("channel.not-configured", `${options.name} has no credentials`, {
        channel: options.name,
        effect: "CONFIG",
      }),
    );
  return { ...options, capability: () => "none", prepare: refuse, send: refuse };
}
