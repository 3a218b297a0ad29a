import type { ClaimTerms } from "../../ports/claim-terms.js";

/** The lease columns of a work row. */
export interface LeasedRow {
  readonly leaseOwner: string | null;
  readonly leaseUntil: number | null;
  /** Raised by every claim; writes that name an older one are refused. */
  readonly leaseEpoch: number;
}

/** Columns of a row that nobody holds. */
export const NO_LEASE = { leaseOwner: null, leaseUntil: null } as const;

/** True when nobody holds the row at `now`. */
export function isFree(row: LeasedRow, now: number): boolean {
  return row.leaseUntil === null || row.leaseUntil <= now;
}

/** The row under a new lease. */
export function leased<Row extends LeasedRow>(row: Row, terms: ClaimTerms): Row {
  return { ...row, leaseOwner: terms.owner, leaseUntil: terms.until, leaseEpoch: row.leaseEpoch + 1 };
}
