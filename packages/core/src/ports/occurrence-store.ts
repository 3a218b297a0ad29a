import type { Occurrence } from "../delivery/occurrence.js";
import type { OccurrenceState } from "../delivery/states.js";
import type { Page, PageRequest } from "../page.js";
import type { ClaimTerms } from "./claim-terms.js";
import type { RowLock } from "./row-lock.js";

export type NewOccurrence = Pick<
  Occurrence,
  | "tenantId"
  | "ruleId"
  | "ruleVersion"
  | "kind"
  | "nominal"
  | "timeZone"
  | "customerIds"
  | "dueAt"
  | "expiresAt"
  | "salt"
  | "createdAt"
> & { readonly state: "planned" | "skipped"; readonly reason: string | null };

/** Columns that may be written beside a state. */
export type OccurrencePatch = Partial<
  Pick<
    Occurrence,
    "asOf" | "reason" | "blockedOnReview" | "snapshotCursor" | "audienceSize" | "startedAt" | "finishedAt"
  >
>;

export interface OccurrenceFilter extends PageRequest {
  /** Only firings of this rule. @default of all */
  readonly ruleId?: number;
  /** Only those in one of these states. @default in any */
  readonly states?: readonly OccurrenceState[];
  /** Created at or after, epoch ms. */
  readonly since?: number;
}

/** Somebody on a list, with values of variables. */
export interface ListedPerson {
  /** Who it is. */
  readonly customerId: number;
  /** Of variables, by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Occurrences, the work rows of planning and snapshots. */
export interface OccurrenceStore {
  /** Adds an occurrence, or finds the one with the same (tenant, rule, kind, nominal). */
  insert(occurrence: NewOccurrence): Promise<{ readonly created: boolean; readonly occurrence: Occurrence }>;
  /** Keeps what a list says of people, at most 1 000; those of whom it has said something stay as they are. */
  putValues(tenantId: number, occurrenceId: number, people: readonly ListedPerson[]): Promise<void>;
  /** What the list of an occurrence says of some people, or of some person; order is free. At most 10 000 people. */
  valuesOf(tenantId: number, occurrenceId: number, of: readonly number[] | "first"): Promise<readonly ListedPerson[]>;
  /** One occurrence; `lock` keeps its row until the transaction ends. */
  get(tenantId: number, occurrenceId: number, lock?: RowLock): Promise<Occurrence | undefined>;
  /** By ascending id. */
  list(tenantId: number, filter: OccurrenceFilter): Promise<Page<Occurrence>>;
  /** The newest occurrence of a rule by (dueAt, id) that is not planned any more; tests are passed over. */
  latest(tenantId: number, ruleId: number): Promise<Occurrence | undefined>;
  /**
   * When the newest occurrence of each rule by (dueAt, id) started that is neither planned nor skipped, or was due if it never
   * did; tests are passed over, and rules without one are absent. At most 200 rules.
   */
  lastRuns(tenantId: number, ruleIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /**
   * Claims due work of all tenants: `planned` with `dueAt <= now`, and `snapshotting`; only rows whose lease is free or over.
   * Sets owner and end of the lease and raises the epoch. Oldest due first.
   */
  claim(terms: ClaimTerms): Promise<readonly Occurrence[]>;
  /**
   * Writes state and patch where id, one of `from`, and (if given) the epoch still hold.
   *
   * @returns false when nothing matched: the lease or the state was lost
   */
  transition(
    key: {
      readonly tenantId: number;
      readonly id: number;
      readonly from: readonly OccurrenceState[];
      readonly leaseEpoch?: number;
    },
    to: OccurrenceState,
    patch: OccurrencePatch,
  ): Promise<boolean>;
  /** Writes a patch under the lease without a change of state, and prolongs the lease. @returns false: lease lost */
  advance(
    key: { readonly tenantId: number; readonly id: number; readonly leaseEpoch: number },
    patch: OccurrencePatch,
    leaseUntil: number,
  ): Promise<boolean>;
  /** Gives the lease back early. */
  release(key: { readonly tenantId: number; readonly id: number; readonly leaseEpoch: number }): Promise<void>;
  /** How many occurrences of the tenant are `planned`, counted up to `limit`. */
  countPlanned(tenantId: number, limit: number): Promise<number>;
  /** Other occurrences of the rule that still send: `snapshotting`, or `running`/`paused` with a batch that is neither final nor in review. Tests are passed over. */
  hasSending(tenantId: number, ruleId: number, exceptId: number): Promise<boolean>;
  /** `running` or `paused` occurrences of all tenants, and `cancelled` ones without `finishedAt`, by ascending id after `afterId`. */
  unfinished(afterId: number, limit: number): Promise<readonly Occurrence[]>;
}
