import type { Suppression } from "../contact/suppression.js";
import type { Page, PageRequest } from "../page.js";

/** Whom a suppression keeps away. */
export interface SuppressionMatch {
  /** Null: the customer is meant. */
  readonly address: string | null;
  /** Null: the address is meant. */
  readonly customerId: number | null;
  /** Why. */
  readonly reason: string;
}

export interface SuppressionFilter extends PageRequest {
  /** Only entries of exactly this channel (`*` = those for all channels). */
  readonly channel?: string;
}

/** An entry to keep: exactly one of address, customer and key is given. */
export interface SuppressionEntry
  extends Pick<Suppression, "tenantId" | "channel" | "address" | "customerId" | "reason" | "createdAt"> {
  /** Import key of somebody who is not known yet. @default null */
  readonly externalKey?: string | null;
}

/** People who must not be contacted. Unique per tenant, channel and whom it is about: an address, a customer, or a key that waits. */
export interface SuppressionStore {
  /** Adds an entry; one that exists keeps its id and instant and takes the new reason. */
  put(entry: SuppressionEntry): Promise<{ readonly created: boolean; readonly suppression: Suppression }>;
  /** The same with up to 1 000 entries of one tenant, each of which is about somebody else. @returns entries added, and those with a new reason */
  putMany(
    tenantId: number,
    entries: readonly SuppressionEntry[],
  ): Promise<{ readonly added: number; readonly changed: number }>;
  /** Gives entries that wait for keys to the customers who have these now. At most 1 000 people. @returns entries */
  settle(tenantId: number, people: readonly { readonly externalKey: string; readonly id: number }[]): Promise<number>;
  /** @returns false when there is none */
  remove(tenantId: number, id: number): Promise<boolean>;
  /** Which of these addresses and people, at most 1 000 of each, entries of the channel, of all channels or of `ALL_MARKETING` keep away; order is free. */
  matching(
    tenantId: number,
    channel: string,
    whom: { readonly addresses: readonly string[]; readonly customerIds: readonly number[] },
  ): Promise<readonly SuppressionMatch[]>;
  /** By ascending id. */
  list(tenantId: number, filter: SuppressionFilter): Promise<Page<Suppression>>;
}
