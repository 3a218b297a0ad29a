/** What a claim sets: who holds the rows, until when, and how many rows at most. */
export interface ClaimTerms {
  /** Who claims. */
  readonly owner: string;
  /** Epoch ms of the claim. */
  readonly now: number;
  /** End of the lease, epoch ms. */
  readonly until: number;
  /** Most rows of one claim. */
  readonly limit: number;
}
