import { ChannelError } from "../errors.js";
import { CHANNEL_SPEC_VERSION, type Channel } from "../ports/channel.js";

/** Stands in for a channel without credentials: batches are formed and stay pending until a real one takes its place. */
export function unconfiguredChannel(
  options: Pick<Channel, "name" | "addressType" | "maxBatchSize"> & Partial<Pick<Channel, "personal" | "checkContent">>,
): Channel {
  const refuse = () =>
    Promise.reject(
      new ChannelError("channel.not-configured", `${options.name} has no credentials`, {
        channel: options.name,
        effect: "CONFIG",
      }),
    );
  const { personal = false, ...rest } = options;
  return {
    ...rest,
    specVersion: CHANNEL_SPEC_VERSION,
    personal,
    capability: () => "none",
    prepare: refuse,
    send: refuse,
  };
}
