import type { Stores } from "../ports/stores.js";
import { BOOTSTRAP_TENANT_ID } from "./tenant.js";
import { getTenant } from "./update-tenant.js";

/**
 * Tells whether tenants are there, and asks the store once for each: none is ever removed.
 *
 * @returns a check that throws {NotFoundError} `tenant.not-found`
 */
export function knownTenants(stores: Stores): (tenantId: number) => Promise<void> {
  const known = new Set([BOOTSTRAP_TENANT_ID]);
  return async (tenantId) => {
    if (known.has(tenantId)) return;
    await getTenant(stores, tenantId);
    // One that this transaction has made may be taken back.
    if (!stores.inTransaction?.()) known.add(tenantId);
  };
}
