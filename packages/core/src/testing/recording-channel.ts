import type { Clock } from "../clock.js";
import { ChannelError } from "../errors.js";
import {
  type Capability,
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type OutgoingBatch,
  type SendOutcome,
} from "../ports/channel.js";

/** How a recording channel behaves. */
export interface RecordingChannelOptions {
  readonly clock: Clock;
  /** @default "recording" */
  readonly name?: string;
  /** A message of their own for everybody. @default false */
  readonly personal?: boolean;
  /** Most recipients of one call. @default 100, or 1 on a personal channel */
  readonly maxBatchSize?: number;
  /** @default "lookup" */
  readonly capability?: Capability;
  /** Addresses that are refused. */
  readonly refuse?: (address: string) => boolean;
  /** What is reported of an accepted address. @default delivered at once */
  readonly report?: (address: string) => DeliveryReport;
}

/** A message that was sent: to all of a batch, or on a personal channel to one person. */
export interface RecordedMessage extends OutgoingBatch {
  readonly providerMessageId: string;
  readonly sentAt: number;
}

export interface RecordingChannel extends Channel {
  /** Everything that was sent, in order. */
  readonly sent: readonly RecordedMessage[];
}

/** A channel that reaches nobody and remembers everything; for examples and tests. */
export function recordingChannel(options: RecordingChannelOptions): RecordingChannel {
  const { clock, name = "recording", personal = false, capability = "lookup", refuse = () => false } = options;
  const { maxBatchSize = personal ? 1 : 100 } = options;
  const report =
    options.report ?? ((address: string): DeliveryReport => ({ address, kind: "delivered", at: clock.now() }));
  const sent: RecordedMessage[] = [];

  function record(batch: OutgoingBatch): string {
    const providerMessageId = `${name}-${sent.length + 1}`;
    sent.push({ ...batch, providerMessageId, sentAt: clock.now() });
    return providerMessageId;
  }

  const accepted = (providerMessageId: string): SendOutcome => ({ kind: "accepted", providerMessageId });
  const refused: SendOutcome = { kind: "refused", reason: "refused_by_provider" };

  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal,
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
      if (batch.recipients.length > maxBatchSize) {
        throw new ChannelError("channel.rejected", "too many recipients", { channel: name, effect: "REQUEST" });
      }
      if (personal) {
        return batch.recipients.map((recipient) => {
          const { address, content, marker } = recipient;
          return refuse(address) ? refused : accepted(record({ ...batch, content, marker, recipients: [recipient] }));
        });
      }
      const id = record(batch);
      return batch.recipients.map(({ address }) => (refuse(address) ? refused : accepted(id)));
    },
    async lookUp({ marker, recipients, from, to }) {
      const markers = new Set(personal ? recipients.map((recipient) => recipient.marker) : [marker]);
      return sent
        .filter((message) => markers.has(message.marker) && message.sentAt >= from && message.sentAt <= to)
        .map(({ providerMessageId, sentAt, recipients: [first] }) => ({
          providerMessageId,
          createdAt: sentAt,
          ...(personal && first && { address: first.address }),
        }));
    },
    async *results(providerMessageIds) {
      const wanted = new Set(providerMessageIds);
      for (const { providerMessageId, recipients } of sent) {
        if (!wanted.has(providerMessageId)) continue;
        yield recipients.filter(({ address }) => !refuse(address)).map(({ address }) => report(address));
      }
    },
  };
}
