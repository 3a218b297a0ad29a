import type { InputIssue, MessageContent } from "@recallkit/core";
import type { CallOptions, FoundMessage, SendOptions, SendOutcome } from "@recallkit/core/ports";
import type { MessageClass } from "../text/message-class.js";

/** One SMS, ready to go out. */
export interface SmsMessage {
  /** E.164, for example `+8613800138000`. */
  readonly to: string;
  /** The whole text, with `【signature】` in front; providers of templates fill in their own instead. */
  readonly text: string;
  /** The template that a provider of templates fills in; values are rendered. */
  readonly template: SmsTemplate | undefined;
  /** Name of the sender without `【】`. */
  readonly signature: string;
  /** 12 base32 characters that stand for this person in this push: the same in all attempts. */
  readonly marker: string;
}

/** An approved template of the provider with the values of one person. */
export interface SmsTemplate {
  /** `SMS_100000001` at Aliyun, `100001` at Tencent, `tpl_id` at Yunpian. */
  readonly id: string;
  /** By name, or by place where the provider numbers its variables. */
  readonly params: Readonly<Record<string, string>> | readonly string[];
}

/** Which of our messages are looked for, when their answers were lost. */
export interface SmsLookUp {
  readonly messages: readonly SmsMessage[];
  /** When they may have been taken, epoch ms, both ends in. */
  readonly from: number;
  readonly to: number;
}

/** A provider of SMS. One instance serves one account. */
export interface SmsProvider {
  /** Stable name, part of message ids: `yunpian`, `aliyun`, `tencent`. */
  readonly name: string;
  /** Most messages of one `send`, `>= 1`. */
  readonly maxBatchSize: number;
  /** Whether a lost answer can be cleared up by asking. */
  readonly capability: "lookup" | "none";
  /** Whether texts go out as they are, or only as values of an approved template. */
  readonly sends: "text" | "template";
  /** What the provider refuses in content. Paths begin in the content. @default nothing is known */
  checkContent?(content: MessageContent, messageClass: MessageClass): readonly InputIssue[];
  /**
   * Hands messages over; one outcome per message, in the order given.
   *
   * @throws {ChannelError} only with proof that nothing was sent
   */
  send(messages: readonly SmsMessage[], options: SendOptions): Promise<readonly SendOutcome[]>;
  /** Messages of ours that the provider knows, oldest first. Needed for `lookup`. @throws {ChannelError} it says nothing */
  lookUp?(query: SmsLookUp, options: CallOptions): Promise<readonly FoundMessage[]>;
}
