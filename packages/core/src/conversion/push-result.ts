import type { BatchState, DeliveryState } from "../delivery/states.js";
import type { MessageContent } from "../rule/content.js";

/** One person of a batch; the reason says why somebody is not on the way, in words of the state table or the provider. */
export interface BatchMember {
  /** On the batch's channel. */
  readonly address: string;
  /** Of this person's delivery. */
  readonly state: DeliveryState;
  /** Why somebody is not on the way; null for those who are. */
  readonly reason: string | null;
}

/** What one batch said to whom, and what became of it. */
export interface PushResult {
  /** What was sent. */
  readonly batchId: number;
  /** 1, 2, 3 … within the firing. */
  readonly number: number;
  /** Firing that it belongs to. */
  readonly occurrenceId: number;
  /** Rule of that firing. */
  readonly ruleId: number;
  /** Name of the rule when it was pushed. */
  readonly ruleName: string;
  /** Name of the channel that carried it. */
  readonly channel: string;
  /** Where the batch stands. */
  readonly state: BatchState;
  /** Why it is in its state; null where no reason is needed. */
  readonly reason: string | null;
  /** As it was sent. */
  readonly content: MessageContent;
  /** Whom the last call named, by customer id, at most the channel's batch size. */
  readonly members: readonly BatchMember[];
  /** Who was in the batch and got nothing: suppressed right before the call, expired or cancelled; by customer id. */
  readonly leftOut: readonly BatchMember[];
  /** The provider's name for the message; null before it is accepted, and on channels with one message per person. */
  readonly providerMessageId: string | null;
  /** Class of the last attempt's outcome, `OK` for an accepted one; null while it is open. */
  readonly attemptClass: string | null;
  /** Redacted answer of the last attempt. */
  readonly answer: string | null;
  /** Begin of the last attempt, epoch ms. */
  readonly attemptedAt: number;
}
