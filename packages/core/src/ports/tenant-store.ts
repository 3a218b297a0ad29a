import type { Change, Tenant } from "../tenant/tenant.js";
import type { RowLock } from "./row-lock.js";

/** A tenant as a store keeps it; `countedStatuses` null: those of the installation. */
export interface StoredTenant extends Omit<Tenant, "countedStatuses"> {
  /** Statuses of orders that count; null: those of the installation. */
  readonly countedStatuses: readonly string[] | null;
}

/** What may be written of a tenant. */
export type TenantWrite = Pick<StoredTenant, "name" | "timeZone" | "currency" | "countedStatuses">;

/** Tenants and their change feed. */
export interface TenantStore {
  /** One merchant; `lock` keeps its row until the transaction ends. */
  get(tenantId: number, lock?: RowLock): Promise<StoredTenant | undefined>;
  /** All tenants by ascending id. */
  list(): Promise<readonly StoredTenant[]>;
  /** Adds a merchant. */
  insert(
    tenant: Omit<TenantWrite, "countedStatuses"> & Partial<TenantWrite> & { readonly createdAt: number },
  ): Promise<StoredTenant>;
  /** Changes the given fields. */
  update(tenantId: number, patch: Partial<TenantWrite>): Promise<void>;
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
