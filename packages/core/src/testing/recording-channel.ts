import type { Clock } from "../clock.js";
import { ChannelError } from "../errors.js";
import type { Capability, Channel, DeliveryReport, OutgoingBatch, SendOutcome } from "../ports/channel.js";

export interface RecordingChannelOptions {
  readonly clock: Clock;
  /** @default "recording" */
  readonly name?: string;
  /** @default 100 */
  readonly maxBatchSize?: number;
  /** @default "lookup" */
  readonly capability?: Capability;
  /** Addresses that are refused. */
  readonly refuse?: (address: string) => boolean;
  /** What is reported of an accepted address. @default delivered at once */
  readonly report?: (address: string) => DeliveryReport;
}

export interface RecordingChannel extends Channel {
  /** Everything that was sent, in order. */
  readonly sent: readonly (OutgoingBatch & { readonly providerMessageId: string; readonly sentAt: number })[];
}

/** A channel that reaches nobody and remembers everything; for examples and tests. */
export function recordingChannel(options: RecordingChannelOptions): RecordingChannel {
  const { clock, name = "recording", maxBatchSize = 100, capability = "lookup", refuse = () => false } = options;
  const report =
    options.report ?? ((address: string): DeliveryReport => ({ address, kind: "delivered", at: clock.now() }));
  const sent: (OutgoingBatch & { providerMessageId: string; sentAt: number })[] = [];
  return {
    name,
    addressType: "external_userid",
    maxBatchSize,
    sent,
    capability: () => capability,
    async send(batch, { writeBy, signal }) {
      if (signal.aborted || clock.monotonic() > writeBy) {
        throw new ChannelError("channel.unavailable", "too late to send", {
          channel: name,
          effect: "NOT_SENT",
          retryable: true,
        });
      }
      if (batch.addresses.length > maxBatchSize) {
        throw new ChannelError("channel.rejected", "too many recipients", { channel: name, effect: "REQUEST" });
      }
      const providerMessageId = `${name}-${sent.length + 1}`;
      sent.push({ ...batch, providerMessageId, sentAt: clock.now() });
      return batch.addresses.map(
        (address): SendOutcome =>
          refuse(address)
            ? { kind: "refused", reason: "refused_by_provider" }
            : { kind: "accepted", providerMessageId },
      );
    },
    async lookUp({ marker, from, to }) {
      return sent
        .filter((batch) => batch.marker === marker && batch.sentAt >= from && batch.sentAt <= to)
        .map(({ providerMessageId, sentAt }) => ({ providerMessageId, createdAt: sentAt }));
    },
    async *results(providerMessageId) {
      const batch = sent.find((one) => one.providerMessageId === providerMessageId);
      yield (batch?.addresses ?? []).filter((address) => !refuse(address)).map(report);
    },
  };
}
