import type { CustomerId, OccurrenceId, RuleId, TenantId } from "../id.js";
import type { OccurrenceKind, OccurrenceState } from "./states.js";

/** One firing of a rule; unique per (tenant, rule, kind, nominal). */
export interface Occurrence {
  /** Unique in the installation. */
  readonly id: OccurrenceId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** Rule that fires. */
  readonly ruleId: RuleId;
  /** Rule version that it was planned from. */
  readonly ruleVersion: number;
  /** Where it comes from: a slot, an order by hand, a list of people or a test. */
  readonly kind: OccurrenceKind;
  /** `YYYY-MM-DDTHH:mm` of a slot, or the request id of an order to run now. */
  readonly nominal: string;
  /** IANA zone in which `nominal` is meant. */
  readonly timeZone: string;
  /** The people meant, by customer id, in the kinds `list` and `test`; null: the rule's segment. */
  readonly customerIds: readonly CustomerId[] | null;
  /** Instant at which it is due, epoch ms; it never starts earlier. */
  readonly dueAt: number;
  /** Last moment to begin an attempt. */
  readonly expiresAt: number;
  /** Instant the audience is taken at; set when the snapshot begins. */
  readonly asOf: number | null;
  /** Where it stands; the state machine is in `docs/architecture/delivery.md`. */
  readonly state: OccurrenceState;
  /** Why it is skipped or cancelled. */
  readonly reason: string | null;
  /** Some delivery waits for an operator. */
  readonly blockedOnReview: boolean;
  /** Last customer id of the snapshot so far; 0 before the first. */
  readonly snapshotCursor: number;
  /** People in the snapshot; null while it is being taken. */
  readonly audienceSize: number | null;
  /** 32 hex digits; markers and links of this occurrence derive from it. */
  readonly salt: string;
  /** Process that takes the snapshot; null: nobody. */
  readonly leaseOwner: string | null;
  /** Until when that process holds it, epoch ms; null: nobody does. */
  readonly leaseUntil: number | null;
  /** Raised by every claim; later writes name it. */
  readonly leaseEpoch: number;
  /** When it was planned, epoch ms. */
  readonly createdAt: number;
  /** When its snapshot began, epoch ms; null before. */
  readonly startedAt: number | null;
  /** When it came to a final state, epoch ms; null before. */
  readonly finishedAt: number | null;
}
