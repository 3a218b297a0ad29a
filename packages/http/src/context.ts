import type { Clock, Ids, Logger, RecallKit } from "@recallkit/core";
import type { Stores } from "@recallkit/core/ports";

/** What every module may count on, in a host as in the reference server. */
export interface HttpContext {
  readonly kit: RecallKit;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** The key of fingerprints of requests; the same in every process over the same stores. */
  fingerprintKey(tenantId: number): Promise<Uint8Array>;
}
