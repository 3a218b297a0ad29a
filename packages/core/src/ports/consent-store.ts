import type { Consent, ConsentRecord, ConsentStatus } from "../contact/consent.js";
import type { Page, PageRequest } from "../page.js";

export interface ConsentFilter extends PageRequest {
  /** Only evidence of this customer. */
  readonly customerId?: number;
  /** Only of exactly this channel (`*` = those for all channels). */
  readonly channel?: string;
  /** Only of this purpose. */
  readonly purpose?: string;
  /** Only of this status. */
  readonly status?: ConsentStatus;
}

/**
 * What people said about being contacted: evidence, which is only ever added to, and of each person, channel and purpose the
 * word that holds.
 */
export interface ConsentStore {
  /**
   * Adds evidence, at most 1 000 rows of one tenant, and keeps the word that holds: the one of the latest instant, of equal
   * ones the withdrawal (`replacesConsent`). A row that equals one in customer, channel, purpose, status and `at` adds nothing.
   *
   * @returns rows added
   */
  record(tenantId: number, rows: readonly Consent[]): Promise<number>;
  /** The words that hold, by customer id, purpose and channel (bytewise). At most 1 000 customers. */
  current(tenantId: number, customerIds: readonly number[]): Promise<readonly Consent[]>;
  /** Evidence by ascending id. */
  list(tenantId: number, filter: ConsentFilter): Promise<Page<ConsentRecord>>;
}
