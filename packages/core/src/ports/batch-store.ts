import type { Batch } from "../delivery/batch.js";
import type { BatchState } from "../delivery/states.js";
import type { ListPosition, Page, PageRequest } from "../page.js";
import type { ClaimTerms } from "./claim-terms.js";
import type { RowLock } from "./row-lock.js";

export type NewBatch = Pick<
  Batch,
  | "tenantId"
  | "occurrenceId"
  | "ruleId"
  | "channel"
  | "number"
  | "marker"
  | "capability"
  | "createdAt"
  | "notBefore"
  | "handsOn"
>;

/** Columns that may be written beside a state. */
export type BatchPatch = Partial<
  Pick<
    Batch,
    | "reason"
    | "size"
    | "contentHash"
    | "capability"
    | "providerMessageId"
    | "warnings"
    | "attempts"
    | "resends"
    | "faults"
    | "lookUps"
    | "notBefore"
    | "attemptedAt"
    | "acceptedAt"
    | "polls"
    | "settled"
    | "calledOffAt"
  >
>;

/** Names a batch and what must still hold for a write. */
export interface BatchKey {
  /** Whose it is. */
  readonly tenantId: number;
  /** The batch's. */
  readonly id: number;
  /** Epoch of the lease that the caller holds; the write is made only while it is the latest. */
  readonly leaseEpoch: number;
}

export interface BatchFilter extends PageRequest {
  /** Only batches of this firing. @default of all */
  readonly occurrenceId?: number;
  /** Only batches of this rule. @default of all */
  readonly ruleId?: number;
  /** Only those in one of these states. @default in any */
  readonly states?: readonly BatchState[];
  /** Created at or after, epoch ms. */
  readonly since?: number;
}

/**
 * Work that can be claimed:
 * `send` = `pending`, due, not expired, of a `running` occurrence whose rule is not deleted, and active unless the occurrence is a test;
 * `results` = `accepted`, due, not settled;
 * `reconcile` = `unknown`, due.
 */
export type BatchWork = "send" | "results" | "reconcile";

/** Which batches that were tried are meant. */
export interface TriedFilter {
  /** Only batches of this rule; absent: of all. */
  readonly ruleId?: number;
  /** Substring of the rule's present name, compared in lower case; deleted rules count too. */
  readonly search?: string;
  /** Only of occurrences due at or after it, epoch ms. */
  readonly from?: number;
  /** Only of occurrences due before it, epoch ms. */
  readonly to?: number;
}

/** One channel of one tenant. */
export interface ChannelKey {
  /** Whose channel it is. */
  readonly tenantId: number;
  /** Its name. */
  readonly channel: string;
}

/** Narrows a claim, by one of the two. @default batches of all channels */
export interface ClaimScope {
  /** Any number of them. */
  readonly except?: readonly ChannelKey[];
  /** Batches of this channel and of no other. */
  readonly only?: ChannelKey;
}

/** Batches, the work rows of delivery. */
export interface BatchStore {
  /** Adds a `pending` batch of size 0. Repeating (occurrence, channel, number) returns the existing id. */
  insert(batch: NewBatch): Promise<number>;
  /** One batch; `lock` keeps its row until the transaction ends. */
  get(tenantId: number, batchId: number, lock?: RowLock): Promise<Batch | undefined>;
  /** Batches by filter, a page at a time. */
  list(tenantId: number, filter: BatchFilter): Promise<Page<Batch>>;
  /** Claims due work of all tenants whose lease is free or over: sets the lease, raises the epoch, leaves the state as it is. Oldest `notBefore` first, then id. */
  claim(work: BatchWork, terms: ClaimTerms, scope?: ClaimScope): Promise<readonly Batch[]>;
  /** Batches in `leased`, `dispatching` or `reconciling` whose lease is over, by ascending id. */
  abandoned(now: number, limit: number): Promise<readonly Batch[]>;
  /** `pending` and `dead` batches past the expiry of their occurrence, by ascending id. */
  expired(now: number, limit: number): Promise<readonly Batch[]>;
  /** Writes state and patch where id, epoch and one of `from` still hold. `release` frees the lease. @returns false: lost */
  transition(
    key: BatchKey & { readonly from: readonly BatchState[] },
    to: BatchState,
    patch: BatchPatch,
    options?: { readonly release?: boolean },
  ): Promise<boolean>;
  /** Writes a patch under the lease without a change of state; `release` frees it. @returns false: lost */
  advance(key: BatchKey, patch: BatchPatch, options?: { readonly release?: boolean }): Promise<boolean>;
  /** Begin of the newest attempt at any batch of the occurrence but this one; null before the first. */
  lastAttemptAt(tenantId: number, occurrenceId: number, exceptBatchId: number): Promise<number | null>;
  /** Batches with an attempt, of occurrences that are no tests, newest attempt first, then by descending id. */
  tried(
    tenantId: number,
    filter: TriedFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly items: readonly Batch[]; readonly total: number }>;
  /** The same batches in the same order: the first `limit` behind a position. @param after null: from the newest attempt on */
  triedAfter(
    tenantId: number,
    filter: TriedFilter,
    after: ListPosition | null,
    limit: number,
  ): Promise<readonly Batch[]>;
  /** Notes that people of the batch ended without a message; on a batch of the last channel nothing is noted. */
  noteEnded(tenantId: number, batchId: number): Promise<void>;
  /** Batches of all tenants of which people ended and were not handed on since, by ascending id after `afterId`. */
  handingOn(afterId: number, limit: number): Promise<readonly Batch[]>;
  /** Takes the note back, and holds the row until the transaction ends. @returns false: there was none */
  takeEnded(tenantId: number, batchId: number): Promise<boolean>;
  /** Whether people of the occurrence may still be handed on: a batch has ended ones, or was accepted and waits for reports. */
  mayHandOn(tenantId: number, occurrenceId: number): Promise<boolean>;
  /** Prolongs a lease. @returns false: lost */
  renew(key: BatchKey, leaseUntil: number): Promise<boolean>;
  /** Batches by state of one occurrence; states without a batch are left out. */
  countByState(tenantId: number, occurrenceId: number): Promise<Readonly<Partial<Record<BatchState, number>>>>;
}
