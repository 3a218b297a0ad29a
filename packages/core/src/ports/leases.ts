/** A name that somebody holds for a while. */
export interface HeldLease {
  /** What is held. */
  readonly name: string;
  /**
   * Fencing token: greater for every later holder of the name. What the holder writes carries it, so that a write that
   * comes after the lease was lost can be told and refused.
   */
  readonly token: number;
  /** Epoch ms from which on somebody else may hold the name. */
  readonly until: number;
}

/**
 * Names of which at most one process holds each.
 *
 * Leases only save work that would be done twice. What must not happen twice is decided by the ledger, with the token.
 */
export interface Leases {
  /** Takes a name that nobody holds. @param forMs ≥ 1 @returns undefined while somebody holds it, be it the caller */
  acquire(name: string, forMs: number): Promise<HeldLease | undefined>;
  /** Moves the end. @returns undefined when the lease was lost */
  renew(lease: HeldLease, forMs: number): Promise<HeldLease | undefined>;
  /** Gives the name back; nothing happens when the lease was lost. */
  release(lease: HeldLease): Promise<void>;
}
