import { ConfigError } from "@recallkit/core";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  type DeliveryReport,
  type OutgoingBatch,
  type Recipient,
} from "@recallkit/core/ports";
import { CHANNEL_NAME, refusedBefore } from "../provider/errors.js";
import type { SmsMessage, SmsProvider } from "../provider/sms-provider.js";
import type { ReceiptStore } from "../receipt/receipt-store.js";
import { lintSms } from "../text/lint-sms.js";
import { MESSAGE_CLASSES, type MessageClass } from "../text/message-class.js";
import { completeText, signatureIssue } from "../text/sms-text.js";
import { smsContent, smsContentIssues } from "./sms-content.js";

/** Options of {@link smsChannel}. */
export interface SmsChannelOptions {
  readonly provider: SmsProvider;
  /** Registered name of the sender, without `【】`. */
  readonly signature: string;
  /** What the messages are for; marketing carries the way to refuse. @default "marketing" */
  readonly messageClass?: MessageClass | undefined;
  /** Ends marketing texts that don't have it. @default "拒收请回复R" */
  readonly optOutText?: string | undefined;
  /** Where receipts wait for the engine. @default none: nothing is known beyond "accepted" */
  readonly receipts?: ReceiptStore | undefined;
  /** Name of the channel, for a second one of another class. @default "sms" */
  readonly name?: string | undefined;
}

/**
 * SMS as a channel: everybody gets a message of their own. "accepted" means that the provider took it; receipts tell whether
 * the phone did.
 *
 * @throws {ConfigError} `signature` or `messageClass` is unusable
 */
export function smsChannel(options: SmsChannelOptions): Channel {
  const { provider, signature, messageClass = "marketing", optOutText, receipts, name = CHANNEL_NAME } = options;
  const fault = signatureIssue(signature);
  if (fault !== undefined) throw new ConfigError("config.invalid", "signature", fault);
  if (!MESSAGE_CLASSES.includes(messageClass)) {
    throw new ConfigError(
      "config.invalid",
      "messageClass",
      `messageClass must be one of ${MESSAGE_CLASSES.join(", ")}`,
    );
  }
  const rules = { signature, messageClass, ...(optOutText !== undefined && { optOutText }) };
  const messageOf = ({ address, content, marker }: Recipient): SmsMessage => {
    const { text, template } = smsContent(content);
    return { to: address, text: completeText(text, rules), template, signature, marker };
  };
  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "mobile",
    maxBatchSize: provider.maxBatchSize,
    capability: () => provider.capability,
    checkContent(content) {
      const issues = [
        ...smsContentIssues(content, provider.sends),
        ...(provider.checkContent?.(content, messageClass) ?? []),
      ];
      if (content.text === undefined) return issues;
      const findings = lintSms(completeText(content.text, rules), {
        messageClass,
        ...(optOutText !== undefined && { optOutText }),
      });
      const errors = findings.filter(({ severity }) => severity === "error");
      return [...issues, ...errors.map(({ code, message }) => ({ path: "text", code, message }))];
    },
    async send({ recipients }: OutgoingBatch, sendOptions) {
      if (recipients.length > provider.maxBatchSize)
        throw refusedBefore(`at most ${provider.maxBatchSize} people per call`);
      return provider.send(recipients.map(messageOf), sendOptions);
    },
    async lookUp({ recipients, from, to }, callOptions) {
      return (await provider.lookUp?.({ messages: recipients.map(messageOf), from, to }, callOptions)) ?? [];
    },
    ...(receipts && { results: (ids: readonly string[]) => reportsOf(receipts, ids) }),
  };
}

const PAGE = 1000;

async function* reportsOf(receipts: ReceiptStore, ids: readonly string[]): AsyncGenerator<readonly DeliveryReport[]> {
  for (let start = 0; start < ids.length; start += PAGE) {
    const found = await receipts.find(ids.slice(start, start + PAGE));
    yield found.map(({ providerMessageId, address, kind, reason, at }) => ({
      providerMessageId,
      address,
      kind,
      ...(reason !== undefined && { reason }),
      ...(at !== undefined && { at }),
    }));
  }
}
