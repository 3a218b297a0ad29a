import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import { BOOTSTRAP_TENANT_ID } from "./tenant.js";

/**
 * Tells whether tenants are there, and asks the store once for each: none is ever removed.
 *
 * @returns a check that throws {NotFoundError} `tenant.not-found`
 */
export function knownTenants(stores: Stores): (tenantId: number) => Promise<void> {
  const known = new Set([BOOTSTRAP_TENANT_ID]);
  return async (tenantId) => {
    if (known.has(tenantId)) return;
    if (!(await stores.tenants.get(tenantId))) throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
    // One that this transaction has made may be taken back.
    if (!stores.inTransaction?.()) known.add(tenantId);
  };
}
