import type { BatchId, OccurrenceId, RuleId, TenantId } from "../id.js";
import type { Capability, Channel } from "../ports/channel.js";
import type { BatchState } from "./states.js";

/** Recipients of one provider call; unique per (occurrence, channel, number). */
export interface Batch {
  /** Unique in the installation. */
  readonly id: BatchId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** Firing that it belongs to. */
  readonly occurrenceId: OccurrenceId;
  /** Rule of that firing. */
  readonly ruleId: RuleId;
  /** Name of the channel that carries it. */
  readonly channel: string;
  /** 1, 2, 3 … in order of customer id. */
  readonly number: number;
  /** Where it stands; the state machine is in `docs/architecture/delivery.md`. */
  readonly state: BatchState;
  /** Why it is in its state: a word of the engine or of the provider; null where none is needed. */
  readonly reason: string | null;
  /** Members when it was formed; some may leave before the call, none joins. */
  readonly size: number;
  /** 12 base32 characters by which the provider's copy is found again. */
  readonly marker: string;
  /** SHA-256 of the rendered content; a change between attempts is an error. */
  readonly contentHash: string | null;
  /** What the channel could do with a call of unknown outcome when it was formed. */
  readonly capability: Capability;
  /** The provider's name for the message; null before it is accepted, and on channels with one message per person. */
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
  /** When the provider took it, epoch ms; null before. */
  readonly acceptedAt: number | null;
  /** Results polls so far. */
  readonly polls: number;
  /** People ended since the others were last handed to the next channel; null: its channel is the last of the rule. */
  readonly handsOn: boolean | null;
  /** When the provider said that it called the message off, epoch ms; null: it was not asked, or did not say so. */
  readonly calledOffAt: number | null;
  /** No more results are expected: everybody has a report or the deadline has passed. */
  readonly settled: boolean;
  /** Process that works on it; null: nobody. */
  readonly leaseOwner: string | null;
  /** Until when that process holds it, epoch ms; null: nobody does. */
  readonly leaseUntil: number | null;
  /** Raised by every claim; later writes name it. */
  readonly leaseEpoch: number;
  /** When it was formed, epoch ms. */
  readonly createdAt: number;
}

/** People of a batch whose messages go out one by one; a batch is over within the send deadline. */
const PEOPLE = 200;

/** Most people of a batch: one call's worth, or as many as go out side by side. */
export function peoplePerBatch({ personal, maxBatchSize }: Pick<Channel, "personal" | "maxBatchSize">): number {
  return personal ? Math.max(1, Math.floor(PEOPLE / maxBatchSize)) * maxBatchSize : maxBatchSize;
}
