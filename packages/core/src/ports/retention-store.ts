/**
 * Rows that are kept for a while only: changes of the feed, transitions of states, alarms, links that are over, events of
 * messages beside which nothing went wrong, messages that are over with all their events.
 */
export const RETAINED_KINDS = ["changes", "transitions", "alarms", "links", "traces", "messages"] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

/** Removes rows that have outlived their time. */
export interface RetentionStore {
  /**
   * Removes the oldest rows of a kind, of all tenants; of a link the instant counts from which on it is over,
   * of a message its last change.
   *
   * @param before rows of this instant or later stay, epoch ms
   * @param limit most rows looked at in one call
   * @returns rows removed; 0 when nothing old is left
   */
  purge(kind: RetainedKind, before: number, limit: number): Promise<number>;
}
