import type { Suppression } from "../contact/suppression.js";
import type { Page, PageRequest } from "../page.js";

export interface SuppressionFilter extends PageRequest {
  /** Only entries of exactly this channel (`*` = those for all channels). */
  readonly channel?: string;
}

/** People who must not be contacted. Unique per (tenant, channel, address) and (tenant, channel, customer). */
export interface SuppressionStore {
  /** Adds an entry; one that exists keeps its id and instant and takes the new reason. Exactly one of address and customer is given. */
  put(
    entry: Pick<Suppression, "tenantId" | "channel" | "address" | "customerId" | "reason" | "createdAt">,
  ): Promise<{ readonly created: boolean; readonly suppression: Suppression }>;
  /** @returns false when there is none */
  remove(tenantId: number, id: number): Promise<boolean>;
  /** By ascending id. */
  list(tenantId: number, filter: SuppressionFilter): Promise<Page<Suppression>>;
}
