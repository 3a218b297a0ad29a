import type { BatchId, OccurrenceId, RuleId, TenantId } from "../id.js";
import type { Capability, Channel } from "../ports/channel.js";
import type { BatchState } from "./states.js";

/** Recipients of one provider call; unique per (occurrence, channel, number). */
export interface Batch {
  readonly id: BatchId;
  readonly tenantId: TenantId;
  readonly occurrenceId: OccurrenceId;
  readonly ruleId: RuleId;
  readonly channel: string;
  /** 1, 2, 3 … in order of customer id. */
  readonly number: number;
  readonly state: BatchState;
  readonly reason: string | null;
  /** Members when it was formed; some may leave before the call, none joins. */
  readonly size: number;
  /** 12 base32 characters by which the provider's copy is found again. */
  readonly marker: string;
  /** SHA-256 of the rendered content; a change between attempts is an error. */
  readonly contentHash: string | null;
  readonly capability: Capability;
  readonly providerMessageId: string | null;
  /** Facts worth an operator's look, for example strangers in a failure list. */
  readonly warnings: readonly string[];
  /** Provider calls begun. */
  readonly attempts: number;
  /** Calls after the first that followed a look-up which found nothing. */
  readonly resends: number;
  /** Errors of our own before an intent since the last one that came off; the third makes it `dead`. */
  readonly faults: number;
  /** Look-ups of the present unknown outcome so far. */
  readonly lookUps: number;
  /** Not worked on before this instant; meaning depends on the state (retry, look-up, results poll). */
  readonly notBefore: number;
  /** Start of the latest attempt, epoch ms. */
  readonly attemptedAt: number | null;
  readonly acceptedAt: number | null;
  /** Results polls so far. */
  readonly polls: number;
  /** No more results are expected: everybody has a report or the deadline has passed. */
  readonly settled: boolean;
  readonly leaseOwner: string | null;
  readonly leaseUntil: number | null;
  readonly leaseEpoch: number;
  readonly createdAt: number;
}

/** People of a batch whose messages go out one by one; a batch is over within the send deadline. */
const PEOPLE = 200;

/** Most people of a batch: one call's worth, or as many as go out side by side. */
export function peoplePerBatch({ personal, maxBatchSize }: Pick<Channel, "personal" | "maxBatchSize">): number {
  return personal ? Math.max(1, Math.floor(PEOPLE / maxBatchSize)) * maxBatchSize : maxBatchSize;
}
