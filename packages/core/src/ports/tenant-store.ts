import type { Change, Tenant } from "../tenant/tenant.js";
import type { RowLock } from "./row-lock.js";

/** Tenants and their change feed. */
export interface TenantStore {
  get(tenantId: number, lock?: RowLock): Promise<Tenant | undefined>;
  /** All tenants by ascending id. */
  list(): Promise<readonly Tenant[]>;
  insert(tenant: {
    readonly name: string;
    readonly timeZone: string;
    readonly currency: string;
    readonly createdAt: number;
  }): Promise<Tenant>;
  update(
    tenantId: number,
    patch: { readonly name?: string; readonly timeZone?: string; readonly currency?: string },
  ): Promise<void>;
  /**
   * Raises the revision by one, records the changed rows under it and lifts `maxOrderAt`.
   *
   * Called once inside every transaction that changes customers, orders or labels.
   *
   * @returns the new revision
   * @throws {NotFoundError} `tenant.not-found`
   */
  recordChanges(
    tenantId: number,
    changes: readonly Omit<Change, "revision">[],
    options: { readonly at: number; readonly maxOrderAt?: number },
  ): Promise<number>;
  /** Changes above `revision`, ordered by (revision, kind, id), up to the end of the revision that the `limit`-th row is of. */
  changesSince(tenantId: number, revision: number, limit: number): Promise<readonly Change[]>;
}
