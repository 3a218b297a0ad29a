import type { BatchState, DeliveryState } from "../delivery/states.js";
import type { MessageContent } from "../rule/content.js";

/** One person of a batch; the reason says why somebody is not on the way, in words of the state table or the provider. */
export interface BatchMember {
  readonly address: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
}

/** What one batch said to whom, and what became of it. */
export interface PushResult {
  readonly batchId: number;
  readonly number: number;
  readonly occurrenceId: number;
  readonly ruleId: number;
  /** Name of the rule when it was pushed. */
  readonly ruleName: string;
  readonly channel: string;
  readonly state: BatchState;
  readonly reason: string | null;
  /** As it was sent. */
  readonly content: MessageContent;
  /** Whom the last call named, by customer id, at most the channel's batch size. */
  readonly members: readonly BatchMember[];
  /** Who was in the batch and got nothing: suppressed right before the call, expired or cancelled; by customer id. */
  readonly leftOut: readonly BatchMember[];
  readonly providerMessageId: string | null;
  /** Class of the last attempt's outcome, `OK` for an accepted one; null while it is open. */
  readonly attemptClass: string | null;
  /** Redacted answer of the last attempt. */
  readonly answer: string | null;
  /** Begin of the last attempt, epoch ms. */
  readonly attemptedAt: number;
}
