import type { Stores } from "../ports/stores.js";
import type { StoredTenant } from "../ports/tenant-store.js";
import type { Tenant } from "../tenant/tenant.js";
import type { EngineContext } from "./engine-context.js";

/** A tenant with what it leaves to the installation. */
export function tenantOf(stored: StoredTenant, { statuses }: Pick<EngineContext, "statuses">): Tenant {
  return { ...stored, countedStatuses: stored.countedStatuses ?? statuses };
}

/** Statuses of orders that count as a purchase for a tenant: its own, or those of the installation. */
export async function countedStatusesOf(
  { stores, statuses }: { readonly stores: Pick<Stores, "tenants"> } & Pick<EngineContext, "statuses">,
  tenantId: number,
): Promise<readonly string[]> {
  return (await stores.tenants.get(tenantId))?.countedStatuses ?? statuses;
}
